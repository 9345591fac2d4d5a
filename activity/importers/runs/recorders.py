"""Recorders take the drafts of a file. One stores them, the other reports what would be stored."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, transaction

from activity.drafts import EventDraft
from activity.models import LogHead
from activity.recording import BatchContext, Receipt, bulk_insert, record
from activity.recording.duplicates import classify, other_ids, stored_events
from activity.recording.identity import content_hash, event_ids
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
        head = self._head()
        ids = list(event_ids(self.organization, drafts, self.context.seen))
        others = other_ids(head, drafts, self.context)
        stored = stored_events(head, drafts, [*ids, *others], self.context)

        def is_stored(
            draft: EventDraft, event_id: uuid.UUID, other: uuid.UUID | None
        ) -> bool | None:
            for known_id in filter(None, (event_id, other)):
                if (earlier := self.content_hashes.get(known_id.int)) is not None:
                    return earlier == content_hash(draft)
            return stored.is_stored(draft, event_id, other)

        result = classify(drafts, ids, others, is_stored)
        for event_id, draft in result.new.items():
            self.content_hashes[event_id.int] = content_hash(draft)
        last_seq = head.size + len(self.content_hashes)
        return Receipt(len(result.new), result.duplicates, tuple(result.conflicts), last_seq)

    def finish(self) -> None:
        """Nothing was stored, so there is nothing to flush."""

    def _head(self) -> LogHead:
        head = LogHead.objects.filter(organization=self.organization).first()
        return head or LogHead(organization=self.organization)
