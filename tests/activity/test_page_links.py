"""The links of the page, on cells, chips and bars."""

from datetime import UTC, datetime, timedelta

import pytest

from activity.recording import record
from tests.factories import draft, event

pytestmark = pytest.mark.slow

LOG = "/admin/activity/event/"


def changelist(client, url=LOG):
    response = client.get(url, follow=True)
    assert response.context["cl"].is_valid, response.context["cl"].form.errors
    return response.context["cl"]


def moments(client, url):
    return [one.occurred_at for one in changelist(client, url).page.rows]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (utc(2026, 11, 1, 23), 24),
        (utc(2026, 3, 28, 23), 23),  # the clocks go forward
        (utc(2026, 10, 24, 22), 25),  # and back
    ],
)
def test_it_shows_the_whole_local_day_of_a_clicked_date(as_alice, acme, first, hours):
    microsecond, end = timedelta(microseconds=1), first + timedelta(hours=hours)
    inside = [first, first + timedelta(hours=2, minutes=30), end - microsecond]
    record(acme, [draft(occurred_at=m) for m in [first - microsecond, *inside, end]])
    rows = changelist(as_alice).result_list

    for row in rows[1:-1]:
        assert moments(as_alice, row.day_url) == inside[::-1]


@pytest.mark.parametrize(
    "start",
    [
        utc(2026, 11, 2, 10, 23, 13),
        utc(2026, 10, 25, 0, 30),  # 02:30 for the first time
        utc(2026, 10, 25, 1, 30),  # and again
        utc(2026, 10, 25, 0, 59, 59),
        utc(2026, 3, 29, 0, 59, 59),
    ],
)
def test_it_shows_the_second_of_a_clicked_time(as_alice, acme, start):
    second, microsecond = timedelta(seconds=1), timedelta(microseconds=1)
    inside = [start, start + second / 2, start + second - microsecond]
    around = [start - microsecond, start + second, start + timedelta(hours=1)]
    record(acme, [draft(occurred_at=m) for m in [*inside, *around, start - timedelta(hours=1)]])
    rows = changelist(as_alice).result_list

    for row in rows[2:5]:
        assert moments(as_alice, row.moment_url) == inside[::-1]
        shown = changelist(as_alice, row.moment_url)
        assert shown.chart is None
        assert [str(chip.key) for chip in shown.chips] == ["Time"]


def test_it_widens_a_clicked_second(as_alice, acme):
    start = utc(2026, 11, 2, 10, 23, 13)
    minutes = (-60, -5, 0, 5, 60)
    record(acme, [draft(occurred_at=start + timedelta(minutes=m)) for m in minutes])
    moment = changelist(as_alice).result_list[2].moment_url

    (chip,) = changelist(as_alice, moment).chips

    found = {label: len(moments(as_alice, url)) for label, url in chip.wider}
    assert found == {"± 5 min": 3, "± 1 h": 5}


def test_it_adds_a_click_to_the_filters_in_force(as_alice, acme):
    event(acme)
    query = "q=dana&user=dana@acme.example,x@y.example&event=item&ip=203.0.113.0/24&p=end"

    (row,) = changelist(as_alice, f"{LOG}?{query}").result_list

    others = "event=item&ip=203.0.113.0/24"
    assert row.user_url == f"{LOG}?q=dana&{others}&user=dana@acme.example"
    users = "user=dana@acme.example,x@y.example"
    assert row.event_url == f"{LOG}?q=dana&{users}&ip=203.0.113.0/24&event=item.read"
    assert row.ip_url == f"{LOG}?q=dana&{users}&event=item&ip=203.0.113.7"
    day = "since=2026-11-02&until=2026-11-02"
    assert row.day_url == f"{LOG}?q=dana&{users}&{others}&{day}"


@pytest.mark.parametrize("name", ["user_url", "event_url", "ip_url", "day_url", "moment_url"])
def test_it_finds_the_row_again_behind_each_cell(as_alice, acme, name):
    event(acme, email="Ünal+a b@acme.example", event_type="odd:type/x?&=", ip="2001:db8::7")
    event(acme, occurred_at=utc(2026, 11, 1), email="b@x.example", ip="10.0.0.1")
    row = changelist(as_alice).result_list[0]

    found = changelist(as_alice, getattr(row, name)).result_list

    assert [one.user for one in found] == [row.user]


def test_it_narrows_the_log_by_each_bar(as_alice, acme):
    start = utc(2026, 10, 24, 12)
    record(acme, [draft(occurred_at=start + timedelta(hours=3 * n)) for n in range(20)])

    bars = changelist(as_alice).chart.bars

    assert sum(int(bar.count) for bar in bars) == 20
    for bar in bars:
        assert len(moments(as_alice, bar.url)) == int(bar.count), bar.label


def test_it_never_widens_the_range_by_a_bar(as_alice, acme):
    start = utc(2026, 11, 2, 10)
    record(acme, [draft(occurred_at=start + timedelta(minutes=n)) for n in range(600)])
    query = "since=2026-11-02T11:07&until=2026-11-02T19:22"

    shown = changelist(as_alice, f"{LOG}?{query}")

    assert len(shown.chart.bars) > 2
    for bar in (shown.chart.bars[0], shown.chart.bars[-1]):
        assert changelist(as_alice, bar.url).result_count == int(bar.count)


@pytest.mark.parametrize(
    ("form", "address"),
    [
        ("q=+dana+&event=item.read&event=vault", "?q=+dana+&event=item.read,vault"),
        ("q=&since=&until=&p=end", ""),
        ("organization=acme&order=oldest&q=x", "?organization=acme&order=oldest&q=x"),
    ],
)
def test_it_sends_the_form_on_to_the_canonical_address(as_alice, form, address):
    assert as_alice.get(f"{LOG}apply/?{form}").url == LOG + address


def test_it_downloads_what_it_lists(as_alice, acme):
    event(acme)
    event(acme, email="b@x.example", name="")

    shown = changelist(as_alice, f"{LOG}?q=dana&order=oldest&p=end")

    assert shown.csv_url == f"{LOG}export/?q=dana&order=oldest"
    assert shown.json_lines_url == f"{LOG}export/?q=dana&order=oldest&format=jsonl"
    response = as_alice.get(shown.json_lines_url)
    assert b"".join(response.streaming_content).count(b"\n") == 1
