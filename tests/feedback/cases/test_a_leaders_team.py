"""A grid leader's team: loads without ranking, and a case given to a colleague that stays there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.cases.operations import clock as case_clock
from feedback.cases.operations import handling, reassigning
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import department, search, team
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.search import CaseSearch
from feedback.cases.rules.team import Reassignment
from feedback.models import Account, Area, Case, Worker
from feedback.roles import WORKER
from feedback.roster.operations import retirement
from huying import accounts
from huying.base.errors import Invalid, NotFound
from huying.base.phones import Vault
from tests.conftest import NOW
from tests.feedback.cases import staffed
from tests.feedback.notices.telling import Telling
from tests.feedback.town import LI, WANG, Town
from tests.support.seeds import Seed

HOUR = timedelta(hours=1)
STAFFED = Seed("public", "staffed", lambda session, vault: staffed.build(session, vault=vault, now=NOW))


@pytest.fixture
def town(engine_name, seeds, tmp_path, keys):
    with seeds.copy(engine_name, STAFFED, folder=tmp_path, keys=keys) as database:
        yield Town(database, Vault(keys), NOW)


def give(town, case, to, *, reason="手里太多", top="S", at=None):
    with town.database.transaction() as session:
        wanted = Reassignment(to, reason)
        return reassigning.reassign(session, case.id, wanted, top=top, now=at or town.now)


def kept(town, case):
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        return found.keeper, found.worker_code


def test_a_case_goes_to_a_colleague_by_a_step_and_its_hours_run_on(town):
    case = town.open().case
    town.answer(case)
    give(town, case, "W3", at=town.now + 2 * HOUR)
    assert kept(town, case) == ("worker", "W3")
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        step = found.steps[-1]
        assert (step.event, step.actor, step.note, found.state) == (
            "reassign",
            "unit",
            "手里太多",
            "answered",
        )
        assert case_queries.custody_hours(found, now=town.now + 5 * HOUR) == {"worker": 5}
    with town.database.transaction() as session, pytest.raises(NotFound):
        handling.answer_case(session, case.id, worker_code="W1", note="", now=town.now)


def test_it_stays_with_the_colleague_whoever_is_on_duty_until_the_colleague_retires(town):
    case = town.open().case
    give(town, case, "W3")
    with town.database.transaction() as session:
        case_clock.tick(session, now=town.now + HOUR)
    assert kept(town, case) == ("worker", "W3")
    with town.database.transaction() as session:
        retirement.retire(session, "W3", by="office", now=town.now + 2 * HOUR)
    assert kept(town, case) == ("worker", "W1"), "who serves the grid has it again"


@pytest.mark.parametrize(
    ("to", "how", "fault"),
    [
        ("W1", {}, Invalid),
        ("W9", {}, Invalid),
        ("nobody", {}, Invalid),
        ("W3", {"reason": " "}, Invalid),
        ("W3", {"top": "G2"}, NotFound),
    ],
    ids=["who has it already", "of another team", "nobody", "no reason", "another's case"],
)
def test_what_a_leader_may_not_do_changes_nothing(town, to, how, fault):
    with town.database.transaction() as session:
        session.add(Area(code="S2", parent_code="C", level="street", name="东风街道", grid_type=""))
        session.flush()
        session.add(Worker(code="W9", name="远处的人", area_code="S2"))
        session.flush()
        person = {"login": "w9", "name": "w9", "role": WORKER, "password": None, "worker_code": "W9"}
        accounts.create(session, Account, now=NOW, **person)
    case = town.open().case
    with pytest.raises(fault):
        give(town, case, to, **how)
    assert kept(town, case) == ("worker", "W1")


def test_a_colleague_without_an_account_is_on_no_list_and_takes_nothing(town):
    case = town.open().case
    with town.database.transaction() as session:
        session.query(Account).filter_by(login="w3").one().active = False
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        assert set(team.colleagues(session, found, top="S")) == {"W2"}
        assert set(team.colleagues(session, found, top="S", sought="欧阳")) == {"W2"}
        assert team.colleagues(session, found, top="S", sought="赵") == {}
    with pytest.raises(Invalid):
        give(town, case, "W3")


def test_both_are_told_once(town):
    telling, case = Telling(town), town.open(contact=None).case
    telling.round(town.now)
    telling.told.clear()
    give(town, case, "W2", at=town.now + HOUR)
    told = [
        each
        for minutes in (1, 2, 70)
        for each in telling.round(town.now + HOUR + minutes * timedelta(minutes=1))
    ]
    assert sorted((number, "改派给您" in text, "您不用再办" in text) for _by, number, text in told) == [
        (WANG, False, True),
        (LI, True, False),
    ]


def test_loads_count_by_state_and_are_listed_by_code(town):
    for number in range(3):
        town.open(once=f"form-0123456789a{number}", urgency="life" if number else "ordinary")
    with town.database.transaction() as session:
        cases = session.query(Case).order_by(Case.id).all()
        handling.answer_case(session, cases[0].id, worker_code="W1", note="", now=town.now)
    with town.database.reading() as session:
        found = team.loads(session, top="S", page=1, now=town.now + 3 * HOUR)
        rows = [(each.code, each.new, each.in_hand, each.waiting, each.late) for each in found.rows]
        assert rows == [("W1", 2, 1, 0, 2), ("W2", 0, 0, 0, 0), ("W3", 0, 0, 0, 0)]
        assert [each.code for each in team.loads(session, top="S", sought="w2", page=1, now=NOW).rows] == [
            "W2"
        ]
        assert team.loads(session, top="G2", page=1, now=NOW).total == 1


def test_a_search_and_a_queue_mean_the_same_to_both_databases(town):
    case = town.open().case
    town.answer(case)
    number = case.code[-6:]
    worker, water = Desk("worker", worker_code="W1"), Desk("dept:water")
    with town.database.reading() as session:
        for text in ("漏水 2单元", "和平里", number, number.lower(), ""):
            found = search.find(session, worker, CaseSearch(text), vault=town.vault)
            assert [each.id for each in found.rows] == [case.id], text
        for wanted in (CaseSearch("100%"), CaseSearch(state="waiting"), CaseSearch(state="over")):
            assert search.find(session, worker, wanted, vault=town.vault).total == 0
        assert search.find(session, water, CaseSearch(), vault=town.vault).total == 0
    town.whistle(case)
    with town.database.reading() as session:
        assert search.find(session, water, CaseSearch(state="whistled"), vault=town.vault).total == 1
        (row,) = department.queue(session, water, page=1, now=town.now).rows
        assert (row.case.id, row.due_at) == (case.id, row.whistle.due_at)
