"""On whose desk a case is: one rule in the policy, in SQL on each database, and for the doctor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.desks import desk
from feedback.cases.rules.lifecycle import COORDINATION, department
from feedback.cases.rules.seeing import OFFICES, Viewer, sits_at
from feedback.models import Account, Case, Duty, Worker
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, GRID_LEADER, WORKER
from feedback.roster.operations import posts, retirement
from feedback.side import SIDE
from feedback.web.queries import lookups
from huying.base.clock import LOCAL
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.phones import Vault
from tests.conftest import NOW
from tests.feedback.cases.test_a_case_cannot_get_lost import STAFFED
from tests.feedback.imports.bringing import bring, plan
from tests.feedback.neighbourhood import settings_in
from tests.feedback.town import Town, put_on_duty

HOUR = timedelta(hours=1)
AT_DESKS = (WORKER, GRID_LEADER, DEPARTMENT_OFFICER, COORDINATOR)


@pytest.fixture
def staffed(engine_name, seeds, tmp_path, keys):
    """The small town with an account at each desk, on each database."""
    with seeds.copy(engine_name, STAFFED, folder=tmp_path, keys=keys) as database:
        yield Town(database, Vault(keys), NOW)


def _close(town: Town, *logins: str) -> None:
    with town.database.transaction() as session:
        for found in session.scalars(select(Account).where(Account.login.in_(logins))):
            found.active = False


def _where(town: Town, case: Case) -> str | None:
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        where = desks.of_case(session, found)
        assert where == desk(found.keeper, desks.staffing(session, found))
        _is_seen_there_alone(session, found, where)
        return where


def _is_seen_there_alone(session, case: Case, where: str | None) -> None:
    """Of all accounts in use those see photos and words, and no other, whose desk lists the case."""
    known = lookups.areas(session)
    place = {"worker_code": case.worker_code, "grid_code": case.grid_code}
    for account in session.scalars(select(Account).where(Account.active, Account.role.in_(AT_DESKS))):
        grids = None
        if account.area_code:
            grids = frozenset(each.code for each in lookups.grids_below(known, account.area_code))
        viewer = Viewer(account.role, account.worker_code, account.department_code, grids)
        actor = OFFICES.get(account.role) or department(account.department_code or "")
        own = Desk("worker" if account.role == WORKER else actor, account.worker_code, account.area_code)
        listed = case.id in {each.id for each in desks.on(session, own)}
        assert sits_at(viewer, where, **place) == listed, account.login


def _remedies(town: Town, tmp_path) -> list[str]:
    settings = settings_in(tmp_path)
    return [each.what for each in SIDE.findings(settings, town.database) if each.state != "good"]


@pytest.mark.parametrize(
    ("closed", "where"),
    [
        ((), "worker"),
        (("w1",), "unit"),
        (("w1", "leader"), COORDINATION),
        (("leader",), "worker"),
        (("w1", "leader", "coordinator"), None),
    ],
)
def test_a_workers_case_is_on_the_next_desk_that_has_an_account(staffed, tmp_path, closed, where):
    case = staffed.open().case
    _close(staffed, *closed)
    assert _where(staffed, case) == where
    told = _remedies(staffed, tmp_path)
    assert any("不在任何人手里" in each for each in told) is (where is None)
    assert any("没有协调员" in each for each in told) is ("coordinator" in closed)


def test_a_departments_case_is_on_the_coordinators_desk_and_its_hours_stay(staffed, tmp_path):
    case = staffed.open().case
    staffed.answer(case)
    staffed.whistle(case)
    assert _where(staffed, case) == "dept:water"
    _close(staffed, "water")
    assert _where(staffed, case) == COORDINATION
    with staffed.database.reading() as session:
        assert [each.id for each in desks.on(session, Desk(COORDINATION))] == [case.id]
        held = case_queries.custody_hours(session.get_one(Case, case.id), now=NOW + 3 * HOUR)
    assert held == {"dept:water": 3}
    assert any("水务局没有在用的账号，手里有 1 件事" in each for each in _remedies(staffed, tmp_path))


def test_an_office_sees_the_cases_of_its_own_streets_alone(staffed):
    case = staffed.open(grid="G2").case
    with staffed.database.reading() as session:
        assert desks.one_on(session, case.id, Desk("unit", area_code="M")).id == case.id
        for elsewhere in (Desk("unit", area_code="G1"), Desk("worker", worker_code="W2")):
            with pytest.raises(NotFound):
                desks.one_on(session, case.id, elsewhere)


def test_life_and_property_come_first(staffed):
    staffed.open(once="form-000000000001")
    urgent = staffed.open(once="form-000000000002", urgency="life", at=NOW + HOUR).case
    with staffed.database.reading() as session:
        first = next(iter(desks.on(session, Desk("worker", worker_code="W1"))))
        assert first.id == urgent.id


def test_the_end_of_a_cover_gives_the_cases_back_in_the_same_transaction(staffed):
    case = staffed.open().case
    with staffed.database.transaction() as session:
        put_on_duty(session, "W2", "G1", start=NOW, end=NOW + 5 * HOUR, layer=1, now=NOW)
        assert session.get_one(Case, case.id).worker_code == "W2"
        cover = session.scalars(select(Duty).where(Duty.layer == 1)).one()
        posts.close(session, cover, by="office", now=NOW + HOUR)
        back = session.get_one(Case, case.id)
        assert (back.worker_code, back.holder) == ("W1", "worker")
        assert [step.event for step in back.steps] == ["open", "handover", "handover"]


def test_nobody_retires_while_nobody_could_take_the_cases(staffed):
    case = staffed.open().case
    _close(staffed, "leader", "coordinator")
    with pytest.raises(Conflict, match="没有人能接"), staffed.database.transaction() as session:
        retirement.retire(session, "W1", by="office", now=NOW)
    with staffed.database.reading() as session:
        assert session.get_one(Worker, "W1").active
        assert session.get_one(Case, case.id).worker_code == "W1"


def test_who_retired_has_no_account_no_duty_and_no_case(staffed):
    case = staffed.open().case
    with staffed.database.transaction() as session:
        assert retirement.retire(session, "W1", by="office", now=NOW + HOUR) == 1
        with pytest.raises(Conflict, match="已经离岗"):
            retirement.retire(session, "W1", by="office", now=NOW + HOUR)
        assert not session.scalars(select(Account).where(Account.worker_code == "W1")).one().active
        assert session.get_one(Case, case.id).holder == "unit"
        retirement.return_to_service(session, "W1", now=NOW + 2 * HOUR)
        assert session.get_one(Worker, "W1").active


SAME_FROM = (NOW - timedelta(days=30)).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
LEFT = f"工号,姓名,网格编号,值守开始,在岗状态\nW1,王秀兰,G1,{SAME_FROM},%s\n"


def test_a_worker_retires_by_import_and_comes_back_by_import_alone(staffed):
    case = staffed.open().case
    told = plan(staffed, "staff", LEFT % "离岗", now=NOW + HOUR)
    assert "离岗，手里的事交给下一位" in told.changes[0].what
    bring(staffed, "staff", LEFT % "离岗", now=NOW + HOUR, confirmed_by="张主任")
    with staffed.database.reading() as session:
        assert not session.get_one(Worker, "W1").active
        found = session.get_one(Case, case.id)
        assert (found.holder, found.worker_code) == ("unit", None)
    with pytest.raises(Invalid, match="已离岗"):
        bring(staffed, "staff", LEFT % "", now=NOW + 2 * HOUR)
    bring(staffed, "staff", LEFT % "在岗", now=NOW + 2 * HOUR, confirmed_by="张主任")
    with staffed.database.reading() as session:
        assert session.get_one(Worker, "W1").active
