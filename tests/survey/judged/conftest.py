"""A wave whose field is over and whose scores nobody has seen: the day before the judged may look."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from huying.store.db import Database
from survey.app import create_app
from survey.models import Account, Deposit, DepositedCase, Post
from survey.roles import INTERVIEWER
from tests.survey import world
from tests.survey.browsing import Visitor

Enter = Callable[..., Visitor]
PERIOD, CASE, ELSEWHERE = "2026W40", "CASE0001", "CASE0002"


def tell_of_posts(session, over: datetime) -> None:
    """A deposit: who held the first grid, one case there and one elsewhere; and interviewers have names."""
    if session.get(Deposit, PERIOD) is None:
        session.add(world.deposit_made(over - timedelta(days=90), period=PERIOD))
        session.flush()
    begin = over - timedelta(days=200)
    for staff, since, until in (
        ("W1", begin, over - timedelta(days=30)),
        ("W2", over - timedelta(days=30), None),
    ):
        session.add(
            Post(
                period=PERIOD,
                code=f"P{staff}",
                grid_code="G1",
                staff_code=staff,
                valid_from=since,
                valid_to=until,
                sealed_contact="",
                stale_hours="0",
            )
        )
    for code, area in ((CASE, "G1"), (ELSEWHERE, "G3")):
        session.add(
            DepositedCase(
                period=PERIOD, code=code, area_code=area, category="路灯", state="declared", line="{}"
            )
        )
    people = session.scalars(select(Account).where(Account.role == INTERVIEWER).order_by(Account.id))
    for caller, name in zip(people, ("赵小虹", "钱大力"), strict=True):
        caller.name = name
    session.flush()


@pytest.fixture(scope="module")
def ended(stages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """The data of a wave that everybody of was called and that is over, and when."""
    folder = tmp_path_factory.mktemp("judged") / "data"
    shutil.copytree(stages["ended"], folder)
    database = Database(world.settings_in(folder).database_url)
    with database.transaction() as session:
        over = world.over(session)
        tell_of_posts(session, over)
    database.dispose()
    return folder, over


@pytest.fixture
def later(ended: tuple[Path, datetime]) -> Iterator[time_machine.Traveller]:
    """The day after the end, and from there on as the test shifts it."""
    with time_machine.travel(ended[1] + timedelta(days=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(ended: tuple[Path, datetime], later: time_machine.Traveller, tmp_path: Path) -> Iterator[Flask]:
    """The app over a copy of it."""
    shutil.copytree(ended[0], tmp_path / "data")
    made = create_app(world.settings_in(tmp_path / "data"))
    yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture
def enter(app: Flask) -> Enter:
    """Sign in as a role, or as nobody."""
    return lambda login=None: Visitor(app, login)
