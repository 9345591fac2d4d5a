"""The stock admin and stock django-import-export on the same table, for comparison."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from import_export import resources
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV

from activity.models import Event
from benchmarks import dataset


class StockEventResource(resources.ModelResource):
    """The columns of the CSV, as far as a stock resource names them."""

    class Meta:
        model = Event
        fields = (
            "occurred_at", "actor__name", "actor__email", "event_type", "ip", "vault_id",
            "item_id", "seq",
        )  # fmt: skip


class StockEventAdmin(ExportMixin, admin.ModelAdmin):
    """A changelist as the Django documentation shows it, in an order that the time index serves."""

    resource_classes = (StockEventResource,)
    formats = (CSV,)
    skip_export_form = True

    change_list_template = "admin/change_list.html"
    list_display = ("occurred_at", "actor", "event_type", "ip")
    list_select_related = ("actor",)
    list_per_page = 50
    ordering = ("organization_id", "-occurred_at", "-seq")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).filter(organization__slug=dataset.LARGEST)


stock_site = admin.AdminSite(name="stock")
stock_site.register(Event, StockEventAdmin)
