"""Filters by network match the same addresses as `ipaddress`, on both databases."""

import ipaddress

import pytest

from activity.models import Event
from activity.reading.filters import in_networks
from activity.recording import record
from tests.factories import draft

ADDRESSES = [
    "10.0.0.1", "10.0.1.1", "10.1.0.0", "100.0.0.1", "198.51.100.9", "255.255.255.255",
    "::", "::1", "::2:0:0:1", "1::", "1::8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:9",
    "1:2:3:4:5:6:8:0", "1:2:0:4:5:6:7:8", "1:20::1", "2001:db8::", "2001:db8::1",
    "2001:db8:0:5::", "2001:db8:0:5::1",
    "2001:db8:0:5:1:2:3:4", "2001:db8:0:6::1", "2001:db8:5::1", "2001:db80::1", "2001:db9::1",
    "2001::1", "fe80::1", "febf::1", "fec0::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
]  # fmt: skip
NETWORKS = [
    "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/16", "10.0.0.0/23", "10.0.0.0/24",
    "198.51.100.8/31", "::/0", "::/8", "::/64", "::/127", "1::/16", "1:2::/32", "1:2::/33",
    "1:2:3:4:5:6:7:0/112", "1:2:3:4:5:6:7:8/127", "2001::/16", "2001:db8::/32", "2001:db8::/31",
    "2001:db8::/48", "2001:db8:0:5::/64", "2001:db8:0:4::/62", "fe80::/10", "ffff::/16",
]  # fmt: skip


@pytest.mark.django_db
def test_it_finds_what_lies_within(acme):
    record(acme, [draft(ip=address) for address in ADDRESSES])
    for text in NETWORKS:
        network = ipaddress.ip_network(text)
        events = Event.objects.filter(in_networks([network]), organization=acme).order_by("seq")
        expected = [one for one in ADDRESSES if ipaddress.ip_address(one) in network]
        assert list(events.values_list("ip", flat=True)) == expected, text
