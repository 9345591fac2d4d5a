"""The pages for support staff. Administrators of organizations do not see them."""

from django.contrib import admin
from django.contrib.auth.models import Group

from organizations.admin.members import MemberAdmin
from organizations.admin.organizations import OrganizationAdmin
from organizations.admin.upgrade_requests import UpgradeRequestAdmin
from organizations.admin.users import UserAdmin

__all__ = ["MemberAdmin", "OrganizationAdmin", "UpgradeRequestAdmin", "UserAdmin"]

# The permissions of staff are fixed (see `organizations.backends`), so groups have no effect.
admin.site.unregister(Group)
