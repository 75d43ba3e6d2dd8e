"""Which page of a long list an address asks for."""

from __future__ import annotations

from flask import request

from huying.web.row_numbers import row_number


def page_asked() -> int:
    """Return the page that the address asks for, the first where it asks for none."""
    asked = request.args.get("page", "1")
    return row_number(asked) if asked.isdecimal() else 1
