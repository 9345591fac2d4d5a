"""The geometry of bar charts, in whole numbers; the browser stretches them to the page.

A drawing is `BAR` units wide for each bar, and `HEIGHT` high.
"""

from collections.abc import Sequence

BAR = 10
GAP = 1
HEIGHT = 200
LEAST = 4
MOST_TICKS = 5


def bars(columns: Sequence[Sequence[int]]) -> list[str]:
    """The data of one SVG path for each layer of stacked bars; `columns` hold counts by layer."""
    peak = max(map(sum, columns), default=0)
    shapes: list[list[str]] = [[] for _layer in columns[0]] if columns else []
    for index, counts in enumerate(columns):
        top = HEIGHT
        for shape, height in zip(shapes, stack(counts, peak), strict=True):
            if height:
                top -= height
                width = BAR - 2 * GAP
                shape.append(f"M{index * BAR + GAP} {top}h{width}v{height}h-{width}z")
    return ["".join(shape) for shape in shapes]


def stack(counts: Sequence[int], peak: int) -> list[int]:
    """The heights of one bar's segments.

    What is there is seen: a count above zero gets at least `LEAST`, which the largest gives up.
    """
    heights = [max(LEAST, round(count * HEIGHT / peak)) if count else 0 for count in counts]
    excess = sum(heights) - HEIGHT
    if excess > 0:
        heights[heights.index(max(heights))] -= excess
    return heights


def spread(candidates: Sequence[int]) -> list[int]:
    """At most `MOST_TICKS` of `candidates`, evenly spread, the first among them."""
    step = -(-len(candidates) // MOST_TICKS) or 1
    return list(candidates[::step])
