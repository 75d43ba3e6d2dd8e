"""A form that is nothing but its button."""

from __future__ import annotations

from huying.web.forms import Form


class PlainForm(Form):
    """A button with nothing to fill in."""
