"""What a request stands on: the place it works on, its transactions, and the accounts of its side."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from huying.accounts import AccountMixin, Tables
from huying.place import Place


def ground() -> Place:
    """Return what the app that serves this request works on."""
    return cast("Place", current_app.extensions["huying"])


def transaction() -> AbstractContextManager[Session]:
    """Open this request's one writing transaction."""
    return ground().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """Open a transaction that stores nothing."""
    return ground().database.reading()


def tables() -> Tables:
    """Return the tables of this side's accounts."""
    return cast("Tables", current_app.extensions["huying.accounts"])


def me() -> AccountMixin:
    """Return the account that sent this request."""
    return cast("AccountMixin", current_user)
