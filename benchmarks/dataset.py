"""The generated dataset: organizations, their sizes, people, event types and addresses.

All distributions are skewed, as in real logs. The benchmark measures the largest organization.
"""

from dataclasses import dataclass
from itertools import accumulate

ORGANIZATIONS = 2000
LARGEST_SHARE = 0.15
LARGEST_ACTORS = 20_000
DORMANT_ACTORS = 500
DAYS = 730
SLOTS = 100_000
LARGEST = "org-1"

# Per cent of all events. Types that are not listed have none.
TYPE_SHARES = {
    "item.read": 21, "item.used": 13, "item.created": 8, "item.updated": 6, "share.created": 5,
    "invite.created": 4, "invite.accepted": 4, "vault.created": 4, "invite.deleted": 3,
    "invite.rejected": 3, "new_user_invite.created": 3, "new_user_invite.deleted": 3,
    "item.deleted": 3, "item.trashed": 2, "vault.deleted": 2, "breach_email.created": 2,
    "breach_email.validated": 2, "breach_email.deleted": 2, "share.deleted": 2,
    "share.updated": 2, "secure_link.created": 2, "secure_link.deleted": 2, "secure_link.read": 2,
}  # fmt: skip
OFFICE_IP = "203.0.113.7"
IPV6_NETWORKS = [f"2001:db8:0:{number:x}::" for number in range(64)]


@dataclass(frozen=True, slots=True)
class Customer:
    """An organization. `first_actor` is the key of the system; `actors` people follow it."""

    pk: int
    share: float
    first_actor: int
    actors: int
    dormant: int

    @property
    def slug(self) -> str:
        return f"org-{self.pk}"


def customers() -> list[Customer]:
    """The organizations, largest first: after the first, sizes fall off by Zipf's law."""
    weights = [1 / rank for rank in range(2, ORGANIZATIONS + 1)]
    scale = (1 - LARGEST_SHARE) / sum(weights)
    found, first_actor = [], 1
    for pk, share in enumerate([LARGEST_SHARE, *(weight * scale for weight in weights)], start=1):
        actors = max(3, round(LARGEST_ACTORS * share / LARGEST_SHARE))
        dormant = DORMANT_ACTORS if pk == 1 else 0
        found.append(Customer(pk, share, first_actor, actors, dormant))
        first_actor += 1 + actors + dormant
    return found


def slots() -> list[tuple[int, int, int, int]]:
    """Rows of `(slot, organization, first actor, actors)`. Each event takes a random slot."""
    everybody = customers()
    ends = [round(SLOTS * passed) for passed in accumulate(c.share for c in everybody)]
    rows, slot = [], 0
    for customer, end in zip(everybody, ends, strict=True):
        while slot < end:
            rows.append((slot, customer.pk, customer.first_actor, customer.actors))
            slot += 1
    return rows


def type_codes() -> list[str]:
    """A hundred codes; each occurs in proportion to its share."""
    return [code for code, share in TYPE_SHARES.items() for _ in range(share)]
