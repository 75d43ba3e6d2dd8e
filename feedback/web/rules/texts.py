"""Texts as people leave them."""

from __future__ import annotations

from huying.base.errors import Invalid


def needed(text: str, *, otherwise: str) -> str:
    """Return a text without blanks at its ends; raise Invalid with the sentence where nothing is left."""
    stripped = text.strip()
    if not stripped:
        raise Invalid(otherwise)
    return stripped
