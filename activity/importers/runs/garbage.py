"""Python looks for cycles every 700 objects, which takes a fifth of the time; rows hold none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_EVERY = 500_000  # objects


@contextmanager
def few_collections() -> Iterator[None]:
    """For the one that imports in this process; others would restore what they did not find."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_EVERY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
