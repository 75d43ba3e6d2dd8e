"""The demonstration's walk from stop to stop, and the way into each as the right person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from sqlalchemy import select

from huying.accounts.current import tables
from huying.accounts.sign_in import entering
from huying.base.errors import NotFound
from huying.base.i18n import _, language
from huying.web.access import anyone
from huying.web.current import installation, transaction

routes = Blueprint("tour", __name__, url_prefix="/demo")
FILE = "tour.json"
"""Lies in a side's data folder. Whoever makes the demonstration writes it: a side knows no other side."""


@dataclass(frozen=True, slots=True)
class TourStop:
    """One stop in the language of the page: the way in, as whom, what to look for, and what comes of it."""

    name: str
    sentence: str
    link: str
    visitor: str
    look: str
    onward: str


@dataclass(frozen=True, slots=True)
class TourWalk:
    """The stops one after the other, and where a visitor leads a small wave."""

    stops: tuple[TourStop, ...]
    play: str


@routes.get("")
@anyone
def page() -> ResponseReturnValue:
    """Lead a visitor from the poster to the score."""
    walk = read(installation().settings.data / FILE, language=language())
    if walk is None:
        raise NotFound(_("没有这个页面。"))
    return render_template("tour.html", stops=walk.stops, play=walk.play)


@routes.get("/enter/<login>")
@anyone
def enter(login: str) -> ResponseReturnValue:
    """Sign in as somebody of the demonstration, whose password is printed anyway, and go on."""
    account_table = tables().account
    with transaction() as opened:
        account = opened.scalars(select(account_table).where(account_table.login == login)).one_or_none()
        if account is None:
            raise NotFound(_("没有这个账号。"))
        token = entering.settled(opened, account, outcome="in")
    entering.enter(account, token)
    return redirect(entering.target(), 303)


@routes.get("/leave")
@anyone
def leave() -> ResponseReturnValue:
    """Go on as anybody: pages of residents are closed to who is signed in."""
    with transaction() as opened:
        entering.end_half(opened)
    logout_user()
    session.clear()
    return redirect(entering.target(), 303)


def init_app(app: Flask) -> None:
    """Add the walk to the app of a demonstration, and tell its pages whether there is one."""
    app.register_blueprint(routes)
    app.jinja_env.globals.update(has_tour=_exists)


def _exists() -> bool:
    return (installation().settings.data / FILE).exists()


def read(file: Path, *, language: str) -> TourWalk | None:
    """Return the walk that `file` holds, in a language; None where there is no file."""
    if not file.exists():
        return None
    kept = json.loads(file.read_text("utf-8"))
    return TourWalk(tuple(_stop(each, language) for each in kept["stops"]), kept["play"])


def _stop(each: Mapping[str, Any], language: str) -> TourStop:
    words: Mapping[str, str] = each[language]
    return TourStop(link=each["link"], **words)
