"""Whole numbers in what others send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.numbers import whole_number


@given(st.integers(0, 2**63 - 1))
def test_it_reads_a_number(number):
    assert whole_number(str(number), 0, 2**63 - 1) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1\n",
        "+1",
        "-1",
        "01",
        "000000100000000",
        "1_0",
        "1e2",
        "0x1",
        "1.0",
        "١",
        "²",
        "9" * 1_000_000,
    ],
)
def test_it_refuses_other_texts(text):
    with pytest.raises(ValueError, match="not a whole number in range"):
        whole_number(text, 0, 10**9)


@given(st.integers(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_it_keeps_to_the_range(number, minimum, maximum):
    if minimum <= number <= maximum:
        assert whole_number(str(number), minimum, maximum) == number
    else:
        with pytest.raises(ValueError, match="not a whole number in range"):
            whole_number(str(number), minimum, maximum)


@given(st.text(alphabet="0123456789+-_ .e٣\n", max_size=12))
def test_it_accepts_only_what_it_would_write_itself(text):
    try:
        number = whole_number(text, 0, 10**9)
    except ValueError:
        return
    assert str(number) == text
