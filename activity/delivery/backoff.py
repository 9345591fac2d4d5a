"""How long to wait after a failure: longer each time, and never for all at the same moment.

"Full jitter": any time up to a limit that doubles, as in
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

import random

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 3600.0
SHORTEST_SECONDS = 0.2
MOST_DOUBLINGS = 12


def limit(failures: int) -> float:
    """The longest wait in seconds after so many failures in a row, from 1."""
    doublings = min(failures - 1, MOST_DOUBLINGS)
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2**doublings)


def delay(failures: int, retry_after: float | None = None) -> float:
    """Seconds to wait; at least what the receiver asks for, up to an hour."""
    drawn = random.uniform(SHORTEST_SECONDS, limit(failures))  # noqa: S311 - no secret
    return max(drawn, min(retry_after or 0.0, LONGEST_SECONDS))
