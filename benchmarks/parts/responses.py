"""The whole response of the list and of the stock changelist, by Django's test client."""

from functools import partial
from typing import Any

from django.test import Client

from benchmarks import dataset, queries
from benchmarks.options import Options
from benchmarks.parts import log
from benchmarks.timing import Case, alternate, wall

OURS = "/admin/activity/event/"
STOCK = "/stock/activity/event/"
PAGE_SIZE = 50


def run(options: Options, size: int) -> dict[str, Any]:
    ours, stock = Client(), Client()
    ours.force_login(log.administrator())
    stock.force_login(log.superuser())
    last = (log.head().size - 1) // PAGE_SIZE + 1
    numbers = {"first": 1, "middle": (last + 1) // 2, "last": last}
    series = []
    for position, number in numbers.items():
        parameters = log.at(position, {"organization": dataset.LARGEST})
        series += [
            Case(f"passaudit, {position} page", _timed(ours, OURS, parameters)),
            Case(f"stock, {position} page", _timed(stock, STOCK, {"p": str(number)})),
        ]
    series += [
        Case(f"passaudit, {name}", _timed(ours, OURS, parameters))
        for name, parameters in queries.singles(log.span()[1]).items()
        if parameters
    ]
    alternate(series, options.repeats, options.seconds * 0.8)
    return {"responses": [one.figures() for one in series]}


def _timed(client: Client, path: str, parameters: dict[str, str]) -> Any:
    def get() -> None:
        response = client.get(path, parameters)
        if response.status_code != 200:
            raise RuntimeError(f"{path} {parameters} answers {response.status_code}.")

    return partial(wall, get)
