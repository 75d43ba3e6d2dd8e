"""All cases, narrowed by any filter: the database returns what the filter says, in two statements."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from feedback.cases.queries import desks
from feedback.models import Account, Area, Case, Department, Worker
from feedback.oversight.queries import cases, counts
from feedback.oversight.queries.cases import Overseer
from feedback.oversight.rules import filters
from feedback.oversight.rules.filters import CaseFilter, kind_of_desk
from feedback.web.queries import lookups
from huying.base.clock import LOCAL
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from tests.conftest import NOW
from tests.feedback.oversight.conftest import case_of
from tests.support.seeds import Seed, Seeds
from tests.support.statements import statements

AREAS = (
    ("c", None, "city"), ("s1", "c", "street"), ("s2", "c", "street"),
    ("m1", "s1", "community"), ("m2", "s1", "community"),
    ("g1", "m1", "grid"), ("g2", "m1", "grid"), ("g3", "m2", "grid"), ("g9", "s2", "grid"),
)  # fmt: skip
HOLDERS = ("worker", "unit", "dept:water", "dept:coordination", "dept:district", "resident", "pause:weather")
MANY = 120


def _random_case(chance: random.Random, number: int) -> Case:
    over = chance.random() < 0.4
    holder = "" if over else chance.choice(HOLDERS)
    waits = {"resident": ("declared", "waiting"), "pause:weather": ("paused",)}
    state = chance.choice(
        ("confirmed", "unconfirmed", "ended")
        if over
        else waits.get(holder, ("registered", "answered", "refused"))
    )
    grid = chance.choice((None, "g1", "g2", "g3", "g9"))
    return case_of(
        number,
        grid_code=grid,
        worker_code="w1" if holder == "worker" else None,
        holder=holder,
        keeper=chance.choice(("worker", "unit", "dept:water")) if holder in waits else holder,
        state=state,
        category=chance.choice(("噪音扰民", "环境卫生")),
        place=chance.choice(("1号楼", "2_号楼 100%", "")),
        text=chance.choice(("水管漏水", "路灯不亮")),
        due=timedelta(hours=chance.randint(-60, 60)),
        idling=chance.choice(("", "refused")),
        external_id=f"X{number}",
    )


def _fill(session: Session, vault: Vault) -> None:
    vault.seal("+99913800009", where="nothing here is sealed, but a seed is copied with its keys")
    for code, above, level in AREAS:
        session.add(Area(code=code, parent_code=above, level=level, name=code, grid_type=""))
    session.flush()
    session.add_all([Department(code=code, name=code) for code in ("water", "district")])
    session.add(Worker(code="w1", name="王秀兰", area_code="g1"))
    session.flush()
    for login, role, place in (
        ("w1", "worker", {"worker_code": "w1"}),
        ("lead", "grid_leader", {"area_code": "s1"}),
        ("water", "department_officer", {"department_code": "water"}),
        ("coordinator", "coordinator", {}),
    ):
        session.add(Account(login=login, name=login, role=role, password_hash="", created_at=NOW, **place))
    chance = random.Random(7)
    for number in range(MANY):
        session.add(_random_case(chance, number))


CITY = Seed("public", "oversight", _fill)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def city(
    request: pytest.FixtureRequest, seeds: Seeds, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Vault]]:
    """A city with a hundred cases of every kind, on each database, read and never changed."""
    folder = tmp_path_factory.mktemp("city")
    keys = Keyring(folder / "keys")
    with seeds.copy(request.param, CITY, folder=folder, keys=keys) as database:
        yield database, Vault(keys)


def _inside(known: dict[str, Area], case: Case, code: str) -> bool:
    return lookups.is_inside(known, known.get(case.grid_code or ""), code)


Tells = Callable[[Case, dict[str, Area], str | None], bool]
RUNS: Tells = lambda case, _known, _desk: case.holder != ""  # noqa: E731
WORKED: Tells = lambda case, _known, _desk: case.holder != "" and case.state not in filters.WAITS  # noqa: E731
TODAY = NOW.astimezone(LOCAL).replace(hour=0) + timedelta(days=1)
ASKED: list[tuple[CaseFilter, Tells]] = [
    (CaseFilter(), RUNS),
    (CaseFilter(scope="all"), lambda *_: True),
    (CaseFilter(scope="over"), lambda case, *_: case.holder == ""),
    (CaseFilter(scope="closed"), lambda case, *_: case.state in {"confirmed", "unconfirmed"}),
    (CaseFilter(scope="ended"), lambda case, *_: case.state == "ended"),
    (CaseFilter(scope="refused"), lambda case, *_: case.state == "refused"),
    (CaseFilter(holder="dept:water"), lambda case, *_: case.holder == "dept:water"),
    (CaseFilter(holder="pause"), lambda case, *_: case.holder == "pause:weather"),
    *((CaseFilter(desk=kind), lambda c, _k, desk, kind=kind: c.holder != "" and kind_of_desk(desk) == kind)
      for kind in filters.DESKS),
    (CaseFilter(scope="all", area="s1"), lambda case, known, _d: _inside(known, case, "s1")),
    (CaseFilter(area="g1"), lambda case, *_: case.holder != "" and case.grid_code == "g1"),
    (CaseFilter(scope="all", area="-"), lambda case, *_: case.grid_code is None),
    (CaseFilter(scope="all", category="噪音扰民"), lambda case, *_: case.category == "噪音扰民"),
    (CaseFilter(due="overdue"), lambda c, k, d: WORKED(c, k, d) and c.due_at < NOW),
    (CaseFilter(due="today"), lambda c, k, d: WORKED(c, k, d) and NOW <= c.due_at < TODAY),
    (CaseFilter(idling=True), lambda c, k, d: RUNS(c, k, d) and c.idling != ""),
    (CaseFilter(scope="all", words="漏水"), lambda case, *_: "漏水" in case.text),
    (CaseFilter(scope="all", words="漏水 1号"), lambda case, *_: "漏水" in case.text and "1号" in case.place),
    (CaseFilter(scope="all", words="2_号楼"), lambda case, *_: "2_号楼" in case.place),
    (CaseFilter(scope="all", words="0%"), lambda case, *_: "0%" in case.place),
    (CaseFilter(scope="all", words="X17"), lambda case, *_: case.external_id == "X17"),
    (CaseFilter(scope="all", words=f"01test{17:020d}"), lambda case, *_: case.code.endswith("0017")),
    (CaseFilter(scope="all", words="13800138000"), lambda *_: False),
    (CaseFilter(scope="all", since=date(2026, 11, 21)), lambda *_: False),
    (CaseFilter(scope="all", since=date(2026, 11, 20), until=date(2026, 11, 20)), lambda *_: True),
]  # fmt: skip


def test_a_filter_leaves_what_it_says_and_nothing_else(city: tuple[Database, Vault]) -> None:
    database, vault = city
    with database.reading() as session:
        known = lookups.areas(session)
        every = {case: desks.of_case(session, case) for case in session.query(Case)}
        for wanted, tells in ASKED:
            expected = {case.id for case, desk in every.items() if tells(case, known, desk)}
            found = list(cases.every(session, wanted, seen_by=Overseer(), vault=vault, now=NOW, batch=7))
            assert {case.id for case in found} == expected, wanted
            assert len(found) == len(expected), wanted
        assert len(ASKED) > 25


def test_by_deadline_page_by_page_nothing_is_left_out_or_twice(city: tuple[Database, Vault]) -> None:
    database, vault = city
    with database.reading() as session:
        for scope, order in (("", 1), ("all", -1)):
            listed: list[Any] = []
            for page in (1, 2, 3, 99):
                found = cases.page_of(
                    session,
                    CaseFilter(scope=scope),
                    seen_by=Overseer(),
                    page=page,
                    size=50,
                    vault=vault,
                    now=NOW,
                )
                listed += found.rows if page <= found.pages else []
                assert found.page == min(page, found.pages)
            assert len(listed) == found.total == len({case.id for case in listed})
            assert [case.due_at for case in listed] == sorted((c.due_at for c in listed), reverse=order < 0)


@pytest.mark.parametrize(
    ("seen_by", "sees"),
    [
        (Overseer(), {None, "g1", "g2", "g3", "g9"}),
        (Overseer("s1", sees_unplaced=False), {"g1", "g2", "g3"}),
        (Overseer("s2", sees_unplaced=True), {None, "g9"}),
    ],
)
def test_nobody_sees_past_their_area_and_each_number_is_the_length_of_its_list(
    city: tuple[Database, Vault], seen_by: Overseer, sees: set[str | None]
) -> None:
    database, vault = city
    with database.reading() as session:
        whole = CaseFilter(scope="all")
        found = cases.every(session, whole, seen_by=seen_by, vault=vault, now=NOW)
        assert {case.grid_code for case in found} == sees
        told = counts.overview(session, seen_by=seen_by, now=NOW)
        parts = [
            (told.whole, {}),
            *((count, {"desk": kind}) for kind, count in told.by_desk.items()),
            *((count, {"area": code}) for code, count in told.by_community.items()),
        ]
        for count, where in parts:
            for due, number in (("", count.open), ("today", count.today), ("overdue", count.overdue)):
                listed = cases.page_of(
                    session, CaseFilter(**where, due=due), seen_by=seen_by, page=1, vault=vault, now=NOW
                )
                assert listed.total == number, (where, due)
        assert told.whole.open == sum(each.open for each in told.by_desk.values())
        assert told.whole.open == sum(each.open for each in told.by_community.values())


def _plan(session: Session, database: Database, sent: str) -> str:
    rows = session.execute(text(f"EXPLAIN QUERY PLAN {sent.replace('?', '1')}")).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("city", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (CaseFilter(), "ix_help_case_running"),
        (CaseFilter(due="overdue"), "ix_help_case_running"),
        (CaseFilter(scope="all"), "ix_help_case_due"),
        (CaseFilter(holder="dept:water"), "ix_help_case_holder"),
        (CaseFilter(scope="all", area="m1"), "ix_help_case_grid_code"),
    ],
)
def test_a_list_is_read_by_an_index_in_two_statements(
    city: tuple[Database, Vault], wanted: CaseFilter, index: str
) -> None:
    database, vault = city
    with statements(database.engine) as sent, database.reading() as session:
        cases.page_of(session, wanted, seen_by=Overseer(), page=1, vault=vault, now=NOW)
    asked = [each for each in sent if each.startswith(("SELECT", "WITH"))]
    assert len(asked) == 2, "a count and a page, however many cases there are"
    with database.reading() as session:
        assert index in _plan(session, database, asked[1])
