"""Page, downloads and command list the same events as a filter in plain Python."""

import io
from collections import Counter
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from activity import exports
from activity.exports import Format
from activity.reading import filters
from activity.reading.facets import counting
from activity.reading.ordering import ordered
from activity.reading.planner import paths
from activity.reading.timeouts import QueryTimeout, statement_timeout
from tests.activity.parity import READERS, profile, questions, walked, walked_backwards

pytestmark = pytest.mark.slow


@profile(1)
@given(question=questions())
def test_it_lists_and_exports_what_plain_python_picks(logs, monkeypatch, question):
    slug, query = question
    monkeypatch.setattr(exports, "BATCH_SIZE", 7)
    rows = logs.rows[slug]
    expected = query.seqs(rows)
    errors = logs.operator_query(slug, query.text).filterset.errors
    assert set(errors) == ({query.culprit} if query.culprit else set())
    assert walked(logs, slug, query.text) == expected
    assert walked_backwards(logs, slug, query.text) == expected
    if not query.culprit:
        operator_query = logs.operator_query(slug, query.text)
        for form, read in READERS.items():
            assert read(b"".join(exports.stream(operator_query, form))) == expected
    summary = counting.summarize(logs.query(slug, query.text))
    assert summary.is_complete
    assert summary.total == len(expected)
    assert Counter(summary.type_counts) == query.type_counts(rows)


@profile(3)
@given(question=questions(1))
def test_it_understands_each_filter_alone(logs, question):
    slug, query = question
    asked = logs.operator_query(slug, query.text)
    found = ordered(asked.events, asked.order).values_list("seq", flat=True)
    assert list(found) == query.seqs(logs.rows[slug])


@profile(0.3)
@given(question=questions())
@pytest.mark.postgresql
def test_it_does_so_when_it_always_merges(logs, monkeypatch, question):
    monkeypatch.setattr(paths, "RARE_SHARE", 2)
    monkeypatch.setattr(paths, "MAX_MERGED_ACTORS", 1_000_000)
    slug, query = question
    assert walked(logs, slug, query.text) == query.seqs(logs.rows[slug])
    assert walked_backwards(logs, slug, query.text) == query.seqs(logs.rows[slug])


@profile(0.3)
@given(question=questions())
def test_it_does_so_when_scans_take_too_long_and_many_people_match(logs, monkeypatch, question):
    @contextmanager
    def budget(seconds, **options):
        if seconds == paths.SCAN_SECONDS:
            raise QueryTimeout
        with statement_timeout(seconds, **options):
            yield

    monkeypatch.setattr(paths, "statement_timeout", budget)
    monkeypatch.setattr(filters, "MAX_ACTOR_KEYS", 1)
    slug, query = question
    assert walked(logs, slug, query.text) == query.seqs(logs.rows[slug])


@profile(0.3)
@given(question=questions(), form=st.sampled_from(Format))
def test_it_exports_the_same_by_command(logs, tmp_path, question, form):
    slug, query = question
    output = tmp_path / "log"
    output.unlink(missing_ok=True)
    arguments = ["--organization", slug, "--filter", query.text, "--format", form]
    arguments += ["--output", str(output)]
    if query.culprit:
        with pytest.raises(CommandError, match=f" {query.culprit}: "):
            call_command("export_events", *arguments)
        assert not list(tmp_path.iterdir())
    else:
        call_command("export_events", *arguments, stderr=io.StringIO())
        assert READERS[form](output.read_bytes()) == query.seqs(logs.rows[slug])
