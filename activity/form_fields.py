"""Fields that several forms of organizations' administrators have."""

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from activity.access import administered_organizations
from organizations.models import User
from organizations.widgets import MAX_SUGGESTIONS, SuggestionInput


def administered_organization_field(user: User | AnonymousUser) -> forms.ModelChoiceField:
    """Which of the organizations that `user` administers; hidden where there is but one.

    Nobody sees the names of organizations that are not theirs.
    """
    theirs = administered_organizations(user)
    pairs = list(theirs.values_list("slug", "name")[:MAX_SUGGESTIONS])
    is_obvious = len(pairs) == 1
    return forms.ModelChoiceField(
        label=_("Organization"),
        queryset=theirs,
        to_field_name="slug",
        initial=pairs[0][0] if is_obvious else None,
        widget=forms.HiddenInput() if is_obvious else SuggestionInput(lambda: pairs),
        help_text="" if is_obvious else _("Its slug, such as acme."),
    )
