"""Which page of a long list an address asks for."""

from __future__ import annotations

from flask import request


def page_asked() -> int:
    """Return the page that the address asks for, the first where it asks for none."""
    return request.args.get("page", 1, type=int)
