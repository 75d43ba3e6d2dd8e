"""Who sent this request, and the tables of its side's accounts."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_login import current_user

from huying.accounts import AccountMixin, Tables


def tables() -> Tables:
    """Return the tables of this side's accounts."""
    return cast("Tables", current_app.extensions["huying.accounts"])


def me() -> AccountMixin:
    """Return the account that sent this request."""
    return cast("AccountMixin", current_user)
