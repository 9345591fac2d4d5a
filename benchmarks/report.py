"""Write a run as Markdown: first the targets, then the detailed figures."""

from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Found, by_name, page_cases, spread, stopped
from benchmarks.targets import Target, growth_targets, targets


def text(run: Found) -> str:
    """The whole report of the JSON that a run writes."""
    return "\n".join(_lines(run))


def _lines(run: Found) -> Iterator[str]:
    machine = run["machine"]
    yield f"`{machine['command']}`, {machine['time']}, {machine['system']}"
    yield f"{machine['cores']} cores, {machine['memory_gib']} GiB, load {machine['load'][0]:.1f}"
    yield f"Python {machine['python']}, PostgreSQL {machine['postgresql']}, {machine['packages']}"
    for size, found in run["sizes"].items():
        yield from ("", f"## {int(size):,} events", "")
        yield _generated(found["generated"])
        yield from _broken(found)
        yield from _targets(list(targets(found)))
        yield from _details(found, "")
        if "pages" in found.get("sqlite", {}):
            yield from _details(found["sqlite"], "SQLite: ")
    if len(run["sizes"]) > 1:
        yield from _targets(list(growth_targets(run["sizes"])))


def _generated(found: Found) -> str:
    heap, indexes = (found[name] / 2**30 for name in ("heap", "indexes"))
    seconds = found["seconds"]
    return f"Generated in {seconds:,.0f} s; events {heap:.2f} GiB, their indexes {indexes:.2f} GiB."


def _broken(found: Found) -> Iterator[str]:
    for part, figures in {**found, **found.get("sqlite", {})}.items():
        for key in ("error", "skipped"):
            if isinstance(figures, dict) and key in figures:
                yield f"{part}: {figures[key]}"
    check = found.get("check", {})
    if check and "error" not in check:
        yield (
            f"Rollups as recording keeps them: {check['rollups_equal']}; "
            f"organizations with gaps: {check['organizations_with_gaps']}."
        )


def _targets(found: list[Target]) -> Iterator[str]:
    if found:
        yield from _table(
            ("work", "target", "measured", ""),
            [(d.work, d.limit, d.measured, "met" if d.is_met else "NOT MET") for d in found],
        )


def _details(found: Found, prefix: str) -> Iterator[str]:
    if "filters" in found.get("pages", {}):
        yield from (
            "",
            f"{prefix}SQL of a page, ms: six pages a row (first, middle, last; two orders)",
        )
        yield from _table(*_pages(found["pages"]))
    for part, key in (("counts", "filters"), ("responses", "responses")):
        cases = by_name(found.get(part, {}), key)
        if cases:
            yield from ("", f"{prefix}{TITLES[part]}, ms")
            header = ("", "first touch", "median", "worst", "n", "")
            yield from _table(header, [_case(name, case) for name, case in cases.items()])


TITLES = {"counts": "Page with facets and histogram", "responses": "Whole response of the list"}


def _case(name: str, case: Found) -> tuple[str, ...]:
    middle = "-" if case["median"] is None else f"{case['median']:.1f}"
    worst = "-" if case["worst"] is None else f"{case['worst']:.1f}"
    note = case["error"] or ("" if case.get("is_complete", True) else f"{case['total']}+")
    first = "-" if case["first"] is None else f"{case['first']:.1f}"
    return name, first, middle, worst, str(case["n"]), note


def _pages(pages: Found) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    rows = [
        _page_row(name.removeprefix("single: "), page_cases(pages, name))
        for name in pages["filters"]
        if not name.startswith("pair: ")
    ]
    rows.append(_page_row("each pair", page_cases(pages, "pair: ")))
    return ("filters", "slowest first touch", "median", "worst", "n", "slowest"), rows


def _page_row(name: str, cases: dict[str, Found]) -> tuple[str, ...]:
    found = spread(cases)
    note = "; ".join(stopped(cases)[:2])
    if found is None:
        return name, "-", "-", "-", "0", note
    at = note or found.at.removeprefix(", ")
    figures = (f"{figure:.1f}" for figure in (found.first, found.median, found.worst))
    return name, *figures, str(found.n), at


def _table(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    yield ""
    yield _row(header, widths)
    yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    for row in rows:
        yield _row(row, widths)


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"
