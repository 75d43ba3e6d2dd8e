"""Whom the log of a field gives an interviewer, offer by offer: the rules by value, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey.fieldwork.rules import fit
from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.field_log import (
    FieldLog,
    LoggedAttempt,
    LoggedCase,
    LoggedOffer,
    LoggedPlacement,
    LoggedRefresh,
    LoggedTrait,
)
from survey.fieldwork.rules.fit import Season
from survey.fieldwork.rules.queue import APPOINTED, ORDINARY, PARTIAL, FieldRules
from survey.fieldwork.rules.replay import Replay, Replayed
from survey.waves.rules.effort import Effort

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten o'clock of a Monday where people are called, in the first window."""
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ANY_HOUR = FieldRules("s", any_hour=True)
ANNA, BO = 1, 2


def case(unit: str, rank: int, **known: object) -> LoggedCase:
    return replace(LoggedCase(unit, f"street of {unit}", rank, TEN - timedelta(days=1)), **known)  # type: ignore[arg-type]


def offer(seq: int, unit: str = "?", *, at: datetime = TEN, who: int = ANNA) -> LoggedOffer:
    return LoggedOffer(seq, at, who, unit, (0, 0, 0, 0), {})


def back(unit: str, *, after: int, **known: object) -> LoggedPlacement:
    ordinary = LoggedPlacement(
        1, unit, after, ORDINARY, TEN, counted=0, attempts=0, pinned=None, language=None
    )
    return replace(ordinary, **known)  # type: ignore[arg-type]


def replayed(
    cases: Iterable[LoggedCase],
    offers: Iterable[LoggedOffer],
    *,
    placements: Iterable[LoggedPlacement] = (),
    refreshes: Iterable[LoggedRefresh] = (),
    traits: Iterable[LoggedTrait] = (),
    rules: FieldRules = ANY_HOUR,
) -> list[Replayed]:
    known = {each.unit: each for each in cases}
    log = FieldLog(known, list(offers), list(placements), list(refreshes), list(traits))
    return list(Replay(log, rules=rules).run())


def given(*args: object, **known: object) -> list[str | None]:
    return [each.unit for each in replayed(*args, **known)]  # type: ignore[arg-type]


def passed(*args: object, **known: object) -> Mapping[str, int]:
    return replayed(*args, **known)[-1].filtered  # type: ignore[arg-type]


def tried(
    n: int, *, who: int = ANNA, another: bool = False, rang: bool = False, at: datetime = TEN
) -> LoggedAttempt:
    made = DialledAttempt(at, code="no_answer", back=rang)
    return LoggedAttempt(n, who, at, at + MINUTE, another, rang, made)


A, B = case("A", 1), case("B", 2)


def test_of_cases_alike_the_lot_decides_and_who_was_offered_waits_no_more() -> None:
    assert given([B, A], [offer(1, "A"), offer(2, "B"), offer(3)]) == ["A", "B", None]


def test_what_decided_is_class_fit_attempts_and_rank() -> None:
    (found,) = replayed([case("A", 7)], [offer(1, "A")])
    assert found.key == (ORDINARY, 1, 0, 7)
    (nobody,) = replayed([], [offer(1, "A")])
    assert (nobody.unit, nobody.key, nobody.filtered) == (None, None, {})


def test_offers_are_followed_in_their_order_whatever_order_they_are_read_in() -> None:
    assert given([A, B], [offer(2, "B", at=TEN + MINUTE), offer(1, "A")]) == ["A", "B"]


def test_an_offer_agrees_that_has_the_same_case_the_same_key_and_passed_over_as_many() -> None:
    street = [LoggedTrait(ANNA, "street", A.stratum, TEN, None)]
    true = LoggedOffer(1, TEN, ANNA, "B", (ORDINARY, 1, 0, 2), {"street": 1})
    assert [each.agrees for each in replayed([A, B], [true], traits=street)] == [True]
    for forged in (
        replace(true, unit="A"),
        replace(true, key=(ORDINARY, 1, 0, 1)),
        replace(true, filtered={}),
        replace(true, filtered={"street": 2}),
    ):
        assert [each.agrees for each in replayed([A, B], [forged], traits=street)] == [False]


def test_a_case_waits_from_the_instant_of_its_release() -> None:
    assert given([case("A", 1, released=TEN)], [offer(1)]) == ["A"]
    assert given([case("A", 1, released=TEN + SECOND)], [offer(1)]) == [None]


def test_a_case_comes_back_after_the_offer_that_its_call_followed() -> None:
    offers = [offer(1, "A"), offer(2, "A"), offer(3, "A")]
    assert given([A], offers, placements=[back("A", after=1)]) == ["A", "A", None]
    assert given([A], offers, placements=[back("A", after=2)]) == ["A", None, "A"]


def test_of_two_ways_in_which_a_case_was_put_back_the_later_holds() -> None:
    both = [back("A", after=1, seq=2, counted=5), back("A", after=1, seq=1, counted=3)]
    assert replayed([A], [offer(1, "A"), offer(2, "A")], placements=both)[1].key == (ORDINARY, 1, 5, 1)


def test_who_was_tried_less_goes_first_whatever_the_lot_says() -> None:
    again = [back("A", after=1, counted=1, attempts=0)]
    assert given([A, B], [offer(1, "A"), offer(2, "B"), offer(3, "A")], placements=again) == ["A", "B", "A"]


def test_a_case_that_is_not_due_is_nobodys() -> None:
    later = [back("A", after=1, due=TEN + MINUTE)]
    at = [TEN, TEN + MINUTE - SECOND, TEN + MINUTE]
    offers = [offer(seq, "A" if seq == 1 else "?", at=moment) for seq, moment in enumerate(at, start=1)]
    assert given([A], offers, placements=later) == ["A", None, "A"]


def test_what_the_log_gave_away_before_its_time_is_gone_when_the_time_comes() -> None:
    later = [back("A", after=1, due=TEN + MINUTE)]
    early = offer(2, "A", at=TEN)
    assert given([A], [offer(1, "A"), early, offer(3, at=TEN + 2 * MINUTE)], placements=later) == [
        "A",
        None,
        None,
    ]


def test_a_case_that_no_rule_opens_is_offered_to_nobody() -> None:
    done = FieldRules("s", any_hour=True, effort=Effort(1, 1, 1, 0))
    call = replace(tried(1), dialled=DialledAttempt(TEN, code="no_answer", window="W1"))
    called = replace(A, attempts=[call])
    offers = [offer(1, "A"), offer(2, "B"), offer(3)]
    again = [back("A", after=1, attempts=1)]
    assert given([called, B], offers, placements=again, rules=done) == ["A", "B", None]
    assert given([called, B], offers, placements=[back("A", after=1)], rules=done) == ["A", "A", "A"]


def test_only_calls_that_were_made_by_then_and_rang_decide_which_window_opens_next() -> None:
    def offered(*calls: LoggedAttempt, made: int) -> str | None:
        known = case("A", 1, released=OLD, attempts=calls)
        again = [back("A", after=1, attempts=made)]
        offers = [offer(1, "A"), offer(2, at=TEN + MINUTE)]
        return given([known], offers, placements=again, refreshes=[OPENED], rules=SLOTS)[1]

    called = replace(tried(1), dialled=DialledAttempt(TEN, code="no_answer", window="W1"))
    assert offered(called, made=1) is None
    assert offered(called, made=0) == "A"
    assert offered(replace(called, dialled=None), made=1) == "A"


def test_an_interview_to_go_on_with_goes_before_whoever_was_never_called() -> None:
    again = [back("B", after=2, priority=PARTIAL)]
    offers = [offer(1, "A"), offer(2, "B"), offer(3)]
    found = replayed([A, B, case("C", 3)], offers, placements=again)
    assert [each.unit for each in found] == ["A", "B", "B"]
    assert found[2].key == (PARTIAL, TEN, 0, 2)


@pytest.mark.parametrize(
    ("minutes", "key", "unit"),
    [(-11, ORDINARY, "B"), (-10, 0, "A"), (0, 0, "A"), (10, 0, "A"), (11, APPOINTED, "A")],
)
def test_an_appointment_is_kept_from_ten_minutes_before_its_time_on(
    minutes: int, key: int, unit: str
) -> None:
    due = TEN + timedelta(hours=1)
    promised = [back("A", after=1, priority=APPOINTED, due=due)]
    offers = [offer(1, "A"), offer(2, at=due + minutes * MINUTE)]
    found = replayed([A, B], offers, placements=promised)[1]
    assert found.unit == unit
    assert found.key == ((key, due, 0, 1) if unit == "A" else (ORDINARY, 1, 0, 2))


def test_a_case_that_was_promised_and_is_ordinary_again_goes_by_its_fit() -> None:
    ways = [
        back("A", after=1, seq=1, priority=APPOINTED, due=TEN),
        back("A", after=1, seq=2, counted=1, attempts=0),
    ]
    assert given([A, B], [offer(1, "A"), offer(2)], placements=ways) == ["A", "B"]


@pytest.mark.parametrize("pinned", [None, ANNA])
def test_an_appointment_with_oneself_or_with_nobody_by_name_is_not_passed_over(pinned: int | None) -> None:
    promised = [back("A", after=1, priority=APPOINTED, due=TEN, pinned=pinned)]
    assert given([A], [offer(1, "A"), offer(2)], placements=promised) == ["A", "A"]


@pytest.mark.parametrize(("seconds", "unit"), [(-1, None), (0, "A")])
def test_whoever_was_promised_is_waited_for_until_five_minutes_after_the_time(
    seconds: int, unit: str | None
) -> None:
    promised = [back("A", after=1, priority=APPOINTED, due=TEN, pinned=BO)]
    late = offer(2, at=TEN + 5 * MINUTE + seconds * SECOND)
    assert given([A], [offer(1, "A"), late], placements=promised) == ["A", unit]
    assert given([A], [offer(1, "A"), replace(late, interviewer=BO)], placements=promised) == ["A", "A"]
    if unit is None:
        assert passed([A], [offer(1, "A"), late], placements=promised) == {"pinned": 1}


def test_only_an_appointment_is_kept_for_one_voice() -> None:
    again = [back("A", after=1, priority=PARTIAL, pinned=BO)]
    assert given([A], [offer(1, "A"), offer(2)], placements=again) == ["A", "A"]


def test_who_wished_for_no_call_is_not_offered_while_the_wish_stands() -> None:
    for wishes, unit in (
        ([(TEN - SECOND, None)], None),
        ([(TEN, None)], "A"),
        ([(TEN - SECOND, TEN)], None),
        ([(TEN - MINUTE, TEN - SECOND)], "A"),
    ):
        assert given([replace(A, wishes=wishes)], [offer(1)]) == [unit]


def test_a_closed_case_is_offered_no_more_until_it_is_put_back_after_its_end() -> None:
    closed = replace(A, closed=[TEN + MINUTE])
    offers = [offer(1, "B"), offer(2, "C", at=TEN + 2 * MINUTE), offer(3, at=TEN + 3 * MINUTE)]
    others = [case("B", 0), case("C", 0)]
    assert given([closed, *others], offers) == ["B", "C", None]
    assert given([closed, *others], offers, placements=[back("A", after=2)]) == ["B", "C", "A"]
    assert given([closed, *others], offers, placements=[back("A", after=1)]) == ["B", "C", None]


def test_a_case_that_had_ended_before_anything_was_offered_is_offered_once_it_is_put_back() -> None:
    closed = replace(A, closed=[TEN - MINUTE])
    offers = [offer(1, "B"), offer(2, at=TEN + MINUTE)]
    assert given([closed, case("B", 0)], offers) == ["B", None]
    assert given([closed, case("B", 0)], offers, placements=[back("A", after=1)]) == ["B", "A"]


def test_a_case_that_ends_at_the_very_instant_may_still_be_offered() -> None:
    assert given([replace(A, closed=[TEN])], [offer(1)]) == ["A"]
    assert given([replace(A, closed=[TEN - SECOND])], [offer(1)]) == [None]


@pytest.mark.parametrize(
    ("call", "unit"),
    [
        (tried(1, rang=True), None),
        (tried(1, rang=True, at=TEN + SECOND), "A"),
        (tried(1), "A"),
    ],
)
def test_a_household_that_rang_since_it_waits_is_in_other_hands(
    call: LoggedAttempt, unit: str | None
) -> None:
    assert given([replace(A, attempts=[call])], [offer(1)]) == [unit]


def test_a_household_whose_own_call_was_worked_is_offered_again() -> None:
    called = replace(A, attempts=[tried(1, rang=True)])
    other = case("B", 0)
    offers = [offer(1, "B"), offer(2)]
    assert given([called, other], offers, placements=[back("A", after=1, attempts=1)]) == ["B", "A"]


def test_whom_one_had_to_leave_to_another_one_is_never_offered_again() -> None:
    left = replace(A, attempts=[tried(1, another=True)])
    again = [back("A", after=1, attempts=1)]
    assert passed([left], [offer(1, "A"), offer(2)], placements=again) == {"declined": 1}
    assert given([left], [offer(1, "A"), offer(2, who=BO)], placements=again) == ["A", "A"]
    assert given([left], [offer(1, "A"), offer(2)], placements=[back("A", after=1)]) == ["A", "A"]
    own = replace(A, attempts=[tried(1)])
    assert given([own], [offer(1, "A"), offer(2)], placements=again) == ["A", "A"]


@pytest.mark.parametrize(
    ("trait", "unit"),
    [
        (LoggedTrait(ANNA, "street", A.stratum, TEN, None), None),
        (LoggedTrait(ANNA, "street", A.stratum, TEN + SECOND, None), "A"),
        (LoggedTrait(ANNA, "street", A.stratum, TEN - MINUTE, TEN), "A"),
        (LoggedTrait(ANNA, "street", A.stratum, TEN - MINUTE, TEN + SECOND), None),
        (LoggedTrait(ANNA, "street", "elsewhere", TEN, None), "A"),
        (LoggedTrait(BO, "street", A.stratum, TEN, None), "A"),
        (LoggedTrait(ANNA, "language", A.stratum, TEN, None), "A"),
    ],
)
def test_nobody_is_offered_their_own_street_as_long_as_it_is_theirs(
    trait: LoggedTrait, unit: str | None
) -> None:
    assert given([A], [offer(1)], traits=[trait]) == [unit]
    assert passed([A], [offer(1)], traits=[trait]) == ({} if unit else {"street": 1})


def test_a_household_is_called_by_whoever_speaks_its_language() -> None:
    spoken = [back("A", after=1, language="ug")]
    speaks = [LoggedTrait(BO, "language", "ug", TEN, None)]
    offers = [offer(1, "A"), offer(2), offer(3, who=BO)]
    found = replayed([A], offers, placements=spoken, traits=speaks)
    assert [each.unit for each in found] == ["A", None, "A"]
    assert found[1].filtered == {"language": 1}


def test_whoever_was_passed_over_waits_for_the_next_interviewer_in_the_same_place() -> None:
    street = [LoggedTrait(ANNA, "street", A.stratum, TEN, None)]
    found = replayed([A, B], [offer(1, "B"), offer(2, "A", who=BO)], traits=street)
    assert [(each.unit, dict(each.filtered)) for each in found] == [("B", {"street": 1}), ("A", {})]


SEASON = Season("s", "2026-11-23", fit.no_counts())
OPENED = LoggedRefresh(TEN - 30 * MINUTE, 0, "2026-11-23 W1", SEASON)
SLOTS = FieldRules("s")
OLD = TEN - timedelta(days=4)
"""Released so long ago that every window is open to a first call."""


def rank_in_w1(unit: str) -> int:
    values = fit.thetas(SEASON.draws(unit, (), among=["W1", "W2", "W3", "W4"]))
    return fit.fit("W1", values=dict(zip(["W1", "W2", "W3", "W4"], values, strict=True)))


UNITS = {rank_in_w1(f"U{number}"): f"U{number}" for number in range(60)}
"""A household of each rank that the window of the morning may have."""


def test_within_a_window_cases_go_by_how_it_suits_them_and_then_by_lot() -> None:
    cases = [case(UNITS[rank], 9 - rank, released=OLD) for rank in (4, 2, 1, 3)]
    offers = [offer(seq, UNITS[seq]) for seq in (1, 2, 3, 4)]
    found = replayed(cases, offers, refreshes=[OPENED], rules=SLOTS)
    assert [(each.unit, each.key) for each in found] == [
        (UNITS[rank], (ORDINARY, rank, 0, 9 - rank)) for rank in (1, 2, 3, 4)
    ]


def test_before_anything_was_drawn_for_a_window_nobody_is_called_in_it() -> None:
    cases = [case("A", 1, released=OLD)]
    assert given(cases, [offer(1)], rules=SLOTS) == [None]
    assert given(cases, [offer(1)], refreshes=[replace(OPENED, after_offer=1)], rules=SLOTS) == [None]
    assert given(cases, [offer(1)], refreshes=[replace(OPENED, stamp="2026-11-23 W2")], rules=SLOTS) == [None]
    assert given(cases, [offer(1)], refreshes=[OPENED], rules=SLOTS) == ["A"]


def test_the_last_that_was_drawn_holds() -> None:
    other = replace(OPENED, at=OPENED.at + MINUTE, stamp="2026-11-23 W2")
    cases = [case("A", 1, released=OLD)]
    assert given(cases, [offer(1)], refreshes=[other, OPENED], rules=SLOTS) == [None]
    assert given(cases, [offer(1)], refreshes=[OPENED, replace(other, stamp=OPENED.stamp)], rules=SLOTS) == [
        "A"
    ]


def test_between_windows_only_what_was_wished_for_is_offered() -> None:
    noon = TEN + timedelta(hours=2, minutes=30)
    cases = [case("A", 1, released=OLD), case("B", 2, released=OLD)]
    promised = [back("A", after=1, priority=APPOINTED, due=noon, attempts=0)]
    offers = [offer(1, "A"), offer(2, at=noon), offer(3, at=noon)]
    found = given(
        cases,
        [replace(offers[0], unit="A"), *offers[1:]],
        placements=promised,
        refreshes=[OPENED],
        rules=SLOTS,
    )
    assert found[1:] == ["A", "A"]
    worked = [replace(offers[1], unit="A"), offers[2]]
    assert given(cases, [offers[0], *worked], placements=promised, refreshes=[OPENED], rules=SLOTS)[2] is None


def test_a_case_that_waits_since_another_day_is_placed_anew_when_a_window_opens() -> None:
    tomorrow = TEN + timedelta(days=1)
    opened = LoggedRefresh(tomorrow - 30 * MINUTE, 1, "2026-11-24 W1", replace(SEASON, day="2026-11-24"))
    cases = [case("A", 1, released=OLD), case("B", 2, released=OLD)]
    offers = [offer(1, "B"), offer(2, at=tomorrow)]
    anew = replayed(cases, offers, refreshes=[OPENED, opened], rules=SLOTS)[1]
    values = fit.thetas(opened.season.draws("A", (), among=["W1", "W2", "W3", "W4"]))
    rank = fit.fit("W1", values=dict(zip(["W1", "W2", "W3", "W4"], values, strict=True)))
    assert anew.key == (ORDINARY, rank, 0, 1)
