from typing import Any

from django.db.models import Count

from activity.plugin import PAGES, LogPage, LogQuery


def busiest_people(query: LogQuery) -> dict[str, Any]:
    counted = query.events.order_by().values("actor__email").annotate(count=Count("pk"))
    return {"people": counted.order_by("-count", "actor__email")[:10]}


PAGES.register(LogPage("acme-busiest", "Busiest people", "acme_safe/busiest.html", busiest_people))
