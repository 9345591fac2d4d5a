"""The comparison of a benchmark run with the targets."""

from benchmarks.targets import growth_targets


def _case(name: str, milliseconds: float) -> dict:
    return {"name": name, "first": 9.0, "median": milliseconds, "n": 2, "error": ""}


def _pages(first: float, last: float) -> dict:
    return {"filters": {"single: none": [_case("first page", first), _case("last page", last)]}}


def _told(sizes: dict) -> list[tuple[str, str, bool]]:
    return [(target.work, target.measured, target.is_met) for target in growth_targets(sizes)]


def test_it_tells_how_much_longer_pages_take_in_a_larger_log():
    sizes = {
        "100": {"pages": _pages(1.0, 2.0), "pages_again": _pages(3.0, 2.0)},
        "1000": {"pages": _pages(2.0, 6.0), "pages_again": _pages(4.0, 8.0)},
    }
    assert _told(sizes) == [
        (
            "pages, 1,000 events against 100",
            "median 2.50, worst 3.5 (single: none, last page)",
            False,
        )
    ]


def test_it_tells_how_much_slower_imports_are_into_a_larger_log():
    sizes = {
        1000: {"import": {"rows": 20, "import_rate": 15_000.0}},
        100: {"import": {"rows": 20, "import_rate": 20_000.0}},
    }
    expected = ("import, 1,000 events against 100", "0.75 (15,000 rows/s, 20,000)", True)
    assert _told(sizes) == [expected]


def test_it_compares_no_imports_of_different_lengths():
    sizes = {
        100: {"import": {"rows": 20, "import_rate": 20_000.0}},
        1000: {"import": {"rows": 200, "import_rate": 20_000.0}},
    }
    assert _told(sizes) == []
