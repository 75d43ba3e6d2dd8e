"""What a request stands on: the place it works on, its transactions, and the accounts of its side."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from huying.store.installation import Installation


def installation() -> Installation:
    """Return what the app that serves this request works on."""
    return cast("Installation", current_app.extensions["huying"])


def transaction() -> AbstractContextManager[Session]:
    """Open this request's one writing transaction."""
    return installation().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """Open a transaction that stores nothing."""
    return installation().database.reading()
