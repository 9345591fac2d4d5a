"""The forms of the pages for support staff."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, Organization, User
from organizations.plans import Feature, plans_with
from organizations.widgets import MAX_SUGGESTIONS, SuggestionInput

MAX_EXPLANATION = 2000


def time_zone_suggestions() -> list[tuple[str, str]]:
    return [(zone, "") for zone in sorted(zoneinfo.available_timezones())]


def organization_suggestions() -> list[tuple[str, str]]:
    return list(Organization.objects.values_list("slug", "name")[:MAX_SUGGESTIONS])


class UserAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class OrganizationForm(forms.ModelForm):
    """An organization. A change of the plan needs a reason."""

    plan_change_reason = forms.CharField(
        label=_("Why the plan changes"),
        required=False,
        max_length=MAX_EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Needed when the plan changes; kept in the plan history."),
    )

    class Meta:
        model = Organization
        fields = ["name", "slug", "time_zone", "plan"]
        widgets = {"time_zone": SuggestionInput(time_zone_suggestions)}

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        changes_plan = self.instance.pk is not None and "plan" in self.changed_data
        if changes_plan and not cleaned_data.get("plan_change_reason"):
            self.add_error("plan_change_reason", _("Say why the plan changes."))
        return cleaned_data


class MemberForm(forms.ModelForm):
    """A member. After a change of the e-mail address, the member is tied to another user."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.all(),
        to_field_name="slug",
        widget=SuggestionInput(organization_suggestions),
        help_text=_("Its slug, such as acme."),
        error_messages={"invalid_choice": _("There is no organization with this slug.")},
    )

    class Meta:
        model = Member
        fields = ["organization", "email", "name", "role", "status"]

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        if "email" in self.changed_data:
            self.instance.user = None
        return cleaned_data

    def _get_validation_exclusions(self) -> set[str]:
        """Deviates from `ModelForm`, which skips a unique constraint if one of its fields is not
        in the form. Here `organization` may be read-only, but has a value to compare with.
        """
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]
        return set(excluded) - {"organization"}


class ApproveForm(forms.Form):
    """Approves an upgrade request. The choices of `plan` include the activity log."""

    prefix = "approve"

    plan = forms.TypedChoiceField(
        label=_("New plan"), choices=lambda: [(p, p.label) for p in plans_with(Feature.READ_LOG)]
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=MAX_EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The organization's administrators can read it."),
    )


class DeclineForm(forms.Form):
    """Declines an upgrade request, with the reason."""

    prefix = "decline"

    note = forms.CharField(
        label=_("Reason"),
        max_length=MAX_EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The organization's administrators can read it."),
        error_messages={"required": _("Tell the organization why.")},
    )
