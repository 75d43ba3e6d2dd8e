"""Codes that strangers type: each look-up is answered, until a network has tried too many wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, g

from feedback.web import operations
from feedback.web.queries import guesses as counted
from feedback.web.rules import guesses
from feedback.web.rules.guesses import CODES, GuessLimit
from huying.accounts.sign_in.entering import address
from huying.base import clock
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _
from huying.web.current import installation, reading, transaction

Found = TypeVar("Found")


class TooManyGuesses(Refused):
    """Too many wrong codes from one network."""

    status = 429


def init_app(app: Flask) -> None:
    """Count wrong codes once a request and its own transaction are over."""
    app.after_request(_count)


def look_up(find: Callable[[], Found], *, limit: GuessLimit = CODES) -> Found:
    """Return what `find` finds; its NotFound is counted. Raise TooManyGuesses after too many in an hour."""
    counts, now = counted.counts(address(), limit, installation().keys), clock.now()
    with reading() as session:
        wrong = [(counted.wrong(session, key, most, now=now), most) for key, most in counts]
    if any(guesses.is_held(*each) for each in wrong):
        raise TooManyGuesses(_("这里试错的次数太多了，请过一个小时再试。有急事请拨 12345。"))
    try:
        return find()
    except NotFound:
        g.wrong_code = counts
        raise


def _count(response: Response) -> Response:
    counts = g.pop("wrong_code", ())
    if counts:
        try:
            with transaction() as session:
                for key, limit in counts:
                    operations.count_wrong_code(session, key, limit, now=clock.now())
        except Exception:
            # Whoever mistyped has an answer already; that it wasn't counted is no reason to take it away.
            current_app.logger.exception("a wrong code wasn't counted")
    return response
