"""Rate limits of sign-in attempts, by account and by IP address.

They are token buckets in the database, so that all processes share them without another service.
An attempt takes a token before the password is checked. The right password gives it back.
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
IPV6_SITE = 64  # length in bits of the prefix that one customer has


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to sign in, as the buckets from which it takes a token, and their limits."""

    buckets: Sequence[tuple[str, Limit]]

    @classmethod
    def of(cls, request: HttpRequest, email: str) -> "Attempt":
        """An attempt with this email address, which need not be that of a user.

        A browser in which the user has signed in before uses only its own bucket, so that guesses
        from elsewhere do not lock the user out.
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
    """Add a full bucket, and delete buckets that have been full for an hour, which limit nothing.

    Deleting earlier could remove a bucket that another process has just added and not used yet.
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
