"""The stored size of a log equals a count of its events."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.models import Event, LogDay, LogHead
from activity.recording import record
from tests.factories import OrganizationFactory, draft, event

pytestmark = pytest.mark.django_db

START = datetime(2026, 10, 24, tzinfo=UTC)

drafts = st.builds(
    draft,
    occurred_at=st.integers(0, 3 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    event_type=st.sampled_from(["item.read", "item.used", "vault.deleted", "x.y"]),
    source_id=st.sampled_from(["", "", "a", "b", "c"]),
    ip=st.sampled_from([None, "203.0.113.7"]),
)


@settings(
    deadline=None,
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=st.lists(st.lists(drafts, max_size=8), max_size=5))
def test_it_equals_a_recount_after_any_batches(db, batches):
    organization = OrganizationFactory()
    receipts = [record(organization, batch) for batch in batches]
    rows = list(
        Event.objects.filter(organization=organization).values_list(
            "seq", "event_type", "occurred_at"
        )
    )
    head = LogHead.objects.filter(organization=organization).first() or LogHead()
    times = [occurred_at for _, _, occurred_at in rows]
    assert head.size == len(rows) == sum(receipt.accepted for receipt in receipts)
    assert sorted(seq for seq, _, _ in rows) == list(range(1, len(rows) + 1))
    assert head.type_counts == Counter(code for _, code, _ in rows)
    assert (head.earliest, head.latest) == (min(times, default=None), max(times, default=None))
    for batch, receipt in zip(batches, receipts, strict=True):
        assert receipt.accepted + receipt.duplicates + len(receipt.conflicts) == len(batch)


def test_it_counts_the_days_of_its_organization_only(acme, birch):
    for _ in range(2):
        event(acme), event(birch)
    assert list(LogDay.objects.values_list("type_counts", flat=True)) == [{"item.read": 1}] * 2


def test_it_widens_its_span_for_a_late_event(acme):
    event(acme, occurred_at=START)
    event(acme, occurred_at=START - timedelta(days=400))
    event(acme, occurred_at=START - timedelta(days=2))
    head = LogHead.objects.get(organization=acme)
    assert (head.earliest, head.latest) == (START - timedelta(days=400), START)
