"""A small town for tests: two grids, two workers, two departments, a poster, and people who act in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.cases.operations import handling, opening, proofs, ratings, receipt_words, whistles
from feedback.cases.operations.opening import NewCase
from feedback.cases.queries.cases import is_proven
from feedback.cases.rules import codes
from feedback.cases.rules.requests import HelpRequest
from feedback.contacts import operations as contact_numbers
from feedback.duty.rules import Assignment
from feedback.models import Account, Area, Case, Department, Poster, Worker
from feedback.posters.operations import posters
from feedback.posters.queries import posters as poster_queries
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, DISTRICT_CODE
from feedback.roster.operations import posts
from feedback.web.operations import ensure_district
from huying import accounts
from huying.base.phones import Vault
from huying.store.db import Database

RESIDENT = "+99913800001"
WANG, LI = "+99913900001", "+99913900002"
OFFICE, STREET = "+99921000001", "+99921000002"
AREAS = (
    ("C", None, "city", "云川市"),
    ("S", "C", "street", "和平街道"),
    ("M", "S", "community", "和平里社区"),
    ("G1", "M", "grid", "第1网格"),
    ("G2", "M", "grid", "第2网格"),
)


def build(session: Session, *, vault: Vault, now: datetime) -> None:
    """Grid 1 is Wang's without end; grid 2 is vacant; two offices stand behind both."""
    before = now - timedelta(days=1)
    for code, above, level, name in AREAS:
        session.add(Area(code=code, parent_code=above, level=level, name=name, grid_type=""))
    session.flush()
    session.add_all(
        [
            Worker(code="W1", name="王秀兰", area_code="G1"),
            Worker(code="W2", name="欧阳建国", area_code="G2"),
            Department(code="water", name="水务局", accept_hours=24, resolve_hours=72),
            Department(code="urban", name="城管局", accept_hours=24, resolve_hours=120),
        ]
    )
    session.flush()
    for worker, number in (("W1", WANG), ("W2", LI)):
        contact_numbers.set_number(
            session, worker_code=worker, number=number, vault=vault, verified_at=before
        )
    for area, name, number in (("M", "和平里居委会", OFFICE), ("S", "街道值班室", STREET)):
        contact_numbers.set_office(
            session, area_code=area, position=1, name=name, number=number, vault=vault, verified_at=before
        )
    put_on_duty(session, "W1", "G1", start=now - timedelta(days=30))
    posters.issue(
        session, grid_code="G1", location="3号楼大厅", now=before, payload="7K3M9Q", dial_payload="57200"
    )


def put_on_duty(
    session: Session,
    worker: str,
    grid: str,
    *,
    start: datetime,
    end: datetime | None = None,
    layer: int = 0,
    now: datetime | None = None,
) -> int:
    return posts.assign(
        session,
        Assignment(grid_code=grid, worker_code=worker, layer=layer, valid_from=start, valid_to=end),
        by="office",
        now=now or start,
    ).id


def open_desks(session: Session, *, now: datetime) -> None:
    """Let there be the accounts without which nothing opens for residents; nobody signs in by them."""
    ensure_district(session)
    for role, place in ((COORDINATOR, {}), (DEPARTMENT_OFFICER, {"department_code": DISTRICT_CODE})):
        person = {"login": f"first {role}", "name": "某人", "role": role, "password": None}
        accounts.create(session, Account, now=now, **person, **place)


@dataclass
class Town:
    """Everybody acts in a transaction of their own."""

    database: Database
    vault: Vault
    now: datetime

    def poster(self, session: Session) -> Poster:
        return poster_queries.find(session, "7K3M9QDA")

    def open(
        self,
        *,
        contact: str | None = RESIDENT,
        once: str = "form-0123456789ab",
        grid: str | None = None,
        at: datetime | None = None,
        source: str = "poster",
        urgency: str = "ordinary",
        proven: bool = True,
    ) -> NewCase:
        with self.database.transaction() as session:
            opened = opening.open_case(
                session,
                HelpRequest("水电气热", "三楼水管漏水", "2单元", urgency, contact),
                poster=None if grid else self.poster(session),
                grid_code=grid,
                once=once,
                source=source,
                vault=self.vault,
                now=at or self.now,
            )
            if proven and contact is not None and not is_proven(session, opened.case):
                proofs.prove_by_call(
                    session, opened.case.id, by="operator", vault=self.vault, now=at or self.now
                )
            return opened

    def answer(self, case: Case, *, at: datetime | None = None, worker: str | None = "W1") -> Case:
        with self.database.transaction() as session:
            return handling.answer_case(
                session, case.id, worker_code=worker, note="下午去看", now=at or self.now
            )

    def whistle(self, case: Case, *, department: str = "water", at: datetime | None = None) -> int:
        with self.database.transaction() as session:
            return whistles.sound(
                session,
                case.id,
                department_code=department,
                request="请派人修",
                worker_code="W1",
                now=at or self.now,
            ).id

    def declare(self, case: Case, *, actor: str = "worker", at: datetime | None = None) -> Case:
        with self.database.transaction() as session:
            return handling.declare(
                session, case.id, actor=actor, note="修好了", now=at or self.now, vault=self.vault
            )

    def declared(self, **how: str | None) -> Case:
        """A case that the worker took up and declared solved."""
        case = self.open(**how).case
        self.answer(case)
        return self.declare(case)

    def settle(self, *, at: datetime | None = None) -> int:
        """Let what residents said take effect, a day later unless told otherwise."""
        now = at or self.now + timedelta(days=1)
        with self.database.transaction() as session:
            return ratings.settle(session, now=now) + receipt_words.settle(session, now=now)

    def token(self, case: Case, *, turn: int = 1) -> str:
        return codes.token_of(self.vault, case=case.code, round=turn)
