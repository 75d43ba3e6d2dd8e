"""Codes that strangers type: each look-up is answered, until an address has tried too many wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from feedback.web.rules.guesses import Guesses
from huying.accounts.sign_in.entering import address
from huying.base import clock
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _

Found = TypeVar("Found")
GUESSES = "guesses"


class TooManyGuesses(Refused):
    """Too many wrong codes from one address."""

    status = 429


def look_up(find: Callable[[], Found]) -> Found:
    """Return what `find` finds; its NotFound is counted. Raise TooOften (429) after too many in an hour."""
    guesses: Guesses = current_app.extensions[GUESSES]
    here, now = address(), clock.now()
    if guesses.held(here, now=now):
        raise TooManyGuesses(_("这里试错的次数太多了，请过一个小时再试。有急事请拨 12345。"))
    try:
        return find()
    except NotFound:
        guesses.note(here, now=now)
        raise
