"""A whistle moves the clock to the department at once; a refusal goes up, not back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.cases.operations import whistles
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import department
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.requests import Refusal
from feedback.models import Account, Case, Whistle
from feedback.roles import DEPARTMENT_OFFICER
from huying import accounts
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound

HOUR = timedelta(hours=1)


@pytest.fixture
def whistled(town):
    """A case that the worker whistled to the water department."""
    case = town.open().case
    town.answer(case)
    return case, town.whistle(case)


@pytest.fixture(autouse=True)
def officer(town):
    """The water department has an account in use."""
    with town.database.transaction() as session:
        person = {"login": "water", "name": "water", "role": DEPARTMENT_OFFICER, "password": None}
        accounts.create(session, Account, now=town.now, department_code="water", **person)


def queue(session, town, code):
    found = department.queue(session, Desk(f"dept:{code}"), page=1, now=town.now)
    return [row.whistle.id for row in found.rows]


def _refuse(town, whistle, *, department="water", at=None, **why):
    with town.database.transaction() as session:
        return whistles.refuse(
            session,
            whistle,
            Refusal(**({"reason": "not_ours", "instead": "urban"} | why)),
            department_code=department,
            now=at or town.now,
        )


def test_the_departments_own_times_hold_unless_the_case_is_more_urgent(town, whistled):
    with town.database.reading() as session:
        ordinary = session.get_one(Whistle, whistled[1])
        assert ordinary.accept_due == town.now + 24 * HOUR
        assert ordinary.due_at == town.now + 72 * HOUR
    urgent = town.open(once="another-form-0001", urgency="life").case
    town.answer(urgent)
    with town.database.reading() as session:
        assert session.get_one(Whistle, town.whistle(urgent)).due_at == town.now + 2 * HOUR


def test_unanswered_time_is_the_departments(town, whistled):
    with town.database.reading() as session:
        case = session.get_one(Case, whistled[0].id)
        assert case_queries.custody_hours(case, now=town.now + 9 * HOUR) == {"dept:water": 9}


def test_the_queue_goes_by_deadline_and_holds_only_ones_own(town, whistled):
    urgent = town.open(once="another-form-0001", urgency="life").case
    town.answer(urgent)
    second = town.whistle(urgent)
    with town.database.reading() as session:
        assert queue(session, town, "water") == [second, whistled[1]]
        assert queue(session, town, "urban") == []


def test_accepting_twice_is_refused(town, whistled):
    with town.database.transaction() as session:
        accepted = whistles.accept(session, whistled[1], department_code="water", now=town.now + HOUR)
        assert (accepted.state, accepted.answered_at) == ("accepted", town.now + HOUR)
        with pytest.raises(Conflict, match="答复过"):
            whistles.accept(session, whistled[1], department_code="water", now=town.now)


def test_another_departments_whistle_is_not_found(town, whistled):
    with town.database.transaction() as session, pytest.raises(NotFound):
        whistles.accept(session, whistled[1], department_code="urban", now=town.now)
    with pytest.raises(NotFound):
        _refuse(town, 999)


def test_not_ours_names_whose_and_goes_up_to_the_coordinator(town, whistled):
    refused = _refuse(town, whistled[1], text="管网不在本局")
    assert (refused.state, refused.answered_at) == ("refused", town.now)
    assert (refused.reason_code, refused.instead, refused.reason) == ("not_ours", "urban", "管网不在本局")
    with town.database.reading() as session:
        case = session.get_one(Case, whistled[0].id)
        assert (case.state, case.holder) == ("refused", "dept:coordination")
        assert queue(session, town, "water") == []


@pytest.mark.parametrize(
    "how",
    [
        {"instead": None},
        {"instead": "water"},
        {"instead": "nobody"},
        {"reason": "missing_fact", "text": " "},
        {"reason": "law_forbids"},
        {"reason": "no time", "text": "忙"},
    ],
)
def test_a_refusal_without_what_its_reason_needs_changes_nothing(town, whistled, how):
    with pytest.raises(Invalid):
        _refuse(town, whistled[1], **how)
    with town.database.reading() as session:
        assert session.get_one(Case, whistled[0].id).holder == "dept:water"


def test_what_was_accepted_is_handed_back_and_answered_once(town, whistled):
    with town.database.transaction() as session:
        whistles.accept(session, whistled[1], department_code="water", now=town.now + HOUR)
    back = _refuse(town, whistled[1], reason="missing_fact", text="几号楼？", at=town.now + 2 * HOUR)
    assert (back.state, back.answered_at) == ("handed_back", town.now + HOUR)
    with pytest.raises(Conflict, match="已经了结"):
        _refuse(town, whistled[1])


def test_the_coordinators_office_passes_it_on(town, whistled):
    _refuse(town, whistled[1])
    with town.database.transaction() as session:
        whistles.sound(
            session,
            whistled[0].id,
            department_code="urban",
            request="请首接",
            by="dept:coordination",
            now=town.now,
        )
        assert session.get_one(Case, whistled[0].id).holder == "dept:urban"


def test_a_worker_without_the_case_in_hand_whistles_for_nothing(town, whistled):
    with pytest.raises((Forbidden, Conflict)):
        town.whistle(whistled[0], department="urban")


def test_a_whistle_names_a_department_and_a_request(town):
    case = town.open().case
    town.answer(case)
    for wrong in ({"department_code": "nobody"}, {"request": " "}):
        with town.database.transaction() as session, pytest.raises(Invalid):
            whistles.sound(
                session,
                case.id,
                **(
                    {"department_code": "water", "request": "修", "worker_code": "W1", "now": town.now}
                    | wrong
                ),
            )
