"""Queries with all kinds of filters, each with a predicate in plain Python."""

from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.activity.parity_clauses import Clause, events, ips, moments, searches, users
from tests.activity.parity_log import Row

COUNTS = (0, 1, 1, 2, 2, 2, 3, 3, 6)  # numbers of filters: mostly few, so that some events match
BLANKS = ["q", "user", "ip", "event", "since", "until", "order", "p"]


@dataclass(frozen=True, slots=True)
class Query:
    """A query string, and its expected result."""

    text: str
    clauses: list[Clause]
    is_newest_first: bool = True

    @property
    def culprit(self) -> str:
        """The invalid parameter, or None."""
        bounds = {clause.name: clause.bound for clause in self.clauses}
        refused = [clause.name for clause in self.clauses if clause.matches is None]
        if not refused and {"since", "until"} <= bounds.keys():
            refused = ["until"] if bounds["since"] >= bounds["until"] else []
        return min(refused, default="")

    def seqs(self, rows: list[Row]) -> list[int]:
        matching = sorted(self._matching(rows), key=lambda row: (row.occurred_at, row.seq))
        seqs = [row.seq for row in matching]
        return seqs[::-1] if self.is_newest_first else seqs

    def type_counts(self, rows: list[Row]) -> Counter[str]:
        """The number of matches by event type, without the filter on event types."""
        return Counter(row.code for row in self._matching(rows, ignore="event"))

    def _matching(self, rows: list[Row], ignore: str = "") -> list[Row]:
        clauses = [clause for clause in self.clauses if clause.name != ignore]
        if self.culprit:
            return []
        return [row for row in rows if all(c.matches and c.matches(row) for c in clauses)]


@st.composite
def queries(draw: st.DrawFn, zone: ZoneInfo, counts: tuple[int, ...] = COUNTS) -> Query:
    strategies = {
        "q": searches(),
        "user": users(),
        "ip": ips(),
        "event": events(),
        "since": moments("since", zone),
        "until": moments("until", zone),
    }
    names = draw(st.permutations(sorted(strategies)))[: draw(st.sampled_from(counts))]
    clauses = [draw(strategies[name]) for name in names]
    order = draw(st.sampled_from(["", "newest", "oldest"]))
    parts = [f"{clause.name}={clause.encoded}" for clause in clauses]
    parts += [f"order={order}"] if order else []
    blank = draw(st.sampled_from([None, *BLANKS]))
    if blank and blank not in names and (blank != "order" or not order):
        parts.append(f"{blank}=" + draw(st.sampled_from(["", "+"])))
    return Query("&".join(draw(st.permutations(parts))), clauses, order != "oldest")
