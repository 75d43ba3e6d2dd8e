"""Ten thousand households with whatever may come of their calls: each gets one outcome, and so the rates."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from huying.store.db import Database
from sampling.comparing.outcomes import rates
from survey.fieldwork.operations import close, lapses
from survey.fieldwork.queries import held_cases, histories
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.rules.attempts import ContactResult, DialledAttempt
from survey.fieldwork.rules.dispositions import Fact, counts, final_disposition, group_of
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.models import SampledCase
from survey.waves.rules.final_codes import FINAL
from tests.conftest import NOW
from tests.survey import stories
from tests.survey.stories import Interviewer, brief

CASES = 10_000
TOGETHER = 40
"""Calls in one transaction: here their outcomes matter, not who waits for whom."""
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
QUIET = ("no_answer",) * 5 + (
    "busy",
    "machine",
    "machine_unclear",
    "blocked",
    "technical_ours",
    "cancelled_by_us",
)
VOICES = (
    ("callback_other", ContactResult.SOMEBODY),
    ("callback_other", ContactResult.PERSON),
    ("cut_off", ContactResult.SOMEBODY),
    ("cut_off", ContactResult.HOUSEHOLD),
    ("soft_refusal", ContactResult.SOMEBODY),
    ("language_callback", ContactResult.HOUSEHOLD),
    ("machine_household", ContactResult.GREETING),
)
FACTS = (
    *(
        "refusal_household",
        "refusal_person",
        "unable",
        "dead_after_draw",
        "language_respondent",
        "audio_quality",
    ),
    *("place_unfit", "away_field_period", "other_unknown", "miscellaneous"),
    *("not_resident", "no_eligible", "duplicate", "out_of_sample", "other_not_eligible"),
)


class Household:
    """What was drawn for a household: its numbers' states, attempts, interview and facts."""

    def __init__(self, chance: random.Random) -> None:
        self.numbers = [
            chance.choice(("live", "untested", "bad")) for _ in range(chance.choice((0, 1, 1, 1, 2)))
        ]
        self.attempts = [self._attempt(chance, day) for day in range(chance.randrange(7))]
        self.facts = [
            Fact(code, confirmed=group_of(code) == "NE" and chance.random() < 0.7)
            for code in chance.sample(FACTS, k=chance.choice((0, 0, 0, 1)))
        ]
        self.interview = chance.choice(("complete", "partial", "break_off", *(None,) * 5))

    def _attempt(self, chance: random.Random, day: int) -> DialledAttempt:
        code, contact = (
            chance.choice(VOICES) if chance.random() < 0.12 else (chance.choice(QUIET), ContactResult.NOBODY)
        )
        return DialledAttempt(START + timedelta(days=day), code=code, contact=contact)

    def outcome(self) -> str:
        return final_disposition(
            self.attempts, numbers=self.numbers, interview=self.interview, facts=self.facts
        )


def wave() -> list[Household]:
    chance = random.Random(20261123)
    return [Household(chance) for _ in range(CASES)]


def test_ten_thousand_households_fall_into_the_eight_classes_and_give_the_rates_in_their_order() -> None:
    outcomes = [each.outcome() for each in wave()]
    assert set(outcomes) <= set(FINAL)
    found = counts(outcomes)
    assert sum(found.values()) == CASES
    assert min(found.values()) > 0
    r = rates(found)
    e = r["e"]
    assert e is not None
    assert 0 < e < 1
    assert r["RR1"] < r["RR3"] < r["RR5"]  # type: ignore[operator]
    assert rates(found, e=1)["RR3"] == r["RR1"]
    assert rates(found, e=0)["RR3"] == r["RR5"]


def test_the_order_in_which_the_log_is_read_decides_nothing() -> None:
    chance = random.Random(7)
    for each in wave()[: CASES // 10]:
        before = each.outcome()
        chance.shuffle(each.attempts)
        chance.shuffle(each.numbers)
        assert each.outcome() == before


def test_a_later_call_that_reaches_nobody_changes_no_class_in_which_somebody_was() -> None:
    for each in wave()[: CASES // 10]:
        before = group_of(each.outcome())
        each.attempts.append(DialledAttempt(START + timedelta(days=9), code="no_answer"))
        if before not in {"UH", "UO"}:
            assert group_of(each.outcome()) == before


def test_dead_numbers_taken_for_dead_people_would_flatter_the_response_rate() -> None:
    """A dead number stays among the unknown; whoever takes it out raises RR1."""
    outcomes = Counter(each.outcome() for each in wave())
    right = counts(outcomes.elements())
    dead = outcomes["frame_bad_contact"]
    wrong = {**right, "UO": right["UO"] - dead, "NE": right["NE"] + dead}
    assert dead > 0
    assert rates(right)["RR1"] < rates(wrong)["RR1"]  # type: ignore[operator]


@pytest.mark.slow
@pytest.mark.parametrize("households", [150, CASES])
def test_what_was_stored_is_what_the_log_gives(survey_db: Database, vault, households: int) -> None:
    """Households called at random by three interviewers; the outcomes of the days stand."""
    if households == CASES and survey_db.engine.dialect.name != "sqlite":
        pytest.skip("ten thousand on one database are enough: quarter of an hour of CPU")
    chance = random.Random(11)
    ends = NOW + timedelta(days=9)
    stories.in_field(survey_db, {"G1": (households, households, 0)}, vault=vault, field_ends_at=ends)
    seats = [Interviewer(survey_db, each, vault=vault) for each in stories.enrol(survey_db, interviewers=3)]
    for day in range(8):
        now = NOW + timedelta(days=day)
        for seat in seats:
            _shift(survey_db, seat, now, chance)
    with survey_db.transaction() as session:
        lapses.sweep(session, now=ends)
        close.close(session, "w1", now=ends)
    with survey_db.reading() as session:
        cases = session.scalars(select(SampledCase)).all()
        history = histories.of_units(session, [case.unit for case in cases])
        for case in cases:
            found = disposition(session, case.unit, history=history.get(case.unit, ()))
            assert case.final_code in {found, f"{found}_other"}
        r = rates(counts(str(case.final_code) for case in cases))
    assert r["e"] < 1  # type: ignore[operator]
    assert r["RR1"] < r["RR3"]  # type: ignore[operator]


def _shift(database: Database, seat: Interviewer, now: datetime, chance: random.Random) -> None:
    """Take case after case until none is left, a few dozen in a transaction."""
    while True:
        with database.transaction() as seat.session:
            for _turn in range(TOGETHER):
                if seat.takes_next(now) is None:
                    return
                _calls(seat, now, chance)


def _calls(seat: Interviewer, now: datetime, chance: random.Random) -> None:
    if not seat.dials(now):
        return
    if chance.random() < 0.5:
        seat.reaches_nobody(chance.choice(NOT_REACHED), now)
        return
    seat.is_answered(now)
    if chance.random() < 0.3:
        for item, raw in brief(chance.randint(1, 5)).items():
            seat.enters(item, raw, now)
    assert seat.session is not None
    held = held_cases.held_case(seat.session, interviewer=seat.account)
    assert held is not None
    codes = [code for code in held.codes if not code.startswith("appointment")]
    seat.ends(chance.choice([*codes, *(code for code in codes if _class_of(code) == "NE")]), now)


def _class_of(code: str) -> str | None:
    return FINAL[code].group if code in FINAL else None
