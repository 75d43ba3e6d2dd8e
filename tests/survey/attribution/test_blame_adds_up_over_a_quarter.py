"""Whose hours they were over a quarter: blame adds up, nobody pays for another, silence or a call."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from sampling.intervals import hypergeometric
from survey.attribution.rules import checks, release, workers
from survey.attribution.rules.inputs import (
    AskedRow,
    HeldPost,
    ReleasedShare,
    RemitRow,
    SoundedWhistle,
    TriedRow,
)
from survey.attribution.rules.release import Attribution, attribution, body_of
from survey.attribution.rules.rows import HolderRow
from survey.attribution.rules.weights import WEIGHTS, check_weights
from tests.survey.attribution.a_quarter import (
    FALSE,
    PERIOD,
    VISITS,
    case,
    conduct,
    quarter,
    visits,
    world,
)


def of(found: Attribution, holder: str, *, area: str = "all", staff: str = "") -> HolderRow:
    (row,) = (row for row in found.holders if (row.area, row.holder, row.staff) == (area, holder, staff))
    return row


@given(st.integers(0, 10**6))
@settings(max_examples=8)
def test_over_a_quarter_all_blame_adds_up_to_what_is_unresolved(seed: int) -> None:
    found = attribution(quarter(seed))
    totals = found.totals
    assert totals.unresolved > 20
    assert totals.blame == pytest.approx(totals.unresolved)
    assert totals.blame_with_called == pytest.approx(totals.unresolved_with_called, abs=1e-3)
    assert totals.blame_with_called > totals.blame
    for level in ("city", "street"):
        rows = [row for row in found.holders if row.level == level]
        assert sum(row.blame for row in rows) == pytest.approx(totals.unresolved, abs=1e-2)
    workers_own = sum(row.blame for row in found.holders if row.level == "grid")
    assert workers_own == pytest.approx(of(found, "worker").blame, abs=1e-2)


@given(st.integers(0, 10**6))
@settings(max_examples=5)
def test_who_stays_silent_blames_nobody(seed: int) -> None:
    inputs = quarter(seed)
    silent = {each.code for each in inputs.cases if each.state == "unconfirmed"}
    spoke = replace(inputs, cases=[each for each in inputs.cases if each.code not in silent], asked={})
    with_them, without = attribution(inputs), attribution(spoke)
    assert with_them.totals.blame == without.totals.blame
    for row in without.holders:
        same = of(with_them, row.holder, area=row.area, staff=row.staff)
        assert (same.confirmed, same.blame, same.rate) == (row.confirmed, row.blame, row.rate)


@given(st.integers(0, 10**6))
@settings(max_examples=5)
def test_no_case_that_was_called_is_named_and_a_release_reads_back_as_it_was(seed: int) -> None:
    inputs = quarter(seed)
    found = attribution(inputs)
    body = json.dumps(body_of(found))
    assert not [code for code, row in inputs.asked.items() if row.drawn and f'"{code}"' in body]
    assert json.dumps(body_of(release.read(json.loads(body)))) == body


def test_a_departments_slowness_is_the_departments_and_the_case_is_told_by_name() -> None:
    stuck = case("K1", state="answered", hours={"worker": 4.0, "dept:water": 360.0})
    found = attribution(world(cases=[stuck, case("K2", state="confirmed")]))
    water, worker = of(found, "dept:water"), of(found, "worker", area="G00", staff="W00")
    assert (water.blame, water.rate, water.over) == (1, 0, 288)
    assert (worker.blame, worker.rate, worker.on_worker, worker.in_time) == (0, 1, 0.5, 2)
    (aside,) = found.asides
    assert (aside.code, aside.staff, aside.why, aside.holder, aside.over) == (
        "K1",
        "W00",
        workers.ELSEWHERE,
        "dept:water",
        288,
    )


def test_what_a_contested_case_lacks_is_said_and_still_adds_up() -> None:
    cases = [
        case("K1", declared_by=""),
        case("K2", state="answered"),
        case("K3", state="unconfirmed", standing=case("x").standing),
    ]
    found = attribution(world(cases=cases))
    assert (found.totals.unresolved, found.totals.blame) == (1, 1)
    assert {row.code: row.why for row in found.asides} == {"K1": workers.UNDECLARED, "K2": workers.NOT_DUE}
    # One that nobody overran isn't due; whoever can't tell did reply, and blames nobody.
    assert (found.places[0].due, found.places[0].replied) == (2, 2)


def test_a_case_that_was_sent_back_falls_on_who_had_declared_it_solved() -> None:
    found = attribution(world(cases=[case("K1", state="answered", declared_by="dept:urban")]))
    assert of(found, "dept:urban").blame == 1
    assert of(found, "dept:urban").closed_falsely == 1


def test_a_worker_answers_for_their_own_time_alone() -> None:
    day = timedelta(days=1)
    first, second = (
        HeldPost("G00", "A", PERIOD.start, PERIOD.start + 4 * day),
        HeldPost("G00", "B", PERIOD.start + 4 * day, PERIOD.start + 60 * day),
    )
    night = HeldPost("G01", "C", PERIOD.start, PERIOD.start + 2 * day)
    long = HeldPost("G01", "D", PERIOD.start + 2 * day, None)
    late = {"opened": PERIOD.start + 10 * day, "until": PERIOD.start + 12 * day}
    gone = {"opened": PERIOD.start + 70 * day, "until": PERIOD.start + 71 * day}
    cases = [case("K1"), case("K2", **late), case("K3", **gone), case("K4", "G01", "confirmed", **late)]
    found = attribution(world(cases=cases, posts=[first, second, night, long], conduct=conduct()))
    assert {row.code: row.why for row in found.asides} == {
        "K1": workers.TWO_WORKERS,
        "K3": workers.VACANT,
    }
    refused = {row.staff: row.refused for row in found.scores}
    assert refused["A"] == workers.CHANGED_HANDS
    # Two nights of another's change nothing; without satisfaction there is no score.
    assert refused["D"] == workers.NO_SATISFACTION
    assert of(found, "worker", area="G00", staff="B").blame == 1


def test_the_score_is_led_by_those_who_were_asked_and_a_missing_part_is_spread() -> None:
    inputs = world(cases=[case("K1", state="confirmed"), case("K2")], conduct=conduct(0.8))
    row = next(row for row in attribution(inputs).scores if row.grid == "G00")
    assert row.missing == ("reachability",)
    assert row.score == pytest.approx((0.55 * 80 + 0.25 * 50 + 0.1 * 100) / 0.9, abs=0.01)
    assert row.contributions["satisfaction"] > row.score / 2
    assert next(row for row in attribution(inputs).scores if row.grid == "G01").score is None


def test_departments_together_are_scored_beside_the_worker_and_never_without_those_who_were_asked() -> None:
    whistle = SoundedWhistle("water", PERIOD.start, PERIOD.start + timedelta(hours=9), PERIOD.start)
    late = replace(whistle, answered=None)
    cases = [
        case("K1", state="confirmed", hours={"dept:water": 5.0}, whistles=(whistle, late)),
        case("K2", state="answered", hours={"dept:urban": 300.0, "dept:coordination": 1.0}),
        case("K3", state="confirmed", hours={"dept:coordination": 5.0}),
    ]
    said = {"S0": ReleasedShare(0.6, 0.5, 0.7)}
    found = attribution(world(cases=cases, departments=said))
    city, street = found.department_scores
    assert (city.score, city.missing) == (None, ("satisfaction",))
    assert street.score == pytest.approx(0.5 * 60 + 0.3 * 50 + 0.2 * 50)
    assert street.contributions == {"satisfaction": 30, "confirmed_resolution": 15, "whistles": 10}


@pytest.mark.parametrize(
    "weights",
    [
        {**WEIGHTS, "satisfaction": 0.45, "confirmed_resolution": 0.35},
        {**WEIGHTS, "reachability": 0.05},
        {"satisfaction": 1.0},
    ],
)
def test_weights_that_push_those_who_were_asked_below_half_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(Invalid, match="至少占一半"):
        check_weights(weights)


def test_hours_that_a_department_leads_by_the_remit_are_told_as_imposed() -> None:
    day = timedelta(days=1)
    rows = [
        RemitRow("水电气热", "C", "water", PERIOD.start - day, None),
        RemitRow("水电气热", "G01", "", PERIOD.start - day, None),
        RemitRow("楼道堆物", "C", "urban", PERIOD.start + 40 * day, None),
    ]
    cases = [
        case("K1", category="水电气热"),
        case("K2", "G01", category="水电气热"),
        case("K3", hours={"worker": 7.0}),
    ]
    found = attribution(world(cases=cases, remit=rows))
    assert of(found, "worker").imposed == 5
    assert (of(found, "worker", area="G01", staff="W01").imposed, of(found, "worker").hours) == (0, 17)


def test_items_that_workers_opened_earn_nothing_and_stand_apart() -> None:
    own = case("K9", state="confirmed", is_staffs=True)
    found = attribution(world(cases=[own, case("K1")]))
    assert (found.places[0].due, of(found, "worker").held) == (1, 1)
    assert [(row.grid, row.opened, row.over) for row in found.staff_items] == [("G00", 1, 1)]


def test_what_a_receipt_alone_says_is_in_no_rate() -> None:
    said = [case("K1", state="confirmed", by_receipt=True), case("K2", by_receipt=True)]
    found = attribution(world(cases=[*said, case("K3", state="confirmed")]))
    assert (found.totals.by_receipt, found.totals.unresolved, found.places[0].due) == (2, 0, 1)
    assert of(found, "worker").confirmed == 1


def test_few_calls_are_told_nowhere() -> None:
    cases = [case(f"K{n}", state="unconfirmed") for n in range(12)] + [case("K99", state="confirmed")]
    asked = {f"K{n}": AskedRow("f1/S0", n < 9, n < 9 or None) for n in range(12)}
    found = attribution(world(cases=cases, asked=asked))
    assert (found.places[0].rate, found.places[0].status) == (None, "A")
    assert found.totals.blame_with_called is None
    assert all(row.called_rate is None for row in found.holders)


def test_the_share_of_false_visits_recovers_the_planted_one_within_its_interval() -> None:
    held = 0
    for seed in range(60):
        city, *others = checks.visit_rows(world(visits=visits(random.Random(seed))))
        held += city.low <= FALSE <= city.high
        assert (city.all, city.reached) == (3 * VISITS, 3 * VISITS // 2)
    assert held >= 56
    # Of a worker's fifteen claims about half were asked about: nothing is told of most.
    assert {row.level for row in others if row.share is None} <= {"grid"}


def test_one_streets_false_visits_have_the_exact_limits_of_a_draw_without_replacement() -> None:
    claims = [
        TriedRow(f"V{n}", "G00", "S0", "W00", AskedRow("v1/S0", n < 15, None if n >= 15 else n >= 4))
        for n in range(40)
    ]
    city, street, worker = checks.visit_rows(world(visits=claims))
    limits = hypergeometric(4, 15, 40)
    for row in (city, street, worker):
        assert (row.share, row.low, row.high) == pytest.approx((4 / 15, limits.low, limits.high), abs=1e-4)


def test_a_claim_that_no_campaign_could_draw_is_counted_apart() -> None:
    claims = [TriedRow("V1", "G00", "S0", "W00", None), *visits(random.Random(1))]
    city = checks.visit_rows(world(visits=claims))[0]
    assert (city.all, city.uncovered) == (3 * VISITS + 1, 1)


def test_test_calls_tell_of_a_grid_whether_a_person_answered() -> None:
    found = {row.area: row for row in attribution(quarter(3)).test_calls}
    assert (found["G00"].counted, found["G01"].counted) == (0, 1)
    assert found["all"].share == pytest.approx(0.75, abs=1e-4)
