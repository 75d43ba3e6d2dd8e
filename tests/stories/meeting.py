"""An installation with its people at browsers: what the stories of a ceremony share."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from huying.base import clock
from huying.base.phones import Vault
from huying.base.settings import load
from huying.store.db import Database
from survey.models import Account, FrameUnit
from tests.support.actors import PASSWORD, Person, Staff
from tests.support.later import FILE
from tests.support.servers import Installation, free_port, stop
from tests.support.witnesses import Office
from tests.survey.stories import Interviewer, enrol, works_through

WAVE = "2026W48"
HOUSEHOLDS = 60
AREAS = {"1": "第1网格", "2": "第2网格"}
ROLES = {"drawer": "draw_officer", "supervisor": "supervisor", "assessor": "assessor"}


@dataclass
class Meeting:
    """The installation, its people, and the parts that nobody but their makers may hold."""

    survey: Installation
    browser: Browser
    folder: Path
    officer: Staff
    witnesses: list[Office]
    key: str
    parts: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    process: BaseProcess | None = None
    kills: bool = False

    def officer_opens(self, path: str) -> Page:
        self.officer.opens(path)
        return self.looked_at()

    def looked_at(self) -> Page:
        """What the officer's browser was sent is kept, to be searched."""
        self.seen.append(self.officer.page.content())
        return self.officer.page

    def link_for(self, party: str, *, button: str) -> str:
        """The officer makes a link for a party; return where it leads."""
        page = self.officer_opens(f"/waves/{WAVE}")
        page.locator("form[action$='/link'] input[name=party]").fill(party)
        self.officer.presses(button)
        self.looked_at()
        return page.locator(".handed code").inner_text().removeprefix(self.survey.url)

    def party(self, name: str) -> Person:
        """An office in a browser of its own."""
        return Person(self.browser, self.survey.url, name)

    def staff(self, name: str) -> Staff:
        """Somebody with an account, signed in."""
        somebody = Staff(self.browser, self.survey.url, name)
        somebody.signs_in()
        return somebody

    @property
    def ahead(self) -> Path:
        return self.folder / "ahead"

    @property
    def now(self) -> datetime:
        """What the clocks of the installation show."""
        return clock.now() + timedelta(seconds=float(self.ahead.read_text()))

    def passes(self, by: timedelta) -> None:
        self.ahead.write_text(str(float(self.ahead.read_text()) + by.total_seconds()))

    def is_witnessed(self) -> None:
        """What stands in the ledger is signed, and two offices cosign it."""
        self.survey.run("checkpoint")
        for office in self.witnesses:
            office.visits(self.survey, key=self.key)

    def calls(self) -> None:
        """An interviewer works everybody who is released; the contented and the others by turns."""
        with self.field() as (database, vault):
            with database.transaction() as session:
                units = sorted(session.scalars(select(FrameUnit.unit)))
                known = session.scalars(select(Account).where(Account.login == "i0")).first()
            caller = Interviewer(database, known or enrol(database)[0], vault=vault)
            works_through(caller, {u: 5 - 2 * (at % 2) for at, u in enumerate(units)}, start=self.now)

    @contextmanager
    def field(self) -> Iterator[tuple[Database, Vault]]:
        """The database and its keys, for a field that is worked without pages."""
        settings = load("survey", "HUYING_SURVEY", self.survey.environment)
        database = Database(settings.database_url)
        yield database, Vault(settings.keys)
        database.dispose()

    def step(self) -> None:
        """Between two steps of the wave the server may die, and is started again."""
        if self.kills:
            stop(self.process, signal.SIGKILL)
            self.process = self.survey.start()

    @property
    def needles(self) -> set[bytes]:
        return {form for part in self.parts.values() for form in (part.encode(), bytes.fromhex(part))}


def tomorrow_at_nine() -> timedelta:
    """How far ahead the clocks are: it is a morning there at every hour, and browsers keep their cookies."""
    here = clock.local(clock.now())
    return datetime.combine(here.date() + timedelta(days=1), time(9), tzinfo=here.tzinfo) - here


def installed(folder: Path, database: Mapping[str, str]) -> Installation:
    """An installation with accounts and two grids of households; the day before it announced its freeze."""
    ahead, morning = folder / "ahead", tomorrow_at_nine()
    ahead.write_text(str((morning - timedelta(days=1)).total_seconds()))
    more = {FILE: str(ahead), **database}
    survey = Installation("survey", folder / "survey", free_port(), more, folder / "log")
    for login, role in ROLES.items():
        words = ("account", login, "--role", role, "--name", login, "--password-file", "-")
        survey.run(*words, stdin=PASSWORD)
    heading = "户编号,网格编号,地址,电话,电话来源,电话登记日期,登记人"
    rows = [
        f"H{grid}{number:03d},G{grid},春一路{number}号,+9991{grid}00{number:04d},物业登记,2026-05-01,名册员"
        for grid in AREAS
        for number in range(HOUSEHOLDS)
    ]
    file = folder / "households.csv"
    file.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    survey.run("import-households", str(file))
    survey.run("wave", "calendar", f"{clock.local(clock.now() + morning):%Y-%m-%d}")
    ahead.write_text(str(morning.total_seconds()))
    return survey


@contextmanager
def opened(folder: Path, browser: Browser, *, database: Mapping[str, str], kills: bool) -> Iterator[Meeting]:
    """The installation is served, two witnesses are admitted, the officer is signed in."""
    survey = installed(folder, database)
    offices = [
        Office(name, folder / name, {FILE: str(folder / "ahead")})
        for name in ("justice.example", "records.example")
    ]
    for office in offices:
        survey.run("witness", "add", office.vkey)
    key = survey.run("key", "--ledger").strip()
    process = survey.start()
    officer = Staff(browser, survey.url, "drawer")
    meeting = Meeting(survey, browser, folder, officer, offices, key, process=process, kills=kills)
    try:
        officer.signs_in()
        yield meeting
    finally:
        stop(meeting.process, signal.SIGTERM)
