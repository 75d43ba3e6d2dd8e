"""The neighbourhood with a case in every state and on every desk, behind one app for a whole file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from feedback import roles
from feedback.app import create_app
from feedback.models import Account, Area, Case, CaseStep, Department
from huying import accounts
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import NOW, PASSWORD, settings_in

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CALLABLE = "13800138000"


def case_of(number: int, /, *, due: timedelta = DAY, **fields: Any) -> Case:
    """A case as it lies in the database, whatever brought it there."""
    held = {
        "code": f"01TEST{number:020d}",
        "source": "poster",
        "grid_code": "g3",
        "worker_code": None,
        "category": "水电气热",
        "text": "三楼水管漏水",
        "place": "2单元",
        "urgency": "ordinary",
        "opened_at": NOW - 3 * DAY + number * timedelta(seconds=1),
        "due_at": NOW + due,
        "state": "answered",
        "holder": "worker",
    } | fields
    held.setdefault("keeper", held["holder"])
    return Case(**held)


def _fill(session: Session) -> None:
    session.add(Department(code="district", name="区级兜底单位"))
    session.flush()
    for login, role, place in (
        ("district", roles.DEPARTMENT_OFFICER, {"department_code": "district"}),
        ("street", roles.GRID_OFFICE, {"area_code": "s1"}),
    ):
        accounts.create(
            session, Account, login=login, name=login, role=role, password=PASSWORD, now=NOW, **place
        )
    session.get_one(Area, "g3").households = 412
    mine = {"worker_code": "w1"}
    for each in (
        case_of(1, **mine, due=2 * HOUR, text=f"打我电话{CALLABLE}，水管漏水", place=f"=2单元{CALLABLE}"),
        case_of(2, **mine, due=-5 * HOUR, urgency="life", category="噪音扰民"),
        case_of(3, grid_code="g4", holder="unit", state="registered", due=-HOUR),
        case_of(4, **mine, holder="dept:water", state="whistled", due=4 * DAY),
        case_of(5, holder="dept:coordination", state="refused", idling="refused", due=-DAY),
        case_of(6, holder="dept:district", due=9 * HOUR),
        case_of(7, **mine, holder="resident", keeper="worker", state="declared", due=-DAY),
        case_of(8, holder="", keeper="", state="confirmed", due=-DAY),
        case_of(9, holder="", keeper="", state="unconfirmed", due=-2 * DAY),
        case_of(10, grid_code="g9", holder="unit", state="contested", round=2),
        case_of(
            11, grid_code=None, holder="dept:water", state="registered", source="import", external_id="4711"
        ),
    ):
        session.add(each)
        session.flush()
        session.add(
            CaseStep(
                case_id=each.id,
                at=each.opened_at,
                event="open",
                actor="resident",
                state=each.state,
                holder=each.holder,
                note=f"回电{CALLABLE}",
            )
        )


@pytest.fixture(scope="module")
def whole(settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The public side's app over the neighbourhood with its cases; time stands still."""
    with time_machine.travel(NOW, tick=False):
        data = Path(shutil.copytree(settled, tmp_path_factory.mktemp("whole") / "data"))
        app = create_app(settings_in(data))
        with app.extensions["huying"].database.transaction() as session:
            _fill(session)
        yield app
        app.extensions["huying"].database.dispose()


@pytest.fixture(scope="module")
def enter(whole: Flask) -> Callable[[str], Visitor]:
    """Signs somebody in, once in a file."""
    known: dict[str, Visitor] = {}

    def come(login: str) -> Visitor:
        if login not in known:
            person = known[login] = Visitor(whole.test_client())
            person.press(person.open("/sign-in"), "/sign-in", login=login, password=PASSWORD)
        return known[login]

    return come


@pytest.fixture(scope="module")
def now() -> datetime:
    """A Monday, ten in the morning."""
    return NOW
