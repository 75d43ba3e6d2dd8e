"""Numbers of rows in addresses: what no row can have leads to no page, and never to the database."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""The largest number that a database gives to a row."""
LONGEST = 20
"""Digits are read up to here: turning a million of them into a number would take a second."""


class RowNumber(IntegerConverter):
    """`<int:…>` in the routes of every side: ten digits at most, and none of another script."""

    regex = "[0-9]{1,10}"

    def __init__(self, rules: Map, **bounds: Any) -> None:
        super().__init__(rules, **{"max": LARGEST, **bounds})


def row_number(text: str) -> int:
    """Return the number of a row that an address names after `?`; what isn't one stands after all rows."""
    return min(int(text), LARGEST) if text.isascii() and text.isdecimal() and len(text) < LONGEST else LARGEST
