"""Helpers for tests of the pages of destinations."""

import re

from django.contrib.admin.models import LogEntry

from activity.delivery.models import ParkedEvent

LIST = "/admin/delivery/destination/"


def page_of(destination):
    return f"{LIST}{destination.pk}/change/"


def do(client, destination, action, **data):
    """Post the action and return the text of the next page."""
    response = client.post(f"{LIST}{destination.pk}/{action}/", data, follow=True)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def park(destination, *numbers):
    for seq in numbers:
        ParkedEvent.objects.create(
            organization=destination.organization,
            destination=destination,
            seq=seq,
            reason=f"too salty {seq}",
        )


def history(destination):
    entries = LogEntry.objects.filter(object_id=str(destination.pk)).order_by("pk")
    return [entry.get_change_message() for entry in entries]
