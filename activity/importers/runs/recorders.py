"""Recorders take the drafts of a file. One stores them, the other reports what would be stored."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, transaction

from activity.drafts import EventDraft
from activity.models import LogHead
from activity.recording import BatchContext, Receipt, bulk_insert, record
from activity.recording.duplicates import classify, stored_contents
from activity.recording.identity import (
    are_equal,
    content_hash,
    content_of,
    event_ids,
    exported_id,
)
from organizations.models import Organization


@dataclass(slots=True)
class LogRecorder:
    """Stores drafts in the log. They are on disk when `finish()` returns."""

    organization: Organization
    context: BatchContext = field(default_factory=BatchContext)
    expects_new: bool = True

    def __call__(self, drafts: Sequence[EventDraft], before_commit: Callable[[], None]) -> Receipt:
        with transaction.atomic():
            bulk_insert.commit_without_waiting(DEFAULT_DB_ALIAS)
            receipt = record(
                self.organization, drafts, context=self.context, expects_new=self.expects_new
            )
            before_commit()
        self.expects_new = receipt.accepted == len(drafts)
        return receipt

    def finish(self) -> None:
        bulk_insert.flush(DEFAULT_DB_ALIAS)


@dataclass(slots=True)
class DryRunRecorder:
    """Returns the receipts that `LogRecorder` would return, and only reads.

    It takes no lock and opens no transaction. `content_hashes` holds the events that earlier
    batches of the file would have stored: hash of the content by event id.
    """

    organization: Organization
    context: BatchContext = field(default_factory=BatchContext)
    content_hashes: dict[int, int] = field(default_factory=dict)

    def __call__(self, drafts: Sequence[EventDraft], before_commit: Callable[[], None]) -> Receipt:
        ids = list(event_ids(self.organization, drafts, self.context.seen))
        exported = [exported_id(draft) for draft in drafts]
        stored = stored_contents(self.organization, [*ids, *filter(None, exported)], self.context)

        def equals_stored(event_id: uuid.UUID, draft: EventDraft) -> bool | None:
            if (earlier := self.content_hashes.get(event_id.int)) is not None:
                return earlier == content_hash(draft)
            content = stored.get(event_id)
            return are_equal(content, content_of(draft)) if content else None

        result = classify(drafts, ids, exported, equals_stored)
        for event_id, draft in result.new.items():
            self.content_hashes[event_id.int] = content_hash(draft)
        last_seq = self._stored_size() + len(self.content_hashes)
        return Receipt(len(result.new), result.duplicates, tuple(result.conflicts), last_seq)

    def finish(self) -> None:
        """Nothing was stored, so there is nothing to flush."""

    def _stored_size(self) -> int:
        sizes = LogHead.objects.filter(organization=self.organization).values_list("size")
        return sum(size for (size,) in sizes)
