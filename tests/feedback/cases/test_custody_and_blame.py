"""Custody: the steps partition a case's time among its holders; blame: shares that sum to one or none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import fsum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.cases.rules.custody import (
    ALLOWANCES,
    CustodyStep,
    Segment,
    answerable,
    blame,
    false_closure,
    hours,
    rate,
    segments,
    visits,
)
from huying.base.errors import Refused

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "attribution.json").read_text("utf-8"))[
    "attribution"
]
SLA = VECTORS["sla_hours"]
ZERO = datetime(2025, 3, 1, tzinfo=UTC)
HOLDERS = ("worker", "dept:water", "dept:urban", "unit", "resident", "pause:weather")


def at(hour: float) -> datetime:
    return ZERO + timedelta(hours=hour)


def step(hour: float, holder: str) -> CustodyStep:
    return CustodyStep(at(hour), "whistle", "worker", holder)


def parts_of(case: dict) -> tuple[Segment, ...]:
    return segments([step(hour, holder) for hour, holder in case["events"]], until=at(case["end"]))


def shares_of(case: dict) -> dict[str, float]:
    outcome = "confirmed" if case["resolved"] else "contested" if case["closed_by"] else "open"
    return blame(hours(parts_of(case)), SLA, outcome=outcome, declared_by=case["closed_by"])


histories = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from([*HOLDERS, ""])), min_size=1, max_size=12
).map(
    lambda rows: [
        step(0, "worker"),
        *(step(hour, holder) for hour, holder in sorted(rows, key=lambda row: row[0])),
    ]
)
helds = st.dictionaries(st.sampled_from(HOLDERS), st.floats(0, 500), min_size=1)
allowances = st.fixed_dictionaries(dict.fromkeys(HOLDERS, st.floats(0, 200)))


@settings(deadline=None)
@given(steps=histories, until=st.integers(0, 25).map(at))
def test_segments_partition_the_time_from_opening_to_the_end(steps, until):
    parts = segments(steps, until=until)
    assert all(part.start < part.end for part in parts)
    assert all(one.end == two.start and one.holder != two.holder for one, two in pairwise(parts))
    if parts:
        assert parts[0].start == ZERO
        assert parts[-1].end <= until
    seen = [s for s in steps if s.at <= until]
    if seen[-1].holder_after and until > ZERO:
        assert parts[-1].end == until


@settings(deadline=None)
@given(steps=histories, until=st.integers(0, 25).map(at))
def test_the_hours_of_all_holders_sum_to_what_elapsed(steps, until):
    parts = segments(steps, until=until)
    elapsed = (parts[-1].end - parts[0].start) / timedelta(hours=1) if parts else 0
    assert fsum(hours(parts).values()) == pytest.approx(elapsed)
    assert set(hours(parts)) == set(visits(parts))


@settings(deadline=None)
@given(steps=histories, hour=st.integers(0, 24))
def test_at_each_instant_the_last_step_before_it_tells_the_holder(steps, hour):
    moment = at(hour + 0.5)
    holder = [s for s in steps if s.at <= moment][-1].holder_after
    found = [part.holder for part in segments(steps, until=at(25)) if part.start <= moment < part.end]
    assert found in ([holder], [] if holder == "" else None, ["resident"] if holder == "" else None)


@settings(deadline=None)
@given(held=helds, sla=allowances, outcome=st.sampled_from(["open", "contested"]))
def test_the_shares_of_an_unresolved_case_sum_to_one(held, sla, outcome):
    shares = blame(held, sla, outcome=outcome, declared_by="worker")
    assert all(share >= 0 for share in shares.values())
    assert all(answerable(holder) for holder in shares)
    if outcome == "contested" or shares:
        assert fsum(shares.values()) == pytest.approx(1)


@settings(deadline=None)
@given(held=helds, sla=allowances, outcome=st.sampled_from(["confirmed", "unconfirmed", "ended"]))
def test_silence_and_solved_cases_blame_nobody(held, sla, outcome):
    assert blame(held, sla, outcome=outcome, declared_by="worker") == {}


@pytest.mark.parametrize("case", VECTORS["cases"] + VECTORS["edge_cases"], ids=lambda case: case["id"])
def test_a_listed_case_has_its_hours_and_shares(case):
    assert hours(parts_of(case)) == pytest.approx(case["hours"])
    assert shares_of(case) == pytest.approx(case["blame"])


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_a_listed_false_closure_is_counted(case):
    outcome = "confirmed" if case["resolved"] else "contested"
    assert false_closure(outcome=outcome, declared_by=case["closed_by"]) is case["false_closure"]


@pytest.mark.parametrize("holder", ["worker", "dept:water", "dept:urban"])
def test_a_listed_holder_has_its_rate(holder):
    touched = [case for case in VECTORS["cases"] if case["resolved"] and holder in visits(parts_of(case))]
    blamed = fsum(shares_of(case).get(holder, 0) for case in VECTORS["cases"])
    listed = VECTORS["holders"][holder]
    assert len(touched) == listed["confirmed"]
    assert blamed == pytest.approx(listed["blame"], abs=1e-6)
    assert rate(confirmed=len(touched), blamed=blamed) == pytest.approx(listed["rate"], abs=1e-6)


def test_the_listed_shares_sum_to_the_number_of_unresolved_cases():
    total = fsum(share for case in VECTORS["cases"] for share in shares_of(case).values())
    assert total == pytest.approx(VECTORS["sum_blame"]) == VECTORS["unresolved"]


def test_a_holder_without_cases_has_no_rate():
    assert rate(confirmed=0, blamed=0.0) is None


def test_steps_at_one_instant_leave_no_empty_segment():
    parts = segments([step(0, "worker"), step(3, "dept:water"), step(3, "dept:urban")], until=at(5))
    assert parts == (Segment("worker", at(0), at(3)), Segment("dept:urban", at(3), at(5)))


def test_two_steps_of_one_holder_are_one_visit():
    assert visits(segments([step(0, "worker"), step(2, "worker")], until=at(5))) == ("worker",)


def test_a_case_that_is_over_runs_no_further():
    ended = [step(0, "worker"), step(4, ""), step(6, "")]
    assert segments(ended, until=at(90)) == (Segment("worker", at(0), at(4)),)


def test_a_case_taken_up_again_was_the_residents_in_between():
    reopened = [step(0, "worker"), step(4, ""), step(10, "unit")]
    assert hours(segments(reopened, until=at(12))) == {"worker": 4, "resident": 6, "unit": 2}


def test_a_case_taken_up_at_the_very_end_was_the_residents_until_then():
    reopened = [step(0, "worker"), step(4, ""), step(10, "unit")]
    assert hours(segments(reopened, until=at(10))) == {"worker": 4, "resident": 6}


def test_a_step_is_of_the_first_round_unless_it_says_so():
    assert step(0, "worker").round == 1


def test_nothing_is_held_before_opening():
    assert segments([step(5, "worker")], until=at(5)) == ()
    assert segments([step(5, "worker")], until=at(1)) == ()
    assert segments([], until=at(1)) == ()


@pytest.mark.parametrize("moment", [datetime(2025, 3, 1), ZERO.astimezone(ZoneInfo("Asia/Shanghai"))])  # noqa: DTZ001
def test_a_step_outside_utc_is_refused(moment):
    with pytest.raises(ValueError, match=r"^The 'at' of a CustodyStep must be aware and in UTC"):
        CustodyStep(moment, "open", "resident", "worker")


def test_an_overrun_of_half_an_hour_is_one():
    assert blame({"worker": SLA["worker"] + 0.5}, SLA, outcome="open", declared_by=None) == {"worker": 1}


@pytest.mark.parametrize(
    ("holder", "answers"),
    [("resident", False), ("pause:weather", False), ("pause", False), ("worker", True), ("dept:pause", True)],
)
def test_the_residents_and_paused_time_is_held_against_nobody(holder, answers):
    assert answerable(holder) is answers


def test_as_much_blame_as_confirmed_cases_is_a_rate_of_one_half():
    assert rate(confirmed=1, blamed=1.0) == 0.5


def test_a_holder_without_an_allowance_is_not_guessed_at():
    with pytest.raises(Refused, match="dept:parks"):
        blame({"dept:parks": 3.0}, SLA, outcome="open", declared_by=None)


def test_a_contested_case_without_overrun_needs_somebody_who_declared_it():
    with pytest.raises(Refused, match="报的办结"):
        blame({"worker": 3.0}, SLA, outcome="contested", declared_by=None)


told = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from([*HOLDERS, ""]),
        st.sampled_from(["whistle", "import"]),
        st.none() | st.tuples(st.sampled_from(HOLDERS), st.sampled_from(HOLDERS), st.integers(0, 20)),
    ),
    max_size=12,
).map(lambda rows: [step(0, "worker"), *(_told(*row) for row in rows)])


def _told(hour, holder, event, given_hours):
    of, to, since = given_hours or ("", "", None)
    when = None if since is None else at(since)
    return CustodyStep(at(hour), event, "worker", holder, hours_of=of, hours_to=to, since=when)


@settings(deadline=None)
@given(steps=told, until=st.integers(0, 25).map(at))
def test_whatever_clocks_imports_and_decisions_say_the_hours_are_whole(steps, until):
    parts = segments(steps, until=until)
    assert all(part.start < part.end for part in parts)
    assert all(one.end == two.start and one.holder != two.holder for one, two in pairwise(parts))
    elapsed = (parts[-1].end - parts[0].start) / timedelta(hours=1) if parts else 0
    assert fsum(hours(parts).values()) == pytest.approx(elapsed)


def test_a_step_by_a_clock_that_was_put_back_counts_from_the_one_before_it():
    stepped_back = [step(0, "worker"), step(9, "dept:water"), step(2, "unit"), step(11, "dept:urban")]
    assert hours(segments(stepped_back, until=at(12))) == {"worker": 9, "unit": 2, "dept:urban": 1}


def test_an_import_says_anew_how_things_were_from_its_instant_on():
    restated = [step(0, "dept:water"), step(5, "resident"), _told(3, "resident", "import", None)]
    assert hours(segments(restated, until=at(9))) == {"dept:water": 3, "resident": 6}


def test_hours_that_were_another_s_are_given_back_for_that_time_alone():
    steps = [
        step(0, "worker"),
        step(1, "dept:water"),
        step(4, "unit"),
        step(5, "dept:water"),
        _told(9, "dept:coordination", "uphold", ("dept:water", "worker", 5)),
    ]
    found = hours(segments(steps, until=at(10)))
    assert found == {"worker": 5, "dept:water": 3, "unit": 1, "dept:coordination": 1}


def test_offices_and_the_unit_have_a_day_each_in_the_same_blame():
    allowed = dict(ALLOWANCES) | {"dept:water": 72}
    held = {"worker": 30, "unit": 36, "dept:coordination": 30, "dept:water": 72}
    shares = blame(held, allowed, outcome="open", declared_by=None)
    assert shares == {"worker": 6 / 24, "unit": 12 / 24, "dept:coordination": 6 / 24}
