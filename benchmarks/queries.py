"""The filters that are measured: each alone, each pair of different kinds, and all together."""

from datetime import datetime, timedelta
from itertools import combinations, product

from benchmarks import dataset

Parameters = dict[str, str]

USERS: dict[str, Parameters] = {
    "heaviest user": {"user": "u1@org-1.example"},
    "median user": {"user": "u10000@org-1.example"},
}
FRAGMENTS: dict[str, Parameters] = {
    "fragment of 3 actors": {"q": ".trio@"},
    "fragment of 700 actors": {"q": ".finance@"},
    "fragment of 20,000 actors": {"q": "@org-1."},
    "fragment of nobody": {"q": "nobody-of-this-name"},
    "fragment of 500 idle actors": {"q": ".dormant@"},
}
TYPES: dict[str, Parameters] = {
    "21 % type": {"event": "item.read"},
    "2 % type": {"event": "share.deleted"},
    "type without events": {"event": "item.untrashed"},
    "several types": {"event": "item.deleted,vault.deleted,secure_link"},
    "two types excluded": {"event": "-item.read,-item.used"},
}
ADDRESSES: dict[str, Parameters] = {
    "IP exact": {"ip": dataset.OFFICE_IP},
    "CIDR /24": {"ip": "198.51.100.0/24"},
    "CIDR /20": {"ip": "198.51.96.0/20"},
    "CIDR /16": {"ip": "198.51.0.0/16"},
    "CIDR without events": {"ip": "192.0.2.0/24"},
    "IPv6 /64": {"ip": "2001:db8:0:5::/64"},
}


def last_days(latest: datetime, days: int) -> Parameters:
    return {"since": (latest - timedelta(days=days)).strftime("%Y-%m-%d")}


def singles(latest: datetime) -> dict[str, Parameters]:
    """No filter, and each filter alone. `latest` is the time of the newest event of the log."""
    return {"none": {}, "7 days": last_days(latest, 7), **USERS, **FRAGMENTS, **TYPES, **ADDRESSES}


def pairs(latest: datetime) -> dict[str, Parameters]:
    """Each filter combined with each filter of another kind."""
    kinds = [{"7 days": last_days(latest, 7)}, USERS, FRAGMENTS, TYPES, ADDRESSES]
    return {
        f"{one} + {other}": ones[one] | others[other]
        for ones, others in combinations(kinds, 2)
        for one, other in product(ones, others)
    }


def together(latest: datetime) -> dict[str, Parameters]:
    """One filter of every kind at once."""
    month, types = last_days(latest, 30), TYPES["several types"]
    return {
        "all together": month | FRAGMENTS["fragment of 700 actors"] | types | ADDRESSES["CIDR /16"],
        "all together, heaviest user": month
        | USERS["heaviest user"]
        | FRAGMENTS["fragment of 20,000 actors"]
        | types
        | ADDRESSES["CIDR /16"],
    }
