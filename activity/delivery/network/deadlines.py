"""One limit for everything that a piece of work does on the network.

The timeout of a socket is for each step alone: a server that sends a byte now and then would keep
us for ever.
"""

import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is an instant of `time.monotonic`."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        return cls(time.monotonic() + seconds)

    def within(self, seconds: float) -> Self:
        """So many seconds from now, but not later than this one."""
        return type(self)(min(self.at, time.monotonic() + seconds))

    def remaining(self) -> float:
        """Seconds, more than 0. Raises `TimeoutError`."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds
