"""Record each sign-in, and remember its browser."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from organizations.models import User
from passaudit.sign_in import journal
from passaudit.sign_in.browsers import remember_browser


@receiver(user_logged_in)
def _on_sign_in(
    request: HttpRequest, response: HttpResponse, user: User, **_arguments: Any
) -> None:
    records = get_authentication_records(request, user)
    journal.signed_in(request, user, [record.get("type", record["method"]) for record in records])
    remember_browser(response, request, user)
