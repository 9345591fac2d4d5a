"""The URLs of the site: the admin, the API and the choice of language."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from activity.api.endpoints import api
from passaudit.languages import choose_language

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("account/", include("passaudit.sign_in.urls")),
    path("language/", choose_language, name="language"),
    path("api/v1/", api.urls),
]

handler400 = "passaudit.error_pages.bad_request"
handler403 = "passaudit.error_pages.permission_denied"
handler404 = "passaudit.error_pages.not_found"
handler500 = "passaudit.error_pages.server_error"
