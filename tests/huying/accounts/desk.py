"""What the tests of signing in share: both sides' apps outside the demo, and people before them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pyotp
from flask import Flask
from sqlalchemy import select

import feedback.app
import feedback.models
import survey.app
import survey.models
from huying import accounts
from huying.accounts import AccountMixin, Tables
from huying.base import clock, settings
from tests.feedback.browsing import ORIGIN, Page, Visitor

PASSWORD = "a-long-password"
NEW_PASSWORD = "quite another sentence"
ADMINISTRATOR, CLERK = "ann", "bob"
APPS = {"public": feedback.app, "survey": survey.app}
TABLES: Mapping[str, Tables] = {"public": feedback.models.ACCOUNTS, "survey": survey.models.ACCOUNTS}
PREFIXES = {"public": "HUYING_PUBLIC", "survey": "HUYING_SURVEY"}
CLERKS = {"public": "operator", "survey": "assessor"}
"""The role of the side's clerk, who is no administrator."""

LINK = re.compile(r"/sign-in/link/[\w-]+")
LETTERS = re.compile(r'class="code">([A-Z2-7 ]+)<')


def make_app(side: str, folder: Path, template: Path, **environment: str) -> Flask:
    """Return a side's app over a new database with an administrator and a clerk."""
    folder.mkdir()
    shutil.copy(template, folder / f"{side}.db")
    own = {f"{PREFIXES[side]}_{name}": value for name, value in environment.items()}
    told = {"HUYING_DATA": str(folder), f"{PREFIXES[side]}_BASE_URL": ORIGIN, **own}
    app = APPS[side].create_app(settings.load(side, PREFIXES[side], told))
    with database(app).transaction() as session:
        for login, role in ((ADMINISTRATOR, "administrator"), (CLERK, CLERKS[side])):
            model = TABLES[side].account
            accounts.create(
                session, model, login=login, name=login.title(), role=role, password=PASSWORD, now=clock.now()
            )
    return app


def database(app: Flask):
    """Return the app's database."""
    return app.extensions["huying"].database


def kept(app: Flask, model: str) -> list:
    """Return the rows of one of the app's tables of accounts."""
    with database(app).reading() as session:
        table = getattr(app.extensions["huying.accounts"], model)
        return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))


def account_of(app: Flask, login: str) -> AccountMixin:
    """Return an account."""
    return next(each for each in kept(app, "account") if each.login == login)


class Person(Visitor):
    """Somebody at a browser of their own before one side's app."""

    def __init__(self, app: Flask, login: str = CLERK) -> None:
        super().__init__(app.test_client())
        self.app, self.login, self.secret = app, login, ""

    def gives(self, password: str = PASSWORD, *, path: str = "/sign-in", login: str = "") -> Page:
        """Give a password on the sign-in page."""
        return self.press(self.open(path), "/sign-in", login=login or self.login, password=password)

    def binds(self, page: Page) -> Page:
        """Bind an authenticator as a page asks."""
        self.secret = LETTERS.search(page.html)[1].replace(" ", "")
        return self.press(page, page.forms[-1].action.partition("?")[0], code=self.code())

    def code(self, *, steps: int = 0) -> str:
        """Return what the authenticator shows, so many steps from now."""
        return pyotp.TOTP(self.secret).at(int(clock.now().timestamp()) + 30 * steps)

    @property
    def is_in(self) -> bool:
        """Whether this browser is signed in."""
        return self.get("/account/").status_code == 200
