"""The site, and the stock admin that it is compared with."""

from django.urls import path

from benchmarks.stock import stock_site
from passaudit.urls import urlpatterns as site

urlpatterns = [*site, path("stock/", stock_site.urls)]
