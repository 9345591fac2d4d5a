"""What becomes of a batch: the good events are stored, the bad ones are named."""

import dataclasses
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from activity.api.batches import Bad, Batch
from activity.api.problems import Problem
from activity.recording import record
from organizations.models import Organization


def ingest(organization: Organization, batch: Batch) -> dict[str, Any]:
    """Store the batch and tell what became of it, once that is committed.

    Recording needs no plan: an upgrade reveals what happened before. Raises `Problem` 422 when
    the body holds events and every single one is bad, with the same members.
    """
    receipt = record(organization, batch.drafts)
    message = _("this id stands for another event already: same id and time, other content")
    conflicts = [
        Bad(batch.indexes[position], batch.ids[position], "conflict", message)
        for position in receipt.conflicts
    ]
    answer = {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "conflicts": len(conflicts),
        "rejected": len(batch.bad),
        "errors": [
            dataclasses.asdict(bad)
            for bad in sorted([*batch.bad, *conflicts], key=lambda bad: bad.index)
        ],
        "last_seq": receipt.last_seq,
    }
    if answer["errors"] and not receipt.accepted and not receipt.duplicates:
        detail = _("Nothing was stored: every event of the body is bad. “errors” says why.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "nothing_stored", detail, members=answer)
    return answer
