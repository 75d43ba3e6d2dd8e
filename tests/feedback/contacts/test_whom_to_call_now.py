"""Whom to call now: at every instant one answer, a number that was checked, and an institution below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.contacts.rules import (
    VALIDITY,
    CallableNumber,
    ContactChoice,
    check_chain,
    choose,
    holds_until,
    showable,
)
from feedback.duty.rules import EMERGENCY, HOLDER, PLANNED_COVER, SWAP, DutyRow, live_duty
from huying.base.errors import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZERO = datetime(2025, 11, 22, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICE_HOURS = (time(9), time(18))


def at(minute: float) -> datetime:
    return ZERO + timedelta(minutes=minute)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 11, 22, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def row(worker: str, start: float, end: float | None, layer: int = 0) -> DutyRow:
    return DutyRow("G3", worker, layer, at(start), None if end is None else at(end))


def number(owner: str, **known: object) -> CallableNumber:
    fresh = CallableNumber(
        owner, "网格员", "+9991" + owner.encode().hex()[:8], "mobile", verified_at=ZERO - timedelta(hours=1)
    )
    return replace(fresh, **known)  # type: ignore[arg-type]


OFFICE = number("和平里居委会", role="居委会", kind="landline", hours=OFFICE_HOURS)
STREET = number("街道值班室", role="街道值班室", kind="landline")
CITY = CallableNumber("12345", "政务热线", "12345", "landline")
CHAIN = (OFFICE, STREET, CITY)
EDGES = (row("A", 0, 100), row("B", 100, 200), row("C", 50, 60, layer=1))


def ask(when: datetime, *, duty=EDGES, numbers=None, chain=CHAIN, leader=()) -> ContactChoice:
    known = {name: [number(name)] for name in "ABC"} if numbers is None else numbers
    return choose(
        duty=duty,
        numbers_by_worker=known,
        institution_chain=chain,
        at=when,
        timezone=SHANGHAI,
        leader_numbers=leader,
    )


@st.composite
def duties(draw: st.DrawFn) -> list[DutyRow]:
    """Duty rows of one grid, none overlapping another live one of its layer; some are retracted."""
    rows = []
    for layer in range(4):
        edges = sorted(draw(st.sets(st.integers(0, 60), max_size=6)))
        for start, end in zip(edges[::2], edges[1::2], strict=False):
            worker = draw(st.sampled_from("ABC"))
            gone = draw(st.sampled_from([None, None, None, ZERO]))
            rows.append(replace(row(worker, start, end, layer), retracted_at=gone))
    return draw(st.permutations(rows))


numbers = st.builds(
    CallableNumber,
    owner_name=st.just("王某"),
    role=st.just("网格员"),
    e164=st.sampled_from(["+99910000001", "+99910000002"]),
    kind=st.sampled_from(["mobile", "landline", "relay"]),
    verified_at=st.none() | st.integers(-60 * 24 * 40, 60).map(at),
    expires_at=st.none() | st.integers(-60 * 24 * 10, 60 * 24 * 40).map(at),
    failed_at=st.none() | st.integers(-60 * 24 * 40, 60).map(at),
    hours=st.none() | st.tuples(st.times(), st.times()),
)
instants = st.integers(-5, 65).map(at)


@settings(deadline=None)
@given(rows=duties(), when=instants)
def test_the_highest_live_layer_answers_alone(rows, when):
    holding = [r for r in rows if r.retracted_at is None and r.valid_from <= when < r.valid_to]
    found = live_duty(rows, at=when)
    if not holding:
        assert found is None
    else:
        top = max(r.layer for r in holding)
        assert [found] == [r for r in holding if r.layer == top]


@settings(deadline=None)
@given(
    rows=duties(), own=st.dictionaries(st.sampled_from("ABC"), st.lists(numbers, max_size=3)), when=instants
)
def test_there_is_always_one_number_to_call_and_a_personal_one_was_checked(rows, own, when):
    answer = ask(when, duty=rows, numbers=own)
    on_duty = live_duty(rows, at=when)
    assert answer.institution in CHAIN
    assert (answer.state == "vacant") is (answer.worker is None) is (on_duty is None)
    if answer.personal:
        assert showable(answer.number, at=when, timezone=SHANGHAI)
        assert answer.number in own[on_duty.worker]
    if answer.state == "fresh":
        assert answer.personal
        assert on_duty.layer == 0
    if answer.state in {"stale", "vacant"}:
        assert not answer.personal


@settings(deadline=None)
@given(rows=duties(), when=instants)
def test_nobody_else_comes_on_duty_before_the_stated_end(rows, when):
    answer = ask(when, duty=rows)
    last = at(70) if answer.until is None else answer.until
    moment = when
    while moment < last:
        assert ask(moment, duty=rows).worker == answer.worker
        moment += timedelta(minutes=1)
    if answer.until is not None:
        later = ask(answer.until, duty=rows)
        assert (later.worker, later.layer) != (answer.worker, answer.layer)


def test_a_page_asked_before_a_duty_was_known_never_ends_at_once():
    later = replace(row("A", 0, 100), recorded_at=at(53))
    assert (ask(at(0), duty=[later]).state, ask(at(0), duty=[later]).until) == ("vacant", None)


def test_the_layers_keep_the_numbers_under_which_they_are_stored():
    assert (HOLDER, PLANNED_COVER, SWAP, EMERGENCY) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("minute", "worker"),
    [(0, "A"), (49, "A"), (50, "C"), (59, "C"), (60, "A"), (99, "A"), (100, "B"), (199, "B"), (200, None)],
)
def test_the_edges_of_duty_are_half_open(minute, worker):
    assert ask(at(minute)).worker == worker


def test_a_holder_with_a_checked_number_is_fresh_until_the_next_one_comes():
    answer = ask(at(0))
    assert (answer.state, answer.until, answer.layer) == ("fresh", at(50), 0)
    assert answer.number == number("A")
    assert answer.institution == STREET


def test_a_cover_answers_as_cover_until_it_ends():
    answer = ask(at(55))
    assert (answer.state, answer.worker, answer.until, answer.layer) == ("covered", "C", at(60), 1)


def test_two_rows_in_a_row_of_one_worker_end_with_the_second():
    assert ask(at(0), duty=[row("A", 0, 10), row("A", 10, 30)]).until == at(30)


def test_a_shown_number_answers_until_its_hours_end():
    own = {"A": [number("A", hours=OFFICE_HOURS)]}
    answer = ask(local(10), duty=[row("A", 0, None)], numbers=own)
    assert (answer.state, answer.until) == ("fresh", local(18))


def test_after_hours_the_institution_that_is_open_answers():
    own = {"A": [number("A", hours=OFFICE_HOURS)]}
    answer = ask(local(18), duty=[row("A", 0, None)], numbers=own)
    assert (answer.state, answer.worker, answer.after_hours) == ("covered", "A", True)
    assert answer.number == answer.institution == STREET


def test_an_unchecked_number_is_not_shown():
    answer = ask(at(5), numbers={"A": [number("A", verified_at=None)]})
    assert (answer.state, answer.worker, answer.after_hours) == ("stale", "A", False)
    assert answer.number == STREET
    assert not answer.personal


def test_a_worker_without_any_number_is_stale():
    assert ask(at(5), numbers={}).state == "stale"


def test_a_vacant_grid_says_since_when_and_until_when():
    duty = [row("A", 0, 10), row("C", 5, 12, layer=1), row("B", 30, 40)]
    answer = ask(at(20), duty=duty)
    assert (answer.state, answer.worker, answer.since, answer.until) == ("vacant", None, at(12), at(30))


def test_whoever_is_on_duty_leaves_no_vacancy_to_be_dated():
    assert ask(at(20), duty=[row("A", 0, 10), row("B", 10, 30)]).since is None


def test_a_vacancy_begins_with_the_last_end_and_not_with_what_was_taken_back_or_is_to_come():
    duty = [
        row("A", 0, 10),
        replace(row("C", 5, 15), retracted_at=at(1)),
        replace(row("C", 6, None), retracted_at=at(1)),
        row("B", 30, None),
    ]
    assert ask(at(20), duty=duty).since == at(10)
    assert ask(at(10), duty=duty).since == at(10)


def test_a_grid_that_never_had_anybody_is_vacant_without_a_date():
    answer = ask(at(20), duty=[])
    assert (answer.state, answer.since, answer.until) == ("vacant", None, None)


def test_a_retracted_row_never_held():
    duty = [row("A", 0, 100), replace(row("C", 50, 60, layer=3), retracted_at=at(55))]
    assert live_duty(duty, at=at(52)).worker == "A"
    assert ask(at(55), duty=duty).worker == "A"


def test_until_it_was_taken_back_a_row_was_believed():
    duty = [row("A", 0, 100), replace(row("C", 50, 60, layer=3), retracted_at=at(55))]
    assert ask(at(52), duty=duty).worker == "C"


def test_what_was_entered_later_was_not_known_before():
    duty = [row("A", 0, 100), replace(row("C", 50, 60, layer=3), recorded_at=at(53))]
    assert ask(at(52), duty=duty).worker == "A"
    assert ask(at(53), duty=duty).worker == "C"


def test_a_number_of_the_post_goes_before_a_private_one():
    private, duty_phone, relay = number("A"), number("值班", of_post=True), number("转接", kind="relay")
    assert ask(at(5), numbers={"A": [private, duty_phone]}).number == duty_phone
    assert ask(at(5), numbers={"A": [private, relay]}).number == relay
    assert ask(at(5), numbers={"A": [private, replace(relay, failed_at=at(0))]}).number == private


def test_the_grid_leader_comes_before_the_institutions():
    leader = number("李组长", role="网格长")
    answer = ask(at(5), numbers={}, leader=[leader])
    assert (answer.state, answer.number, answer.institution) == ("stale", leader, STREET)
    assert answer.personal


def test_the_community_office_answers_in_its_hours():
    assert ask(local(10), duty=[]).number == OFFICE


def test_the_end_of_the_chain_is_shown_whatever_is_known_of_it():
    unchecked = replace(OFFICE, verified_at=None)
    assert ask(at(5), duty=[], chain=[unchecked, CITY]).number == CITY
    assert ask(at(5), duty=[], chain=[unchecked, replace(STREET, verified_at=None), CITY]).number == CITY


@pytest.mark.parametrize("chain", [(), (OFFICE,), (STREET, OFFICE)])
def test_a_chain_without_an_end_is_refused(chain):
    with pytest.raises(Refused, match="12345"):
        check_chain(chain)
    with pytest.raises(Refused, match="12345"):
        ask(at(5), chain=chain)


@pytest.mark.parametrize(("kind", "days"), [("mobile", 7), ("landline", 30), ("relay", 7)])
def test_a_check_holds_for_its_days_and_not_an_instant_longer(kind, days):
    checked = number("A", kind=kind, verified_at=ZERO)
    end = ZERO + days * DAY
    assert showable(checked, at=ZERO, timezone=SHANGHAI)
    assert showable(checked, at=end - timedelta(microseconds=1), timezone=SHANGHAI)
    assert not showable(checked, at=end, timezone=SHANGHAI)


def test_an_earlier_expiry_counts_and_a_later_one_does_not():
    early, late = number("A", expires_at=at(10)), number("A", expires_at=ZERO + 90 * DAY)
    assert not showable(early, at=at(10), timezone=SHANGHAI)
    assert not showable(late, at=ZERO + 8 * DAY, timezone=SHANGHAI)


def test_a_failure_since_the_check_hides_a_number_until_the_next_check():
    failed = number("A", verified_at=at(0), failed_at=at(5))
    assert not showable(failed, at=at(6), timezone=SHANGHAI)
    assert not showable(failed, at=at(5), timezone=SHANGHAI)
    assert showable(replace(failed, verified_at=at(7)), at=at(8), timezone=SHANGHAI)


def test_a_failure_at_the_very_check_hides_the_number_too():
    assert not showable(number("A", verified_at=at(0), failed_at=at(0)), at=at(6), timezone=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "clock", "shown"),
    [
        (OFFICE_HOURS, time(8, 59), False),
        (OFFICE_HOURS, time(9), True),
        (OFFICE_HOURS, time(17, 59), True),
        (OFFICE_HOURS, time(18), False),
        ((time(20), time(6)), time(19, 59), False),
        ((time(20), time(6)), time(20), True),
        ((time(20), time(6)), time(23), True),
        ((time(20), time(6)), time(5, 59), True),
        ((time(20), time(6)), time(6), False),
        ((time(8), time(8)), time(3), True),
        ((time(8), time(8)), time(8), True),
    ],
)
def test_hours_are_read_from_the_clock_on_the_wall(hours, clock, shown):
    checked = number("A", hours=hours, verified_at=ZERO - DAY)
    assert showable(checked, at=local(clock.hour, clock.minute), timezone=SHANGHAI) is shown


def test_hours_that_run_over_midnight_end_the_next_morning():
    own = {"A": [number("A", hours=(time(20), time(6)))]}
    assert ask(local(23), duty=[row("A", 0, None)], numbers=own).until == local(6) + DAY


def test_hours_that_begin_as_they_end_are_over_a_day_later():
    own = {"A": [number("A", hours=(time(8), time(8)))]}
    assert ask(local(8), duty=[row("A", 0, None)], numbers=own).until == local(8) + DAY


@pytest.mark.parametrize(("kind", "days"), [("mobile", 7), ("landline", 30), ("relay", 7)])
def test_an_answer_changes_when_the_check_of_its_number_ends(kind, days):
    checked = number("A", kind=kind, verified_at=ZERO)
    assert holds_until(duty=[], numbers=[checked], at=at(5), timezone=SHANGHAI) == ZERO + days * DAY


@pytest.mark.parametrize(
    ("known", "turn"),
    [
        ({"expires_at": at(10)}, at(10)),
        ({"verified_at": at(10)}, at(10)),
        ({"failed_at": at(10)}, at(10)),
        ({"hours": (time(8, 10), time(18))}, at(10)),
        ({"hours": (time(18), time(8, 10))}, at(10)),
    ],
)
def test_an_answer_changes_when_a_number_expires_is_checked_or_fails_or_its_hours_turn(known, turn):
    own = number("A", **known)
    assert holds_until(duty=[], numbers=[own], at=at(5), timezone=SHANGHAI) == turn
    assert holds_until(duty=[], numbers=[own], at=turn, timezone=SHANGHAI) > turn


@given(known=st.lists(numbers, max_size=3), when=instants)
def test_no_answer_outlives_the_check_of_a_number_that_it_may_show(known, when):
    holds = holds_until(duty=[], numbers=known, at=when, timezone=SHANGHAI)
    for each in known:
        if showable(each, at=when, timezone=SHANGHAI):
            ends = each.verified_at + VALIDITY[each.kind]
            assert when < holds <= (ends if each.expires_at is None else min(ends, each.expires_at))


def test_what_was_taken_back_changes_no_answer():
    gone = replace(row("A", 10, 20), retracted_at=at(0))
    assert holds_until(duty=[gone], numbers=[], at=at(5), timezone=SHANGHAI) is None
    assert holds_until(duty=[row("A", 10, 20)], numbers=[], at=at(5), timezone=SHANGHAI) == at(10)


@settings(deadline=None)
@given(
    rows=duties(), own=st.dictionaries(st.sampled_from("ABC"), st.lists(numbers, max_size=2)), when=instants
)
def test_until_the_stated_instant_the_answer_is_the_same_whatever_the_second(rows, own, when):
    answer = ask(when, duty=rows, numbers=own)
    known = [*CHAIN, *(each for listed in own.values() for each in listed)]
    holds = holds_until(duty=rows, numbers=known, at=when, timezone=SHANGHAI)
    end = min(holds or at(70), when + timedelta(days=3))
    assert end > when
    for moment in (when, when + (end - when) / 2, end - timedelta(seconds=1)):
        later = ask(max(moment, when), duty=rows, numbers=own)
        assert (later.state, later.number, later.institution) == (
            answer.state,
            answer.number,
            answer.institution,
        )


def test_a_doubt_labels_a_number_and_moves_nobody():
    doubted = number("A", suspected_at=at(5))
    answer = ask(at(10), numbers={"A": [doubted]})
    assert (answer.state, answer.number, answer.suspect) == ("fresh", doubted, True)
    settled = replace(doubted, verified_at=at(6))
    assert not ask(at(10), numbers={"A": [settled]}).suspect


def test_only_a_checked_number_is_doubted_and_from_the_instant_of_its_check_on():
    assert not number("A").suspect
    assert not number("A", verified_at=None, suspected_at=at(5)).suspect
    assert number("A", verified_at=at(5), suspected_at=at(5)).suspect


def test_an_answer_is_not_after_hours_unless_it_says_so():
    assert not ContactChoice("vacant", None, CITY, CITY, until=None).after_hours
