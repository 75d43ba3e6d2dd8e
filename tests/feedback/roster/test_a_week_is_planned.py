"""A week, a leave, a swap: bundles of duty rows that never overlap and never rewrite the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback.contacts import operations as contact_numbers
from feedback.duty import queries as duty
from feedback.duty.rules import HOLDER, PLANNED_COVER, SWAP
from feedback.models import Duty, OutboxMessage, SwapOffer, Worker
from feedback.roster.operations import leave as leaves
from feedback.roster.operations import planning, retirement, swap_news, swaps
from feedback.roster.queries import swaps as swap_queries
from feedback.roster.queries import weeks
from feedback.roster.rules.weeks import WEEK, LeaveRequest, SwapRequest, WeekPlan, begins, monday
from huying.base import clock
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.feedback.town import put_on_duty
from tests.support.examples import examples

DAY = timedelta(days=1)


@pytest.fixture
def staffed(town):
    """The town with a third worker, who holds nothing."""
    with town.database.transaction() as session:
        session.add(Worker(code="W3", name="赵敏", area_code="G2"))
        session.flush()
        contact_numbers.set_number(session, worker_code="W3", number="+99913900003", vault=town.vault)
    return town


def next_monday(town) -> date:
    return monday(clock.local(town.now).date()) + WEEK


def plan(town, wanted, *, week=None, at=None) -> list[str]:
    with town.database.transaction() as session:
        wanted_week = WeekPlan(week or next_monday(town), wanted)
        return list(planning.plan_week(session, wanted_week, by="office", now=at or town.now).changed)


def week_of(town, grid, *, week=None) -> list[tuple[str | None, int, str | None]]:
    start = begins(week or next_monday(town))
    with town.database.reading() as session:
        found = weeks.spans(duty.rows(session, grid), start=start, end=start + WEEK)
    return [(span.worker, span.layer, span.covering) for span in found]


def on_duty(town, grid, at) -> str | None:
    with town.database.reading() as session:
        row = duty.current(session, grid, at=at)
        return row.worker_code if row else None


def test_where_nobody_holds_the_grid_the_chosen_one_holds_it_for_that_week(staffed):
    assert plan(staffed, {"G2": "W2"}) == ["G2"]
    assert week_of(staffed, "G2") == [("W2", HOLDER, None)]
    assert week_of(staffed, "G2", week=next_monday(staffed) + WEEK) == [(None, HOLDER, None)]


def test_where_somebody_holds_it_another_is_their_cover(staffed):
    plan(staffed, {"G1": "W3"})
    assert week_of(staffed, "G1") == [("W3", PLANNED_COVER, "W1")]
    assert week_of(staffed, "G1", week=next_monday(staffed) + WEEK) == [("W1", HOLDER, None)]


def test_choosing_the_holder_again_takes_the_cover_back(staffed):
    plan(staffed, {"G1": "W3"})
    assert plan(staffed, {"G1": "W1"}) == ["G1"]
    assert week_of(staffed, "G1") == [("W1", HOLDER, None)]


def test_saving_the_same_week_again_changes_nothing(staffed):
    plan(staffed, {"G1": "W3", "G2": "W2"})
    with staffed.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Duty))
    assert plan(staffed, {"G1": "W3", "G2": "W2"}) == []
    with staffed.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Duty)) == before


def test_the_week_that_runs_is_changed_from_now_on_only(staffed):
    this = monday(clock.local(staffed.now).date())
    plan(staffed, {"G1": "W3"}, week=this)
    assert on_duty(staffed, "G1", staffed.now - timedelta(seconds=1)) == "W1"
    assert on_duty(staffed, "G1", staffed.now) == "W3"


def test_a_week_that_is_over_is_refused(staffed):
    with pytest.raises(Invalid):
        plan(staffed, {"G1": "W3"}, week=next_monday(staffed) - 2 * WEEK)


def test_a_cover_that_runs_on_past_the_week_goes_on_after_it(staffed):
    start = begins(next_monday(staffed))
    with staffed.database.transaction() as session:
        put_on_duty(session, "W2", "G1", start=start - 3 * DAY, end=start + 20 * DAY, layer=1)
    plan(staffed, {"G1": "W3"})
    seen = [on_duty(staffed, "G1", start + days * DAY) for days in (-4, -1, 0, 6, 7, 19, 20)]
    assert seen == ["W1", "W2", "W3", "W3", "W2", "W2", "W1"]


choices = st.dictionaries(st.sampled_from(["G1", "G2"]), st.sampled_from(["W1", "W2", "W3"]), min_size=1)


@examples(10)
@given(plans=st.lists(st.tuples(st.integers(0, 2), choices), min_size=1, max_size=4))
def test_whatever_was_planned_before_the_last_plan_of_a_week_holds_and_the_past_stays(staffed, plans):
    past = [staffed.now - timedelta(hours=hours) for hours in range(1, 200, 9)]
    before = [on_duty(staffed, "G1", moment) for moment in past]
    last: dict[tuple[int, str], str] = {}
    for week, wanted in plans:
        plan(staffed, wanted, week=next_monday(staffed) + week * WEEK)
        last |= {(week, grid): worker for grid, worker in wanted.items()}
    for (week, grid), worker in last.items():
        found = week_of(staffed, grid, week=next_monday(staffed) + week * WEEK)
        assert {who for who, _layer, _covering in found} == {worker}
    assert [on_duty(staffed, "G1", moment) for moment in past] == before


def leave(town, **how):
    today = clock.local(town.now).date()
    asked = LeaveRequest("W1", "W3", today + 2 * DAY, today + 4 * DAY, "休假")
    with town.database.transaction() as session:
        return leaves.grant(session, replace(asked, **how), by="office", now=town.now)


def test_a_leave_puts_the_cover_on_duty_in_every_grid_for_whole_days(staffed):
    with staffed.database.transaction() as session:
        put_on_duty(session, "W1", "G2", start=staffed.now - DAY)
    assert len(leave(staffed)) == 2
    start = begins(clock.local(staffed.now).date() + 2 * DAY)
    for grid in ("G1", "G2"):
        seen = [
            on_duty(staffed, grid, start + shift)
            for shift in (-timedelta(seconds=1), timedelta(), 3 * DAY - timedelta(seconds=1), 3 * DAY)
        ]
        assert seen == ["W1", "W3", "W3", "W1"]


def test_a_leave_from_today_begins_now(staffed):
    today = clock.local(staffed.now).date()
    (cover,) = leave(staffed, first=today, last=today)
    assert cover.valid_from == staffed.now


@pytest.mark.parametrize(
    "how",
    [
        {"cover_code": "W1"},
        {"worker_code": "W3", "cover_code": "W2"},
        {"first": date(2020, 1, 1), "last": date(2020, 1, 2)},
        {"first": date(2030, 1, 2), "last": date(2030, 1, 1)},
    ],
    ids=["by oneself", "of nothing", "gone by", "backwards"],
)
def test_a_leave_that_cannot_be_says_why_and_changes_nothing(staffed, how):
    with pytest.raises(Invalid):
        leave(staffed, **how)
    assert week_of(staffed, "G1") == [("W1", HOLDER, None)]


def test_two_covers_of_the_same_days_are_refused_and_nothing_is_half_done(staffed):
    with staffed.database.transaction() as session:
        put_on_duty(session, "W1", "G2", start=staffed.now - DAY)
        put_on_duty(session, "W2", "G2", start=staffed.now + DAY, end=staffed.now + 9 * DAY, layer=1)
    with pytest.raises(Conflict):
        leave(staffed)
    assert on_duty(staffed, "G1", staffed.now + 3 * DAY) == "W1"


def offer(town, *, from_worker="W1", **how) -> SwapOffer:
    asked = SwapRequest("G1", "W3", town.now + DAY, town.now + 2 * DAY)
    with town.database.transaction() as session:
        return swaps.offer(session, replace(asked, **how), from_worker=from_worker, now=town.now)


def settle(town, identity, *, worker="W3", agreed=True, at=None):
    with town.database.transaction() as session:
        return swaps.settle(session, identity, worker_code=worker, agreed=agreed, now=at or town.now)


def test_a_swap_holds_once_the_other_agrees(staffed):
    made = offer(staffed)
    middle = staffed.now + 1.5 * DAY
    assert on_duty(staffed, "G1", middle) == "W1"
    with staffed.database.reading() as session:
        assert [each.id for each in swap_queries.to_worker(session, "W3", now=staffed.now)] == [made.id]
    settle(staffed, made.id)
    assert on_duty(staffed, "G1", middle) == "W3"
    with staffed.database.reading() as session:
        assert duty.current(session, "G1", at=middle).layer == SWAP
        assert swap_queries.to_worker(session, "W3", now=staffed.now) == []


def test_a_no_leaves_all_as_it_was(staffed):
    settle(staffed, offer(staffed).id, agreed=False)
    assert on_duty(staffed, "G1", staffed.now + 1.5 * DAY) == "W1"


def test_only_who_was_asked_answers_and_only_once(staffed):
    made = offer(staffed)
    with pytest.raises(NotFound):
        settle(staffed, made.id, worker="W2")
    settle(staffed, made.id)
    with pytest.raises(Conflict):
        settle(staffed, made.id)


def test_an_offer_whose_time_is_over_is_refused(staffed):
    with pytest.raises(Conflict):
        settle(staffed, offer(staffed).id, at=staffed.now + 2 * DAY)


def take_back(town, identity, *, worker="W1", at=None):
    with town.database.transaction() as session:
        return swaps.take_back(session, identity, worker_code=worker, now=at or town.now)


def told(town, at=None):
    """What was stored since the last time: to whom, in what words."""
    with town.database.transaction() as session:
        before = set(session.scalars(select(OutboxMessage.id)))
        swap_news.tell(session, vault=town.vault, now=at or town.now)
        made = select(OutboxMessage).where(OutboxMessage.purpose == "swap", OutboxMessage.id.not_in(before))
        return sorted(tuple(each.subject.split("/")[1:]) for each in session.scalars(made))


def test_each_of_the_two_is_told_once_and_either_may_take_it_back(staffed):
    made, middle = offer(staffed), staffed.now + 1.5 * DAY
    assert told(staffed) == [("W3", "asked")]
    settle(staffed, made.id)
    assert told(staffed) == [("W1", "agreed")]
    with pytest.raises(NotFound):
        take_back(staffed, made.id, worker="W2")
    take_back(staffed, made.id, worker="W3", at=middle)
    assert on_duty(staffed, "G1", middle) == "W1"
    assert on_duty(staffed, "G1", middle - DAY / 10) == "W3", "what has passed stays"
    assert told(staffed, middle) == [("W1", "undone")]
    with pytest.raises(Conflict):
        take_back(staffed, made.id, at=middle)
    assert told(staffed, middle) == []


def test_a_request_that_nobody_answered_is_taken_back_by_who_asked_alone(staffed):
    made = offer(staffed)
    with pytest.raises(NotFound):
        take_back(staffed, made.id, worker="W3")
    take_back(staffed, made.id)
    with pytest.raises(Conflict):
        settle(staffed, made.id)
    assert told(staffed) == [("W3", "undone")]


@pytest.mark.parametrize(
    ("leaves", "then", "news"),
    [("W1", "W3", []), ("W3", "W1", [("W1", "undone")])],
    ids=["who asked", "cover"],
)
def test_whoever_leaves_leaves_nobody_on_duty_who_is_gone(staffed, leaves, then, news):
    settle(staffed, offer(staffed).id)
    told(staffed)
    with staffed.database.transaction() as session:
        retirement.retire(session, leaves, by="office", now=staffed.now)
    assert told(staffed) == news
    assert on_duty(staffed, "G1", staffed.now + 1.5 * DAY) == then


def test_a_shift_that_moved_is_no_longer_swapped(staffed):
    made = offer(staffed)
    with staffed.database.transaction() as session:
        put_on_duty(session, "W2", "G1", start=staffed.now + DAY, end=staffed.now + 3 * DAY, layer=1)
    with pytest.raises(Conflict, match="排班变了"):
        settle(staffed, made.id)
    assert on_duty(staffed, "G1", staffed.now + 1.5 * DAY) == "W2"


def test_nobody_swaps_what_is_another_s(staffed):
    with pytest.raises(Forbidden):
        offer(staffed, grid_code="G2")
    with pytest.raises(Invalid):
        offer(staffed, to_worker="W1")
    with pytest.raises(Invalid):
        offer(staffed, valid_from=staffed.now - DAY)


def test_a_week_under_an_open_emergency_says_who_answers_and_stores_nothing(staffed):
    with staffed.database.transaction() as session:
        put_on_duty(session, "W3", "G1", start=staffed.now, layer=3, now=staffed.now)
    before = week_of(staffed, "G1")
    with pytest.raises(Conflict, match=r"赵敏 自 .* 起临时顶班"):
        plan(staffed, {"G1": "W2"})
    assert week_of(staffed, "G1") == before
    assert plan(staffed, {"G1": "W3"}) == [], "nothing changed, so nothing is said to have"
