"""Sign-in by e-mail address, and what support staff may do without a group."""

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
    """Django's backend; active support staff also hold `SUPPORT_PERMISSIONS`.

    None of them concerns events: who may see those is `activity.access`'s to say.
    """

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        permissions = super().get_all_permissions(user_obj, obj)
        if obj is None and isinstance(user_obj, User) and user_obj.is_active and user_obj.is_staff:
            return permissions | SUPPORT_PERMISSIONS
        return permissions
