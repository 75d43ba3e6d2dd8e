"""What the pages share: the account that asks, and the rendering of a page of this side."""

from __future__ import annotations

from typing import Any, cast

from flask import render_template
from flask_login import current_user

from survey.models import Account


def me() -> Account:
    """Return the account that sent this request."""
    return cast("Account", current_user)


def page(template: str, /, **context: Any) -> str:
    """Return a page of this side, rendered."""
    return render_template(f"survey/{template}.html", **context)
