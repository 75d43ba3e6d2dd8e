"""Numbers of rows in addresses: what no row can have leads to no page, and never to the database."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""The largest number that a database gives to a row."""


class RowNumber(IntegerConverter):
    """`<int:…>` in the routes of every side."""

    def __init__(self, rules: Map, **bounds: Any) -> None:
        super().__init__(rules, **{"max": LARGEST, **bounds})
