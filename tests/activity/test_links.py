"""The URLs of the log."""

from django.http import QueryDict

from activity.log_urls import LogUrl, from_form
from activity.reading.filters import declared_filters


def address(query: str) -> LogUrl:
    return LogUrl.of("/log/", QueryDict(query))


def merged(query: str) -> str:
    return str(from_form("/log/", QueryDict(query), declared_filters()))


def test_it_is_the_bare_path_without_parameters():
    assert str(address("")) == "/log/"


def test_it_leaves_out_blank_values():
    assert str(address("q=&user=+&event=item.read")) == "/log/?event=item.read"


def test_it_keeps_commas_colons_and_at_signs_readable():
    query = "user=a@b.example,c@d.example&since=2026-11-22T10:23"
    assert str(address(query)) == f"/log/?{query}"


def test_it_encodes_what_would_change_the_meaning():
    link = address("").with_params(q="a+b&c=d%#é", since="2026-10-25T02:30+01:00")
    assert str(link) == "/log/?q=a%2Bb%26c%3Dd%25%23%C3%A9&since=2026-10-25T02:30%2B01:00"


def test_it_replaces_a_value_and_goes_to_the_first_page():
    link = address("user=a@x.example&event=item.read&p=abc").with_params(user="b@x.example")
    assert str(link) == "/log/?event=item.read&user=b@x.example"


def test_it_turns_the_page_without_losing_the_filters():
    assert str(address("q=dana&p=abc").with_params(p="def")) == "/log/?q=dana&p=def"


def test_it_takes_parameters_away():
    assert str(address("q=dana&event=item&p=abc").without("q")) == "/log/?event=item"


def test_it_takes_a_repeated_name_away_whole():
    assert str(address("user=a&user=b&q=c").without("user")) == "/log/?q=c"


def test_it_takes_one_value_out_of_a_list():
    link = address("event=item.read,-vault,share.created&p=abc")
    assert str(link.without_value("event", "-vault")) == "/log/?event=item.read,share.created"


def test_it_drops_the_parameter_with_its_last_value():
    assert str(address("event=item.read&q=c").without_value("event", "item.read")) == "/log/?q=c"


def test_it_moves_the_parameters_to_another_path():
    assert str(address("q=dana&p=abc").at("/export/")) == "/export/?q=dana&p=abc"


def test_it_joins_repeated_values_of_the_form():
    assert merged("event=item.read&event=vault&event=item.read") == "/log/?event=item.read,vault"


def test_it_excludes_no_more_what_is_checked():
    query = "event=-item.used,-vault,-share&event=item.used&event=vault.created"
    assert merged(query) == "/log/?event=-share,item.used,vault.created"


def test_it_drops_blanks_and_the_page_from_the_form():
    assert merged("q=+&user=&since=&until=&p=abc&order=oldest") == "/log/?order=oldest"


def test_it_leaves_a_repeated_single_value_for_the_page_to_refuse():
    assert merged("q=a&q=b") == "/log/?q=a&q=b"


def test_it_leaves_an_unknown_name_for_the_page_to_refuse():
    assert merged("colour=red") == "/log/?colour=red"


def test_it_keeps_the_exact_moment_while_the_field_is_untouched():
    query = (
        "since=2026-10-25T02:30&shown-since=2026-10-25T02:30:00&exact-since=2026-10-25T01:30:00Z"
    )
    assert merged(query) == "/log/?since=2026-10-25T01:30:00Z"


def test_it_takes_the_field_once_it_was_changed():
    query = (
        "until=2026-10-25T02:31&shown-until=2026-10-25T02:30:00&exact-until=2026-10-25T01:30:00Z"
    )
    assert merged(query) == "/log/?until=2026-10-25T02:31"


def test_it_forgets_the_exact_moment_of_an_emptied_field():
    query = "since=&shown-since=2026-10-25T02:30:00&exact-since=2026-10-25T01:30:00Z"
    assert merged(query) == "/log/"


def test_it_survives_a_field_that_holds_no_time():
    query = "since=yesterday&shown-since=2026-10-25T02:30:00&exact-since=2026-10-25"
    assert merged(query) == "/log/?since=yesterday"
