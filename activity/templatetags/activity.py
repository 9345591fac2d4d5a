"""Template tags and filters for organizations and their logs."""

from collections.abc import Sequence
from typing import cast

from django import template
from django.template import Context
from django.utils.html import format_html

from activity.access import first_readable_organizations
from activity.admin.widgets.chart import bars
from activity.admin.widgets.invisible import visible
from organizations.models import Organization, User

register = template.Library()


@register.simple_tag(takes_context=True)
def current_organization(context: Context) -> Organization | None:
    """The organization of the page, else the only one whose log the user may read."""
    if "organization" in context:
        return cast("Organization | None", context["organization"])
    user = context.get("user")
    if not isinstance(user, User) or user.is_staff_or_superuser:
        return None
    organizations = first_readable_organizations(user, count=2)
    return organizations[0] if len(organizations) == 1 else None


@register.filter
def sparkline(counts: Sequence[int]) -> str:
    """A bar for each count, as the data of an SVG path: 10 units wide each, 200 high."""
    return bars([[count] for count in counts])[0]


@register.filter
def breakable(address: str) -> str:
    """An e-mail address that may break before its @."""
    name, at, domain = visible(address).rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, domain) if at else domain


register.filter(visible)
