"""Time of a page with its facets and histogram, without and with each single filter."""

from functools import partial
from typing import Any

from activity.reading.facets import counting
from benchmarks import queries
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.queries import Parameters
from benchmarks.timing import Case, alternate, wall


def run(options: Options, size: int) -> dict[str, Any]:
    named = queries.singles(log.span()[1])
    series = {
        name: Case(name, partial(wall, partial(_page_and_counts, parameters)))
        for name, parameters in named.items()
    }
    alternate([*series.values()], options.repeats, options.seconds * 0.8)
    answers = {name: counting.summarize(log.ask(parameters)) for name, parameters in named.items()}
    return {
        "filters": [
            {
                **one.figures(),
                "total": answers[name].total,
                "is_complete": answers[name].is_complete,
                "bins": len(answers[name].bins),
            }
            for name, one in series.items()
        ]
    }


def _page_and_counts(parameters: Parameters) -> None:
    query = log.ask(parameters)
    query.page()
    counting.summarize(query)
