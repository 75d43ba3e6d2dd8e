"""A small neighbourhood behind the real app: two grids, two departments, an account of each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from feedback import roles
from feedback.app import create_app
from feedback.cases.operations import proofs, ratings, receipt_words
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import codes
from feedback.contacts import operations as contact_numbers
from feedback.duty import operations as duty
from feedback.duty.rules import Assignment
from feedback.messages import send_queued
from feedback.models import Account, Area, Base, Case, Department, Worker
from feedback.posters.operations import posters
from huying import accounts
from huying.base import clock
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.messaging.carriers import FakeCarrier
from huying.store.db import Database
from huying.store.installation import Installation
from tests.feedback.browsing import ORIGIN, Visitor

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)
PASSWORD = "a long enough one"
POSTER, VACANT, RETIRED = "7K3M9QDA", "HAPPY7CM", "ZZZZZZQW"
DIAL = "572005"
HOUSE = "203.0.113.7"
"""The address that everybody comes from."""
WANG, LI, OFFICE, STREET = "+99913800001", "+99913800002", "+99921000001", "+99921000002"
WORKPLACES: dict[str, dict[str, str]] = {
    roles.WORKER: {"worker_code": "w1"},
    roles.DEPARTMENT_OFFICER: {"department_code": "water"},
    roles.GRID_LEADER: {"area_code": "s1"},
}
AREAS = (
    ("c1", None, "city", "演示市"),
    ("s1", "c1", "street", "和平街道"),
    ("m1", "s1", "community", "和平里社区"),
    ("g3", "m1", "grid", "第3网格"),
    ("g4", "m1", "grid", "第4网格"),
    ("s2", "c1", "street", "东风街道"),
    ("g9", "s2", "grid", "第9网格"),
)


def settings_in(data: Path) -> Settings:
    """Settings of a demonstration that keeps everything in `data`."""
    return Settings(
        side="public",
        prefix="HUYING_PUBLIC",
        data=data,
        database_url=f"sqlite:///{data / 'public.db'}",
        base_url=ORIGIN,
        secret="s" * 40,
        demo=True,
        debug=False,
        origin="huying.example/public",
        region="CN",
        allowed_numbers="invented",
    )


def _settle(session: Session, vault: Vault) -> None:
    for code, above, level, name in AREAS:
        session.add(Area(code=code, parent_code=above, level=level, name=name, grid_type=""))
    session.flush()
    session.add(Worker(code="w1", name="王秀兰", area_code="g3"))
    session.add(Worker(code="w2", name="李建国", area_code="g4"))
    session.add(Department(code="water", name="水务局", accept_hours=2, resolve_hours=72))
    session.add(Department(code="urban", name="城管局", accept_hours=24, resolve_hours=120))
    session.flush()
    hour_ago = NOW - timedelta(hours=1)
    contact_numbers.set_number(session, worker_code="w1", number=WANG, vault=vault, verified_at=hour_ago)
    contact_numbers.set_number(session, worker_code="w2", number=LI, vault=vault, verified_at=LONG_AGO)
    for area, name, number in (("m1", "和平里居委会", OFFICE), ("s1", "和平街道值班室", STREET)):
        contact_numbers.set_office(
            session, area_code=area, position=1, name=name, number=number, vault=vault, verified_at=hour_ago
        )
    duty.assign(
        session,
        Assignment(grid_code="g3", worker_code="w1", layer=0, valid_from=LONG_AGO),
        by="test",
        now=LONG_AGO,
    )


def _hang(session: Session) -> None:
    posters.issue(
        session, grid_code="g3", location="3号楼大厅", now=LONG_AGO, payload="7K3M9Q", dial_payload="57200"
    )
    posters.issue(session, grid_code="g4", location="7号楼门口", now=LONG_AGO, payload="HAPPY7")
    posters.issue(session, grid_code="g3", location="旧车棚", now=LONG_AGO, payload="ZZZZZZ")
    posters.retire(session, RETIRED, reason="moved", replaced_by=POSTER, now=LONG_AGO)


def _employ(session: Session) -> None:
    for role in sorted(roles.ROLES):
        accounts.create(
            session,
            Account,
            login=role,
            name=str(roles.NAMES[role]),
            role=role,
            password=PASSWORD,
            now=LONG_AGO,
            **WORKPLACES.get(role, {}),
        )


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys and a database of the neighbourhood, to be copied."""
    data = tmp_path_factory.mktemp("settled")
    settings = settings_in(data)
    database = Database(settings.database_url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        _settle(session, Vault(settings.keys))
        _hang(session)
        _employ(session)
    database.dispose()
    return data


@pytest.fixture
def data(settled: Path, tmp_path: Path, moment: time_machine.Traveller) -> Path:
    """The neighbourhood's folder, of this test alone."""
    return Path(shutil.copytree(settled, tmp_path / "data"))


@pytest.fixture
def moment() -> Iterator[time_machine.Traveller]:
    """A Monday, ten in the morning; time stands still unless a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(data: Path) -> Iterator[Flask]:
    """The public side's app."""
    made = create_app(settings_in(data))
    yield made
    made.extensions["huying"].database.dispose()


@dataclass
class Backstage:
    """What only the operators of the system see: the database and the keys."""

    ground: Installation

    def cases(self) -> list[Case]:
        """Return all cases with their steps."""
        with self.ground.database.reading() as session:
            found = session.query(Case).order_by(Case.id).all()
            for case in found:
                assert case.steps is not None
            return found

    def link(self, case: Case) -> str:
        """Return the path of the rating link that was sent for the case's round."""
        token = codes.token_of(self.ground.vault, case=case.code, round=case.round)
        return f"/r/{token}"

    def prove(self) -> None:
        """Let an operator have called back every number that somebody left."""
        with self.ground.database.transaction() as session:
            for case in case_queries.unproven(session):
                proofs.prove_by_call(
                    session, case.id, by="operator", vault=self.ground.vault, now=clock.now()
                )

    def settle(self) -> None:
        """Let what residents said take effect whose day is over."""
        with self.ground.database.transaction() as session:
            ratings.settle(session, now=clock.now())
            receipt_words.settle(session, now=clock.now())


@pytest.fixture
def backstage(app: Flask) -> Backstage:
    """The app's database and keys."""
    return Backstage(app.extensions["huying"])


Delivered = Callable[[], list[dict[str, str]]]


@pytest.fixture
def delivered(backstage: Backstage, tmp_path: Path) -> Delivered:
    """Sends what is queued and returns all messages sent, the oldest first."""
    carrier = FakeCarrier(tmp_path / "messages")

    def deliver() -> list[dict[str, str]]:
        installation = backstage.ground
        send_queued(
            installation.database, carrier=carrier, base_url=ORIGIN, vault=installation.vault, now=clock.now()
        )
        return carrier.sent()

    return deliver


@pytest.fixture
def visitor(app: Flask) -> Callable[[], Visitor]:
    """Makes somebody at a browser of their own, in one house with all others."""

    def come() -> Visitor:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = HOUSE
        return Visitor(client)

    return come


@pytest.fixture
def resident(visitor: Callable[[], Visitor]) -> Visitor:
    """A resident, who never signs in."""
    return visitor()


@pytest.fixture
def sign_in(visitor: Callable[[], Visitor]) -> Callable[[str], Visitor]:
    """Signs in as the account of a role."""

    def enter(role: str) -> Visitor:
        person = visitor()
        page = person.press(person.open("/sign-in"), "/sign-in", login=role, password=PASSWORD)
        assert page.path != "/sign-in", page.text
        return person

    return enter


HELP = {
    "category": "水电气热",
    "text": "三楼水管漏水",
    "place": "2单元",
    "urgency": "utility",
    "contact": "+999 1390 0009",
}


@pytest.fixture
def asked(resident: Visitor, backstage: Backstage) -> str:
    """A resident has asked for help, and the number was called back; the address of the receipt."""
    page = resident.press(resident.open(f"/help/{POSTER}"), f"/help/{POSTER}", **HELP)
    assert page.status == 200
    backstage.prove()
    return page.path
