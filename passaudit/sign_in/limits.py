"""How often somebody may try to sign in, by account and by address.

The buckets are in the database, so the limits hold over all processes and need no other service.
An attempt takes a token before the password is looked at; a right password gives it back.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from activity import buckets
from activity.api.authentication import client_address
from activity.buckets import Limit
from organizations.models import User
from passaudit.sign_in.browsers import known_browser
from passaudit.sign_in.models import AttemptBucket

PER_ADDRESS = Limit(20, timedelta(seconds=15))
PER_ACCOUNT = Limit(10, timedelta(minutes=1))
PER_BROWSER = Limit(10, timedelta(minutes=1))
HOUR = 60 * 60 * 1_000_000
IPV6_SITE = 64  # one customer's part of an IPv6 address, in bits


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to sign in: the buckets that it takes a token from, and their limits."""

    buckets: Sequence[tuple[str, Limit]]

    @classmethod
    def of(cls, request: HttpRequest, email: str) -> "Attempt":
        """An attempt with this e-mail address, which need not be anybody's.

        A browser in which the account's owner has signed in before counts for itself alone:
        guesses from elsewhere do not keep the owner out.
        """
        user = User.objects.with_email(email).first()
        browser = known_browser(request, user)
        if browser:
            return cls([(f"browser:{browser}", PER_BROWSER)])
        account = f"user:{user.pk}" if user else f"nobody:{email.casefold()}"
        return cls([(f"address:{_site(request)}", PER_ADDRESS), (account, PER_ACCOUNT)])

    def take(self) -> int:
        """Return 0 and count the attempt, or return the seconds to wait."""
        for name, limit in self.buckets:
            rows = _rows(name)
            if not rows.exists():
                _add(name)
            if not buckets.take(rows, limit):
                return buckets.wait(rows, limit)
        return 0

    def give_back(self) -> None:
        for name, limit in self.buckets:
            buckets.give_back(_rows(name), limit)


def _rows(name: str) -> QuerySet[AttemptBucket]:
    return AttemptBucket.objects.filter(key=_key(name))


def _key(name: str) -> str:
    return salted_hmac("passaudit.sign_in.limits", name, algorithm="sha256").hexdigest()


def _add(name: str) -> None:
    """Add a full bucket, and delete those that have been full for an hour: they say nothing.

    Others add the same one at the same time, and it must not be deleted before they have used it.
    """
    AttemptBucket.objects.filter(bucket_full_at__lt=buckets.now() - HOUR).delete()
    new = AttemptBucket(key=_key(name), bucket_full_at=buckets.now())
    AttemptBucket.objects.bulk_create([new], ignore_conflicts=True)


def _site(request: HttpRequest) -> str:
    """The client's address; of IPv6 the part that belongs to one customer."""
    address = client_address(request)
    if address is None:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((address, IPV6_SITE), strict=False))
