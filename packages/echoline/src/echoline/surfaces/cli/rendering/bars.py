"""Bars, spark lines and shades made of block characters."""

import itertools
from collections.abc import Iterable, Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
SHADES = " ░▒▓█"
FULL, LEFT, RIGHT, TICK = "█", "▌", "▐", "▏"


def bar(value: float, most: float, width: int) -> str:
    """A bar to the right in eighths of a cell; something is never shown as nothing.

    >>> [bar(*each, 4) for each in ((8, 8), (3, 8), (0.001, 8), (0, 8), (1, 0))]
    ['████', '█▌  ', '▏   ', '    ', '    ']
    """
    eighths = round(8 * width * value / most) if most > 0 else 0
    if value > 0 and most > 0:
        eighths = max(1, min(eighths, 8 * width))
    full, rest = divmod(eighths, 8)
    return (FULL * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def waterfall(pieces: Iterable[tuple[float, float]], width: int) -> str:
    """Where pieces of time lie, each from 0 to 1 of the whole: half cells where they are wide, a tick where not.

    >>> waterfall([(0, 0.5)], 8), waterfall([(0.0625, 0.3125), (0.75, 0.7501)], 8), waterfall([(1, 1)], 4)
    ('████    ', '▐█▌   ▏ ', '   ▏')
    """
    halves, ticks = [False] * (2 * width), set()
    for start, end in pieces:
        first, behind = round(start * 2 * width), round(end * 2 * width)
        if first == behind:
            ticks.add(min(int(start * width), width - 1))
        for half in range(max(first, 0), min(behind, 2 * width)):
            halves[half] = True
    glyphs = {(True, True): FULL, (True, False): LEFT, (False, True): RIGHT}
    return "".join(
        glyphs.get((halves[2 * cell], halves[2 * cell + 1]), TICK if cell in ticks else " ") for cell in range(width)
    )


def spark(values: Sequence[float | None]) -> str:
    """One character a value, from the least to the most; None is a gap. Equal values are a line at the bottom, or in
    the middle when they are not 0.

    >>> spark([0, 1, 2, None, 8]), spark([0, 0]), spark([5, 5]), spark([])
    ('▁▂▃ █', '▁▁', '▄▄', '')
    """
    known = [value for value in values if value is not None]
    least, most = min(known, default=0), max(known, default=0)
    if least == most:
        return "".join(" " if value is None else _LEVELS[3 if value else 0] for value in values)
    least = min(least, 0) if least < most / 2 else least  # from zero on, unless all are far from it
    step = (most - least) / (len(_LEVELS) - 1)
    return "".join(" " if value is None else _LEVELS[round((value - least) / step)] for value in values)


def shade(value: float, most: float) -> str:
    """A cell of a heat map; the square root lets the rare be seen beside the frequent.

    >>> "".join(shade(value, 100) for value in (0, 1, 10, 50, 100))
    ' ░░▓█'
    """
    if value <= 0 or most <= 0:
        return SHADES[0]
    return SHADES[max(1, min(4, round(4 * (value / most) ** 0.5)))]


def thinned(values: Sequence[float | None], width: int) -> list[float | None]:
    """At most `width` values: each the mean of its neighbours, None where all of them are.

    >>> thinned([1, 3, None, None, 5, 5], 3), thinned([1, 2], 9)
    ([2.0, None, 5.0], [1, 2])
    """
    if len(values) <= width:
        return list(values)
    edges = [round(place * len(values) / width) for place in range(width + 1)]
    return [_mean(values[first:behind]) for first, behind in itertools.pairwise(edges)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
