"""What everybody may know of departments: shares of ten and more, their own hours, refusals upheld or not."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.operations import coordination, whistles
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.lifecycle import COORDINATION
from feedback.cases.rules.requests import Refusal
from feedback.models import Account, Case, CaseJoin, Pause, Remit, ScopeVerdict
from feedback.oversight.queries import figures
from feedback.oversight.rules.figures import LEAST, CalledWhistle, OfficeStay, by_department, by_office
from feedback.roles import COORDINATOR
from tests.feedback.town import Town

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CALLED = st.builds(
    CalledWhistle,
    department=st.sampled_from(("water", "urban")),
    in_time=st.none() | st.booleans(),
    late=st.none() | st.booleans(),
    hours=st.none() | st.floats(0, 1000),
    refused=st.sampled_from(("", "not_ours", "upheld", "law_forbids")),
    bounced=st.booleans(),
)


@given(st.lists(CALLED, max_size=40))
def test_of_fewer_than_ten_nothing_is_told_and_shares_are_shares(whistles: list[CalledWhistle]) -> None:
    told = by_department(whistles)
    assert sum(each.whistles for each in told.values()) == len(whistles)
    for department, each in told.items():
        own = [whistle for whistle in whistles if whistle.department == department]
        assert each.shown == (len(own) >= LEAST)
        for share, of in ((each.share_in_time, each.answerable), (each.share_late, each.resolvable)):
            assert (share is None) == (of < LEAST)
            assert share is None or 0 <= share <= 1
        assert each.upheld + each.not_upheld <= each.refused <= each.whistles
        hours = [whistle.hours for whistle in own if whistle.hours is not None]
        assert each.median_hours == (median(hours) if hours else None)


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30))
def test_an_office_is_late_where_a_case_lay_longer_than_allowed(hours: list[float]) -> None:
    told = by_office(OfficeStay("dept:coordination", each, 24) for each in hours)["dept:coordination"]
    assert (told.cases, told.late) == (len(hours), sum(each > 24 for each in hours))
    assert told.shown == (len(hours) >= LEAST)


def _refuse(town: Town, case: Case, *, uphold: bool, at: timedelta) -> None:
    with town.database.transaction() as session:
        case = session.get_one(Case, case.id)
        why = Refusal("not_ours", instead="urban", text="不归我们")
        whistles.refuse_case(session, case, why, department_code="water", now=town.now + at)
        if uphold:
            desk = Desk(COORDINATION)
            coordination.uphold(session, case.id, desk=desk, now=town.now + at + HOUR)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_record_of_thirteen_weeks_counts_what_departments_did(town: Town) -> None:
    """Twelve whistles on Tuesday: six are done, four refused, three of them upheld, and two unanswered."""
    town.now -= 6 * DAY
    with town.database.transaction() as session:
        seat = {"login": "coordinator", "name": "协调员", "role": COORDINATOR}
        session.add(Account(**seat, password_hash="", created_at=town.now))
    for number in range(12):
        case = town.open(once=f"figures-{number:020d}", contact=None).case
        town.answer(case)
        whistle = town.whistle(case)
        if number < 6:
            with town.database.transaction() as session:
                now = town.now + 10 * HOUR
                whistles.accept(session, whistle, department_code="water", now=now - HOUR)
                whistles.declare(
                    session, whistle, department_code="water", note="修好了", now=now, vault=town.vault
                )
        elif number < 10:
            _refuse(town, case, uphold=number < 9, at=30 * HOUR)
    _exceptions(town)
    with town.database.reading() as session:
        told = figures.record(session, now=town.now + 6 * DAY)
    water = told.departments["water"]
    assert (water.whistles, water.answerable, water.in_time) == (12, 12, 6)
    assert (water.refused, water.upheld, water.not_upheld) == (4, 3, 1)
    assert water.hours == pytest.approx(6 * 10 + 30 + 2 * (6 * 24 - 10)), "upheld hours are not its own"
    assert (water.share_in_time, water.resolvable, water.late) == (0.5, 12, 2)
    assert told.agreed == {"water", "urban"}
    assert told.offices["dept:coordination"].cases == 4
    assert told.exceptions["area:S"].joined == 1
    assert told.exceptions["dept:water"].pauses == {"signed": 1}
    assert told.exceptions["dept:coordination"].verdicts == {"declined": 1}


def _exceptions(town: Town) -> None:
    """Leave a join, a pause and a verdict of that week, and the remit that an upheld refusal amended."""
    with town.database.transaction() as session:
        one, two = (case.id for case in session.query(Case).order_by(Case.id).limit(2))
        at = town.now + HOUR
        session.add(CaseJoin(case_id=one, into_id=two, asked_at=at, asked_by="leader", joined_at=at))
        paused = {"reason": "weather", "asked_by": "dept:water", "asked_at": at, "until": at + DAY}
        session.add(Pause(case_id=one, countersigned_at=at, countersigned_by="coordinator", **paused))
        proposed = {"reason": "不归我们", "proposed_by": "coordinator", "proposed_at": at}
        session.add(ScopeVerdict(case_id=one, verdict="declined", decided_by="r", decided_at=at, **proposed))
        session.add(
            Remit(
                category="噪音扰民", area_code="C", lead="water", supporting='["urban"]', valid_from=at,
                agreed_by="区政府", recorded_at=at, recorded_by="office", changed_at=at,
            )
        )  # fmt: skip


def test_a_whistle_of_this_week_waits_for_the_next_record(town: Town) -> None:
    case = town.open(contact=None).case
    town.answer(case)
    town.whistle(case)
    with town.database.reading() as session:
        assert figures.record(session, now=town.now).departments == {}
        assert figures.record(session, now=town.now + 7 * DAY).departments["water"].whistles == 1
