"""Short words in a coloured frame."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from organizations.models import Organization


def plan_badge(organization: Organization) -> SafeString:
    """The organization's plan as in the head of every page."""
    return badge("plan", organization.plan, organization.get_plan_display())


def badge(kind: str, code: str, label: str) -> SafeString:
    """`label`, with the classes `badge` and `kind-code` for the style sheets."""
    return format_html('<span class="badge {}-{}">{}</span>', kind, code, label)
