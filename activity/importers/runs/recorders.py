"""What becomes of the drafts of a file: they are stored, or it is only said what would be."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, transaction

from activity.drafts import EventDraft
from activity.recording import BatchContext, Receipt, bulk_insert, record
from activity.recording.identity import canonical_content
from organizations.models import Organization


@dataclass(slots=True)
class Recording:
    """Stores drafts. They are safe on disk when `finish` returns."""

    organization: Organization
    context: BatchContext = field(default_factory=BatchContext)
    expects_new: bool = True

    def __call__(self, drafts: Sequence[EventDraft], meanwhile: Callable[[], None]) -> Receipt:
        with transaction.atomic():
            bulk_insert.commit_without_waiting(DEFAULT_DB_ALIAS)
            receipt = record(
                self.organization, drafts, context=self.context, expects_new=self.expects_new
            )
            meanwhile()
        self.expects_new = receipt.accepted == len(drafts)
        return receipt

    def finish(self) -> None:
        bulk_insert.flush(DEFAULT_DB_ALIAS)


@dataclass(slots=True)
class Rehearsal:
    """Says what would become of drafts, exactly, and stores nothing.

    Each chunk is rolled back, so that nobody waits for the end of the file to write; and so
    what it would have stored under an id is remembered for the chunks after it.
    """

    organization: Organization
    seen: dict[int, int] = field(default_factory=dict)
    stored: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def __call__(self, drafts: Sequence[EventDraft], meanwhile: Callable[[], None]) -> Receipt:
        unseen: list[int] = []
        conflicts: list[int] = []
        for index, draft in enumerate(drafts):
            earlier = self.stored.get(_key(draft))
            if earlier is None:
                unseen.append(index)
            elif earlier != _fingerprint(draft):
                conflicts.append(index)
        with transaction.atomic():
            context = BatchContext(self.seen)  # people that it makes are unmade
            receipt = record(
                self.organization, [drafts[index] for index in unseen], context=context
            )
            transaction.set_rollback(True)
        duplicates = receipt.duplicates + len(drafts) - len(unseen) - len(conflicts)
        conflicts += [unseen[index] for index in receipt.conflicts]
        self._remember(drafts[index] for index in unseen if index not in conflicts)
        return Receipt(receipt.accepted, duplicates, tuple(sorted(conflicts)), receipt.last_seq)

    def finish(self) -> None:
        """There is nothing to store."""

    def _remember(self, drafts: Iterable[EventDraft]) -> None:
        for draft in drafts:
            if draft.source_id:
                self.stored.setdefault(_key(draft), _fingerprint(draft))


def _key(draft: EventDraft) -> tuple[str, int]:
    """What two drafts share that would become one event."""
    return draft.source_id, int(draft.occurred_at.timestamp() * 1000)


def _fingerprint(draft: EventDraft) -> bytes:
    return hashlib.blake2b(canonical_content(draft).encode(), digest_size=16).digest()
