"""The performance targets of passaudit, and whether a run meets them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks import figures
from benchmarks.figures import Found, by_name, page_cases, spread

MIB = 2**20
NOISE = 2.0  # ms; the shortest times differ by chance

Judge = Callable[[Found], Iterator["Target"]]


@dataclass(frozen=True, slots=True)
class Target:
    work: str
    limit: str
    measured: str
    is_met: bool


def targets(found: Found) -> Iterator[Target]:
    """The targets of one size. Leaves out parts that were not measured or that failed."""
    for part, judge in JUDGES.items():
        if part in found and not {"error", "skipped"} & found[part].keys():
            yield from judge(found[part])


def growth_targets(sizes: dict[Any, Found]) -> Iterator[Target]:
    """Compare the smallest with the largest log of a run that has several sizes."""
    (smaller, small), *_between, (larger, large) = sorted(
        (int(size), found) for size, found in sizes.items()
    )
    imports = [found.get("import", {}) for found in (small, large)]
    rates = [found.get("import_rate") for found in imports]
    if all(rates) and imports[0]["rows"] == imports[1]["rows"]:  # else start-up weighs differently
        yield Target(
            f"import, {larger:,} events against {smaller:,}",
            "0.5 of the rate",
            f"{rates[1] / rates[0]:.2f} ({rates[1]:,.0f} rows/s, {rates[0]:,.0f})",
            rates[1] / rates[0] >= 0.5,
        )
    runs = [
        [found[key] for key in ("pages", "pages_again") if key in found] for found in (small, large)
    ]
    ratios = figures.growth(*runs) if all(runs) else {}
    if ratios:
        middle = median(ratios.values())
        at = max(ratios, key=lambda name: ratios[name])
        yield Target(
            f"pages, {larger:,} events against {smaller:,}",
            "1.5 times as long",
            f"median {middle:.2f}, worst {ratios[at]:.1f} ({at})",
            middle <= 1.5,
        )


def _pages(pages: Found) -> Iterator[Target]:
    cases = page_cases(pages)
    all_of_them = spread(cases)
    if all_of_them:
        measured = f"median {all_of_them.median:.1f} ms, worst {all_of_them.worst:.0f} ms"
        stopped = figures.stopped(cases)
        yield Target(
            f"SQL of a page, {all_of_them.cases} cases",
            "20 ms median, 200 ms worst",
            measured + (f", {len(stopped)} stopped" if stopped else ""),
            all_of_them.median <= 20 and all_of_them.worst <= 200 and not stopped,
        )


def _counts(counts: Found) -> Iterator[Target]:
    found = spread(by_name(counts, "filters"))
    if found:
        measured = f"worst {found.worst:.0f} ms ({found.at})"
        yield Target("page with facets and histogram", "300 ms", measured, found.worst <= 300)


def _responses(responses: Found) -> Iterator[Target]:
    cases = by_name(responses, "responses")
    ours, stock = cases["passaudit, last page"], cases["stock, last page"]
    if ours["median"] and stock["median"]:
        ratio = stock["median"] / ours["median"]
        measured = f"{ratio:.1f} times ({ours['median']:.0f} ms, {stock['median']:.0f} ms)"
        yield Target(
            "last page, whole response, stock against ours",
            "30 times at 10 M",
            measured,
            ratio >= 30,
        )


def _fresh(fresh: Found) -> Iterator[Target]:
    before, after = by_name(fresh, "before"), by_name(fresh, "after")
    ratios = {
        name: before[name]["median"] / after[name]["median"]
        for name in before
        if before[name]["median"] and after[name]["median"]
    }
    stopped = figures.stopped(before)
    if not ratios:
        return
    slower = {
        name: ratio
        for name, ratio in ratios.items()
        if before[name]["median"] - after[name]["median"] > NOISE
    }
    at = max(slower, key=lambda name: slower[name], default="")
    worst = f"worst {slower[at]:.2f} ({at})" if at else f"none slower by {NOISE} ms"
    yield Target(
        f"new organization, {len(ratios)} cases, before ANALYZE against after",
        "1.5 times as long",
        f"median {median(ratios.values()):.2f}, {worst}"
        + (f", {len(stopped)} stopped" if stopped else ""),
        max(slower.values(), default=1) <= 1.5 and not stopped,
    )


def _export(export: Found) -> Iterator[Target]:
    ratio = export["rate"] / export["baseline_rate"]
    yield Target(
        f"CSV of {export['rows']:,} rows over HTTP against psql",
        "0.8",
        f"{ratio:.2f} ({export['rate']:,.0f} rows/s, {export['baseline_rate']:,.0f})",
        ratio >= 0.8,
    )
    yield from _flatness(export)
    times = export["rate"] / export["stock_rate"]
    measured = f"{times:.0f} times ({export['stock_rate']:,.0f} rows/s)"
    yield Target("CSV against stock import-export", "30 times", measured, times >= 30)


def _flatness(export: Found) -> Iterator[Target]:
    first = max(one["first_byte_seconds"] for one in export["downloads"])
    yield Target("first byte of the CSV", "0.2 s", f"{first:.3f} s", first <= 0.2)
    memory = max(one["memory_growth"] for one in export["downloads"]) / MIB
    yield Target("memory growth of the server", "64 MiB", f"{memory:.1f} MiB", memory < 64)


def _import(found: Found) -> Iterator[Target]:
    ratio = found["import_rate"] / found["copy_rate"]
    measured = f"{ratio:.2f} ({found['import_rate']:,.0f} rows/s, {found['copy_rate']:,.0f})"
    yield Target(f"import of {found['rows']:,} rows against psql", "0.5", measured, ratio >= 0.5)
    memory = found["memory_growth"] / MIB
    yield Target("memory growth of the import", "256 MiB", f"{memory:.0f} MiB", memory < 256)
    again = found["again_rate"] / found["import_rate"]
    measured = f"{again:.2f} times the rate"
    yield Target("the same file again", "no slower", measured, again >= 1)
    yield Target("imports gapless", "yes", str(found["gapless"]), all(found["gapless"]))


def _record(found: Found) -> Iterator[Target]:
    cores = min(found["cores"], 4)
    ratio = found["four_writers_rate"] / cores / found["one_writer_rate"]
    measured = (
        f"{ratio:.2f} (one {found['one_writer_rate']:,.0f} rows/s, "
        f"four {found['four_writers_rate']:,.0f} on {cores} cores)"
    )
    yield Target("record(), four writers, per core, against one", "0.8", measured, ratio >= 0.8)
    yield Target("record() gapless", "yes", str(found["gapless"]), found["gapless"])


def _busy(found: Found) -> Iterator[Target]:
    ratio = found["busy_median"] / found["idle_median"]
    measured = f"{ratio:.2f} ({found['busy_median']:.1f} ms, {found['idle_median']:.1f} ms)"
    yield Target("pages while importing against idle", "2 times", measured, ratio <= 2)


def _sqlite(found: Found) -> Iterator[Target]:
    parts: dict[str, Judge] = {"pages": _pages, "counts": _counts}
    for part, judge in parts.items():
        if "error" not in found[part]:
            for target in judge(found[part]):
                yield Target(f"SQLite: {target.work}", target.limit, target.measured, target.is_met)
    export = found["export"]
    if "error" not in export and export["baseline_rate"]:
        ratio = export["rate"] / export["baseline_rate"]
        measured = f"{ratio:.2f} ({export['rate']:,.0f} rows/s, {export['baseline_rate']:,.0f})"
        yield Target("SQLite: CSV against the sqlite3 shell", "0.5", measured, ratio >= 0.5)


JUDGES: dict[str, Judge] = {
    "pages": _pages,
    "counts": _counts,
    "responses": _responses,
    "export": _export,
    "fresh": _fresh,
    "import": _import,
    "record": _record,
    "busy": _busy,
    "sqlite": _sqlite,
}
