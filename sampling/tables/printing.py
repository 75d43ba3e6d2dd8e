"""Tables as text: aligned, and rounded to what can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

SHOWN = 20
"""Rows of a long table that are printed."""
NOUGHT = 1e-9
P_VALUE = "p_value"


def aligned(heads: Sequence[str], cells: Sequence[Sequence[str]], *, left: Sequence[bool]) -> str:
    """Return a head and rows as lines of equal columns; `left` says which columns are set to the left.

    Chinese letters take two places.
    """
    shown = [list(heads), *(list(row) for row in cells[:SHOWN])]
    width = [max(_width(row[at]) for row in shown) for at in range(len(heads))]
    lines = ["  ".join(_set(*one) for one in zip(row, width, left, strict=True)).rstrip() for row in shown]
    if len(cells) > SHOWN:
        lines.append(f"… and {len(cells) - SHOWN} more rows")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _set(text: str, width: int, left: bool) -> str:  # noqa: FBT001 - one column of zip
    room = " " * (width - _width(text))
    return text + room if left else room + text


def plain(values: Sequence[object]) -> list[str]:
    """Return the cells of a column: numbers to four figures of the largest, others as they are.

    >>> plain([44.2099990844727, 15.1000003814697]), plain([1.0, 250.0, None])
    (['44.21', '15.10'], ['1', '250', ''])
    """
    numbers = [abs(value) for value in values if isinstance(value, float) and math.isfinite(value)]
    places = max(0, places_of(max(numbers, default=0.0), figures=4))
    while places and all(round(number, places) == round(number, places - 1) for number in numbers):
        places -= 1
    return [text_of(value, places=places) for value in values]


def written(name: str, values: Sequence[Any]) -> list[str]:
    """Return the cells of a column by its name: a `p_value` as a chance, others plainly."""
    return chances(values) if name == P_VALUE else plain(values)


def chances(values: Sequence[float]) -> list[str]:
    """Return chances to three figures, small ones as below a thousandth.

    >>> chances([0.0384341, 2.03e-07])
    ['0.0384', '<.001']
    """
    return ["<.001" if value < 0.001 else f"{value:.3g}" for value in values]


def text_of(value: object, *, places: int) -> str:
    """Return one cell: a float to so many decimal places, nothing for None."""
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.{places}f}"


def places_of(number: float, *, figures: int) -> int:
    """Return how many decimal places show so many figures of a number.

    >>> places_of(9.409, figures=2), places_of(0.0341, figures=2), places_of(1530.0, figures=2)
    (1, 3, -2)
    """
    if not math.isfinite(number) or number == 0:
        return 0
    return figures - 1 - math.floor(math.log10(abs(number)))


def rounded(value: float, se: float) -> int:
    """Return the decimal places of a figure: two figures of its error, else four of its own.

    An error of less than a billionth of the figure is none.

    >>> rounded(662.287, 9.409), rounded(0.5, 0.0)
    (1, 4)
    """
    told = math.isfinite(se) and se > NOUGHT * abs(value)
    return max(0, places_of(se, figures=2) if told else places_of(value, figures=4))
