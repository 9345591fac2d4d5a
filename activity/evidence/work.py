"""The worker's task for evidence: write the tiles of logs that have grown."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from activity.evidence.models import EvidenceState
from activity.evidence.tiling import Mismatch, advance
from activity.models import LogHead

LOOK_SECONDS = 5.0
MAX_NEWS = 10_000  # events
MAX_AGE = timedelta(minutes=5)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class EvidenceWork:
    """Looks for logs that are due every `LOOK_SECONDS`.

    A log is due when `MAX_NEWS` of its events have no tile, or one of them for `MAX_AGE`.
    """

    next_look: float = 0.0

    def __call__(self, is_stopping: Callable[[], bool]) -> bool:
        """Return whether there was something to do."""
        if time.monotonic() < self.next_look:
            return False
        did_something = False
        for head in due_heads():
            if is_stopping():
                break
            did_something |= advance_log(head)
        self.next_look = time.monotonic() + LOOK_SECONDS
        return did_something


def due_heads() -> Iterator[LogHead]:
    """The heads of the logs whose tiles are due."""
    states = {state.pk: state for state in EvidenceState.objects.all()}
    sizes = LogHead.objects.filter(hashed__gt=0).values_list("pk", "hashed")
    oldest = timezone.now() - MAX_AGE
    for pk, hashed in sizes:
        state = states.get(pk) or EvidenceState()
        news = hashed - state.tiled
        is_old = state.tiled_at is None or state.tiled_at < oldest
        if not state.problem and (news >= MAX_NEWS or (news > 0 and is_old)):
            yield LogHead.objects.select_related("organization").get(organization=pk)


def advance_log(head: LogHead) -> bool:
    """Write the next tiles of one log, or store why not. Returns whether tiles were written."""
    try:
        advance(head.organization, head)
    except Mismatch as error:
        logger.error(  # noqa: TRY400 - the place in the code says nothing
            "The log of %s was altered: %s Run “verify_log”.", head.organization.slug, error
        )
        EvidenceState.objects.filter(organization=head.organization).update(
            problem={"first": error.first, "last": error.last}
        )
        return False
    return True


work = EvidenceWork()
