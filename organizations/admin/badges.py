"""Short words in a coloured frame."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from organizations.models import Organization


def plan_badge(organization: Organization) -> SafeString:
    """The organization's plan as in the head of every page."""
    return badge("plan", organization.plan, organization.get_plan_display())


def badge(kind: str, code: str, label: str) -> SafeString:
    """`label`, with the classes `kind-badge` and `kind-code` for the style sheet."""
    return format_html('<span class="{0}-badge {0}-{1}">{2}</span>', kind, code, label)
