"""The next case: nobody chooses it, two never hold it, and a page that lost it can't write."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from huying.base.errors import Conflict
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import claims, lapses, queue
from survey.fieldwork.queries import held_cases, interviews
from survey.models import Account, Attempt, FitRefresh, Offer, SampledCase
from tests.conftest import NOW
from tests.support.statements import statements
from tests.survey.stories import QUICK, Interviewer, case_of, content, enrol, in_field, supervisor

STANDARD = replace(QUICK, hours="standard", attempts=6, windows=3, days=5)
CLAIM = 14
"""Statements a claim may send, however many cases wait: lock, look, and what it writes."""
EMPTY = 8
"""Statements a press may send where nothing may be called: it is pressed again and again, by every seat."""
EVENING = NOW + timedelta(hours=9)


def team(database: Database, vault: Vault, *, size: int) -> list[Interviewer]:
    return [Interviewer(database, account, vault=vault) for account in enrol(database, interviewers=size)]


def test_forty_interviewers_at_once_never_hold_one_case(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (60, 50, 0)}, vault=vault)
    people = team(survey_db, vault, size=40)
    barrier, held = threading.Barrier(40), []

    def claim(person: Interviewer) -> None:
        barrier.wait()
        case = person.takes_next()
        assert case is not None
        held.append(case.unit)

    threads = [threading.Thread(target=claim, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == len(set(held)) == 40
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(SampledCase.holder_id.distinct()))) == 40
        assert session.scalar(select(func.count(Offer.seq))) == 40


@pytest.mark.parametrize("grids", [1, 20])
def test_the_next_one_of_two_thousand_cases_is_found_by_as_few_statements(
    survey_db: Database, vault: Vault, grids: int
) -> None:
    in_field(survey_db, {f"G{grid}": (100, 100, 0) for grid in range(grids)}, vault=vault, rules=STANDARD)
    with survey_db.transaction() as session:
        assert queue.prepare(session, now=NOW) == 1  # what the background work does, and no claim after it
        assert queue.prepare(session, now=NOW) == 0
    for person in team(survey_db, vault, size=2):
        with statements(survey_db.engine) as sent:
            assert person.takes_next()
        assert len(sent) <= CLAIM


@pytest.mark.parametrize("at", [NOW + timedelta(hours=2), EVENING - timedelta(minutes=20), EVENING])
def test_an_empty_queue_is_pressed_for_by_as_few_statements_whenever_it_is(
    survey_db: Database, vault: Vault, at: datetime
) -> None:
    in_field(survey_db, {"G1": (40, 40, 0)}, vault=vault, rules=STANDARD)
    (person,) = team(survey_db, vault, size=1)
    with survey_db.transaction() as session:
        queue.prepare(session, now=at)
        tomorrow = {"state": "resting", "opens_at": at + timedelta(days=1), "fit": 1}
        session.execute(update(SampledCase).values(**tomorrow))
    with statements(survey_db.engine) as sent:
        assert person.takes_next(at) is None
    assert len(sent) <= EMPTY, sent


def test_fits_drawn_before_a_window_begins_give_the_cases_that_its_first_claim_would_draw(
    survey_db: Database, vault: Vault
) -> None:
    in_field(survey_db, {"G1": (60, 50, 0)}, vault=vault, rules=STANDARD)
    people, gap = team(survey_db, vault, size=3), EVENING.replace(hour=10, minute=15)
    opening = gap + timedelta(minutes=15)

    def offered(*, prepared: bool) -> list[object]:
        with survey_db.transaction() as session:
            if prepared:
                queue.prepare(session, now=gap)
                assert queue.next_case(session, interviewer=people[0].account, now=gap) is None
            for person in people:
                queue.next_case(session, interviewer=person.account, now=opening)
            found = session.execute(select(Offer.unit, Offer.fit, Offer.theta).order_by(Offer.seq)).all()
            drawn = session.scalars(select(FitRefresh.at)).all()
            session.rollback()
        return [found, drawn]

    assert offered(prepared=False) == offered(prepared=True)


def test_who_holds_a_case_gets_it_again(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (4, 4, 0)}, vault=vault)
    (person,) = team(survey_db, vault, size=1)
    first = person.takes_next()
    again = person.takes_next()
    assert first is not None
    assert again is not None
    assert (again.unit, again.fence) == (first.unit, first.fence)
    with survey_db.reading() as session:
        held = held_cases.held(session, interviewer=person.account)
    assert held is not None
    assert held.unit == first.unit


def test_cases_come_by_replicate_and_ticket(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 3), "G2": (9, 3, 3)}, vault=vault)
    taken = [person.takes_next() for person in team(survey_db, vault, size=6)]
    assert [case.rank for case in taken if case] == [1, 2, 3, 4, 5, 6]


def test_nothing_is_offered_outside_calling_hours(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (60, 60, 0)}, vault=vault, rules=STANDARD)
    (person,) = team(survey_db, vault, size=1)
    assert person.takes_next(NOW + timedelta(hours=3)) is None
    assert person.takes_next(NOW + timedelta(hours=12)) is None
    assert person.takes_next(EVENING) is not None


def test_nothing_is_offered_after_the_field_has_ended(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 9, 0)}, vault=vault, field_ends_at=NOW + timedelta(days=1))
    (person,) = team(survey_db, vault, size=1)
    assert person.takes_next(NOW + timedelta(days=1)) is None


def test_an_expired_lease_frees_the_case_and_stale_pages_fail(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    slow, quick = team(survey_db, vault, size=2)
    slow.takes_next()
    slow.reaches_somebody()
    slow.enters("C1", "1")
    later = NOW + claims.TALK + timedelta(seconds=1)
    assert quick.takes_next(later) is None  # a claim frees nothing: the sweeper wakes by itself
    with survey_db.transaction() as session:
        assert lapses.sweep(session, now=later) == 1
    with pytest.raises(Conflict, match="已经不在您手上"):
        slow.enters("S1", "1", later)
    assert quick.takes_next(later) is None
    tomorrow = later + timedelta(days=1)
    assert quick.takes_next(tomorrow)
    quick.reaches_somebody(tomorrow)
    assert quick.enters("C1", "1", tomorrow) == "S1"


def test_a_long_answer_does_not_lose_the_case(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    (person,) = team(survey_db, vault, size=1)
    person.takes_next()
    person.reaches_somebody()
    with survey_db.transaction() as session:
        assert lapses.sweep(session, now=NOW + claims.LEASE + timedelta(minutes=5)) == 0


def test_a_heartbeat_keeps_the_case(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    (person,) = team(survey_db, vault, size=1)
    person.takes_next()
    with survey_db.transaction() as session:
        claims.renew(
            session,
            person.unit,
            interviewer=person.account,
            fence=person.fence,
            now=NOW + timedelta(seconds=100),
        )
        assert lapses.sweep(session, now=NOW + claims.LEASE + timedelta(seconds=1)) == 0


def test_a_second_tab_takes_over_and_the_first_can_no_longer_write(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    (person,) = team(survey_db, vault, size=1)
    person.takes_next()
    person.reaches_somebody()
    with survey_db.transaction() as session:
        taken = claims.take_over(session, person.unit, interviewer=person.account, now=NOW)
    with pytest.raises(Conflict, match="另一个页面"):
        person.enters("C1", "1")
    person.fence = taken.fence
    assert person.enters("C1", "1") == "S1"


def test_a_fence_never_comes_back(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    (person,) = team(survey_db, vault, size=1)
    person.takes_next()
    person.reaches_somebody()
    fences = [person.fence]
    for _ in range(3):
        with survey_db.transaction() as session:
            taken = claims.take_over(session, person.unit, interviewer=person.account, now=NOW)
            fences.append(taken.fence)
    later = NOW + claims.TALK + timedelta(seconds=1)
    with survey_db.transaction() as session:
        assert lapses.sweep(session, now=later) == 1
    later += timedelta(days=1)
    assert person.takes_next(later)
    fences.append(person.fence)
    assert fences == sorted(set(fences))
    for stale in fences[:-1]:
        person.fence = stale
        with pytest.raises(Conflict, match="另一个页面"):
            person.dials(later)


def test_nobody_touches_a_case_of_somebody_else(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (2, 2, 0)}, vault=vault)
    mine, other = team(survey_db, vault, size=2)
    mine.takes_next()
    other.unit, other.fence = mine.unit, mine.fence
    with pytest.raises(Conflict):
        other.dials()
    with pytest.raises(Conflict), survey_db.transaction() as session:
        claims.take_over(session, mine.unit, interviewer=other.account, now=NOW)


def test_a_case_handed_back_goes_to_another_interviewer(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    boss: Account = supervisor(survey_db)
    knows_them, other = team(survey_db, vault, size=2)
    knows_them.takes_next()
    with survey_db.transaction() as session:
        lapses.hand_back(session, knows_them.unit, by=boss, reason="认识", now=NOW)
    assert knows_them.takes_next() is None
    assert other.takes_next()
    assert case_of(survey_db, other.unit).counted == 0
    with survey_db.reading() as session:
        ends = session.scalars(select(Attempt.ended_by).order_by(Attempt.n)).all()
    assert ends == ["hand_back", None]


def test_a_talk_is_not_ended_by_a_supervisor(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    boss = supervisor(survey_db)
    (person,) = team(survey_db, vault, size=1)
    person.takes_next()
    person.reaches_somebody()
    with pytest.raises(Conflict, match="已经接通"), survey_db.transaction() as session:
        lapses.hand_back(session, person.unit, by=boss, reason="急", now=NOW)
    assert person.enters("C1", "1") == "S1"


def test_who_was_put_off_is_not_sent_again(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    first, second = team(survey_db, vault, size=2)
    first.takes_next()
    first.reaches_somebody()
    first.enters("C1", "3")
    first.ends("soft_refusal")
    later = NOW + timedelta(days=5)
    assert second.takes_next(later - timedelta(minutes=1)) is None
    assert first.takes_next(later) is None
    assert second.takes_next(later)


def test_an_appointment_comes_first_and_on_time(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (3, 3, 0)}, vault=vault)
    (person,) = team(survey_db, vault, size=1)
    person.takes_next()
    asked = person.unit
    person.reaches_somebody()
    person.enters("C1", "2")
    at = NOW + timedelta(hours=5)
    person.ends("appointment_respondent", appointment=at)
    early = person.takes_next(at - timedelta(minutes=11))
    assert early is not None
    assert early.unit != asked
    person.dials(at - timedelta(minutes=11))
    person.reaches_nobody(now=at - timedelta(minutes=11))
    kept = person.takes_next(at - timedelta(minutes=9))
    assert kept is not None
    assert kept.unit == asked


def test_attempts_rotate_over_windows_and_stay_within_the_rules(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault, rules=STANDARD)
    (person,) = team(survey_db, vault, size=1)
    now = NOW
    while now < NOW + timedelta(days=30):
        if person.takes_next(now):
            person.dials(now)
            person.reaches_nobody(now=now)
        now += timedelta(hours=1)
    with survey_db.reading() as session:
        windows = session.scalars(select(Attempt.window).order_by(Attempt.n)).all()
        days = {at.date() for at in session.scalars(select(Attempt.dialled_at)) if at}
    assert sorted(windows.count(window) for window in ("W1", "W2", "W3", "W4")) == [1, 1, 2, 2]
    assert len(days) >= 5
    assert case_of(survey_db, person.unit).final_code == "no_answer"


def test_a_resting_case_is_resumed_at_the_first_unanswered_item(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (2, 2, 0)}, vault=vault)
    person, other = team(survey_db, vault, size=2)
    person.takes_next()
    person.reaches_somebody()
    for item in ("C1", "S1", "S3", "S2A", "S2B", "A1"):
        person.enters(item, content(5)[item])
    person.ends("suspended_partial")
    later = NOW + timedelta(hours=24)
    taken = other.takes_next(later)
    assert taken is not None
    assert taken.unit == person.unit
    other.reaches_somebody(later)
    with survey_db.reading() as session:
        talk = interviews.so_far(session, other.unit)
    assert talk.next_item == "C1"
    assert [other.enters(item, "1", later) for item in ("C1", "S3")] == ["S3", "A2"]


def test_a_number_is_not_shown_again_once_the_hours_are_over(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (60, 60, 0)}, vault=vault, rules=STANDARD)
    (person,) = team(survey_db, vault, size=1)
    noon = NOW + timedelta(hours=2)
    assert person.takes_next(noon - timedelta(minutes=1))
    assert person.dials(noon - timedelta(minutes=1))
    with pytest.raises(Conflict, match="不是拨打时间"):
        person.dials(noon)
    person.reaches_nobody(now=noon)
