"""The escape of text that looks like a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.spreadsheets import FORMULA_STARTS, guard, unguard


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_it_marks_what_a_spreadsheet_might_calculate(start):
    assert guard(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "Dana", "1+1", " =1", "dana@acme.example"])
def test_it_leaves_other_text_alone(text):
    assert guard(text) == unguard(text) == text


@given(st.one_of(st.text(), st.text(alphabet=FORMULA_STARTS + "a")))
def test_it_undoes_every_mark(text):
    assert unguard(guard(text)) == text
