"""Sign-in by e-mail address, and the fixed permissions of support staff."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from organizations.models import User

SUPPORT_PERMISSIONS = frozenset(
    f"organizations.{permission}"
    for permission in [
        "view_organization",
        "add_organization",
        "change_organization",
        "view_member",
        "add_member",
        "change_member",
        "delete_member",
        "view_planchange",
        "view_upgraderequest",
        "change_upgraderequest",
    ]
)


class EmailBackend(ModelBackend):
    """Django's backend. Active support staff also have `SUPPORT_PERMISSIONS`.

    None of these concerns events: `activity.access` decides who may read a log.
    """

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        permissions = super().get_all_permissions(user_obj, obj)
        if obj is None and isinstance(user_obj, User) and user_obj.is_active and user_obj.is_staff:
            return permissions | SUPPORT_PERMISSIONS
        return permissions
