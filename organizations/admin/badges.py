"""Badges: a plan or a status, in a frame."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from organizations.models import Organization


def plan_badge(organization: Organization) -> SafeString:
    """Return the badge of the organization's plan, as in the header of every page."""
    return badge("plan", organization.plan, organization.get_plan_display())


def badge(kind: str, code: str, label: str) -> SafeString:
    """Return `label` in a `<span>` with the classes `badge` and `<kind>-<code>`."""
    return format_html('<span class="badge {}-{}">{}</span>', kind, code, label)
