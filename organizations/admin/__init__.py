"""The pages of the support staff. Whoever administers an organization sees none of them."""

from django.contrib import admin
from django.contrib.auth.models import Group

from organizations.admin.members import MemberAdmin
from organizations.admin.organizations import OrganizationAdmin
from organizations.admin.upgrade_requests import UpgradeRequestAdmin
from organizations.admin.users import UserAdmin

__all__ = ["MemberAdmin", "OrganizationAdmin", "UpgradeRequestAdmin", "UserAdmin"]

# What staff may do is fixed (see `organizations.backends`): groups would grant nothing.
admin.site.unregister(Group)
