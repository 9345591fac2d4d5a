"""The users, secrets and URLs of `test_isolation`."""

import re
from copy import copy

from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from activity.api.models import ApiKey, Scope
from activity.delivery.models import Destination
from activity.delivery.secrets import encrypt
from organizations.models import MemberStatus, Role, User
from tests import factories

PEOPLE = [
    "owner", "admin", "reader", "member", "suspended", "invited", "other", "support", "root",
    "inactive", "nobody",
]  # fmt: skip
ROLES = {"owner": Role.OWNER, "reader": Role.MEMBER, "member": Role.MEMBER}
STATUSES = {"suspended": MemberStatus.SUSPENDED, "invited": MemberStatus.INVITED}
EVENT_SECRETS = ["actor@secret.example", "Aktor Geheim", "192.0.2.213", "i_secret", "v_secret"]
MEMBER_SECRETS = ["member@secret.example", "Mitglied Geheim"]
KEY_SECRETS = ["secret-key"]
IMPORT_SECRETS = ["secret-file.jsonl", "secret-row"]
DESTINATION_SECRETS = ["secret-destination", "secret-path"]
APP_LIST = re.compile(r"\^\(\?P<app_label>[a-z|]+\)/\$")


def routes() -> list[str]:
    """The URL patterns of the admin, without the prefix `admin/`.

    The pattern of app pages, which contains the names of all apps, is shortened to `(app)/`.
    """

    def below(resolver: URLResolver, prefix: str) -> list[str]:
        found: list[str] = []
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            found += [route] if isinstance(pattern, URLPattern) else below(pattern, route)
        return found

    found = [APP_LIST.sub("(app)/", route) for route in below(get_resolver(), "")]
    return [route.removeprefix("admin/") for route in found if route.startswith("admin/")]


class World:
    """Acme with its secrets, another organization Cedar, and a session of one of `PEOPLE`."""

    def __init__(self, name: str) -> None:
        self.acme = factories.OrganizationFactory(name="Acme", slug="acme")
        self.cedar = factories.OrganizationFactory(name="Cedar", slug="cedar")
        email, full_name, ip, item_id, vault_id = EVENT_SECRETS
        self.event = factories.event(
            self.acme, email=email, name=full_name, ip=ip, item_id=item_id, vault_id=vault_id
        )
        factories.event(self.cedar)
        email, full_name = MEMBER_SECRETS
        self.member = factories.MemberFactory(
            organization=self.acme, user=None, email=email, name=full_name
        )
        self.upgrade_request = factories.UpgradeRequestFactory(
            organization=self.acme, requested_by_email=email
        )
        self.user = factories.UserFactory(email=f"user.{email}", name=full_name)
        self.key = ApiKey(organization=self.acme, name=KEY_SECRETS[0], scopes=[Scope.READ])
        self.key.issue()
        self.job = factories.ImportJobFactory(
            organization=self.acme,
            name=IMPORT_SECRETS[0],
            rejects=ContentFile(IMPORT_SECRETS[1].encode(), name="rejects"),
        )
        self.destination = Destination.objects.create(
            organization=self.acme,
            name=DESTINATION_SECRETS[0],
            kind="webhook",
            address=f"https://127.0.0.1/{DESTINATION_SECRETS[1]}",  # no test connects to it
            sealed_secret=encrypt("whsec_c2VjcmV0"),
        )
        self.client = Client()
        if name != "nobody":
            user = self._person(name)
            self.client.force_login(user)
            User.objects.filter(pk=user.pk).update(is_active=name != "inactive")

    def _person(self, name: str) -> User:
        is_staff, is_superuser = name in ("support", "root"), name == "root"
        user = factories.UserFactory(is_staff=is_staff, is_superuser=is_superuser)
        if not is_staff:
            factories.MemberFactory(
                organization=self.cedar if name == "other" else self.acme,
                user=user,
                role=ROLES.get(name, Role.ADMIN),
                status=STATUSES.get(name, MemberStatus.ACTIVE),
            )
        if name == "reader":
            user.user_permissions.add(Permission.objects.get(codename="view_event"))
        return user

    def address(self, route: str) -> str:
        """The URL of a route, for an object of Acme."""
        keys = {
            "member": self.member.pk,
            "organization": self.acme.pk,
            "upgraderequest": self.upgrade_request.pk,
            "user": self.user.pk,
            "apikey": self.key.pk,
            "importjob": self.job.pk,
            "destination": self.destination.pk,
            "event": self.event.pk,
        }
        model = route.split("/")[1] if "/" in route else ""
        path = route.replace("(app)/", "activity/")
        path = path.replace("(?P<url>.*)$", "no/such/page/")
        path = re.sub(r"<(path:object_id|uuid:event_id|int:pk|id)>", str(keys.get(model)), path)
        return f"/admin/{path}" + ("?organization=acme" if model == "event" else "")

    def asks(self, method: str, address: str) -> tuple[HttpResponseBase, str]:
        """The response and its text. Changes of the request are rolled back."""
        cookies = copy(self.client.cookies)
        data = {"organization": "acme"} if method == "post" else None
        with transaction.atomic():
            response = getattr(self.client, method)(address, data)
            content = response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return response, content.decode(errors="replace") + response.get("Location", "")
