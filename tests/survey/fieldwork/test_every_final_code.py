"""Every final code is reached by people at work: what happened in the calls decides it, and it stays so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import close, corrections, lapses, statements
from survey.fieldwork.queries import histories
from survey.fieldwork.queries.dispositions import disposition
from survey.models import FrameUnit, Outcome, SampledCase
from survey.roles import SUPERVISOR
from survey.waves.operations import release
from survey.waves.rules.early_ending import Signer
from survey.waves.rules.final_codes import FINAL
from tests.conftest import NOW
from tests.support.seeds import EMPTY, Seeds
from tests.survey import stories
from tests.survey.stories import CLOSING, NOT_AWARE, WILLING, Interviewer, brief, content

Act = Callable[[Interviewer, datetime], None]
ENDS = NOW + timedelta(days=9)
DAY = timedelta(days=1)
AT_HOME = {"C1": "1", "S1": "1"}
NO_NUMBER = "no number"


def misses(code: str) -> Act:
    return lambda caller, now: caller.reaches_nobody(code, now)


def talks(code: str, answers: dict[str, str] | None = None) -> Act:
    """Somebody answers, says so much, and the call ends."""

    def act(caller: Interviewer, now: datetime) -> None:
        caller.is_answered(now)
        for item, raw in (answers or {}).items():
            caller.enters(item, raw, now)
        caller.ends(code, now)

    return act


def asked_through(code: str, answers: dict[str, str]) -> Act:
    def act(caller: Interviewer, now: datetime) -> None:
        caller.is_answered(now)
        caller.interviews(answers, now)
        caller.ends(code, now)

    return act


def answered_by_registrar(code: str) -> Act:
    """Somebody says that the household isn't to be asked; the registrar looks it up and agrees."""

    def act(caller: Interviewer, now: datetime) -> None:
        talks("not_resident")(caller, now)
        with caller.step() as session:
            household = session.get_one(FrameUnit, caller.unit).household_code
            statements.answer(session, household, code=code, by=caller.account, now=now)

    return act


def lets_it_lapse(caller: Interviewer, now: datetime) -> None:
    with caller.step() as session:
        lapses.sweep(session, now=now + timedelta(minutes=3))


NO_ANSWER = misses("no_answer")
STORIES: dict[str, tuple[Act, ...]] = {
    "complete": (talks("complete", brief(4)),),
    "complete_other": (asked_through("complete", {**NOT_AWARE, **CLOSING}),),
    "partial": (asked_through("partial", {**content(4), **CLOSING, "G1": "99"}),),
    "refusal": (talks("soft_refusal"), talks("soft_refusal")),
    "refusal_household": (talks("refusal_household", {"C1": "3"}),),
    "refusal_person": (talks("refusal_person", {**AT_HOME, "S3": "1"}),),
    "break_off": (talks("suspended_partial", {**WILLING, "A1": "1"}), NO_ANSWER),
    "noncontact": (misses("machine_household"), talks("cut_off", AT_HOME)),
    "never_available": (talks("callback_other", {**AT_HOME, "S3": "3"}), NO_ANSWER),
    "household_machine": (misses("machine_household"), NO_ANSWER),
    "away_field_period": (talks("away_field_period", AT_HOME),),
    "other_eligible": (talks("miscellaneous", AT_HOME),),
    "dead_after_draw": (talks("dead_after_draw", AT_HOME),),
    "unable": (talks("unable", AT_HOME),),
    "language_household": (talks("language_household", {"C1": "1"}),),
    "language_respondent": (talks("language_respondent", AT_HOME),),
    "language_no_interviewer": (talks("language_callback", AT_HOME), talks("language_callback")),
    "audio_quality": (talks("audio_quality", AT_HOME),),
    "place_unfit": (talks("place_unfit", {**AT_HOME, "S3": "1"}),),
    "miscellaneous": (talks("miscellaneous", AT_HOME),),
    "unknown_if_household": (misses("number_suspect"), misses("cancelled_by_us")),
    "not_attempted": (lets_it_lapse,),
    "always_busy": (misses("busy"), misses("busy")),
    "no_answer": (NO_ANSWER, misses("busy")),
    "machine_unknown": (misses("machine"), NO_ANSWER),
    "blocked": (misses("blocked"), NO_ANSWER),
    "technical": (misses("technical_ours"),),
    "ambiguous_message": (misses("machine_unclear"), NO_ANSWER),
    "unknown_respondent": (talks("cut_off", AT_HOME), NO_ANSWER),
    "no_screener": (talks("cut_off", {"C1": "1"}), NO_ANSWER),
    "unknown_resident": (talks("callback_other"), NO_ANSWER),
    "other_unknown": (talks("not_resident"), NO_ANSWER, NO_ANSWER),
    "frame_bad_contact": (misses("number_suspect"), misses("number_suspect")),
    "out_of_sample": (answered_by_registrar("out_of_sample"),),
    "not_resident": (talks("not_resident"), talks("not_resident")),
    "no_eligible": (talks("no_eligible"), talks("no_eligible")),
    "duplicate": (answered_by_registrar("duplicate"),),
    "other_not_eligible": (answered_by_registrar("other_not_eligible"),),
}  # fmt: skip
"""What comes of one call after the other; after the last one, it comes again."""
BY_WORD = {"other_eligible": "miscellaneous"}
"""What a supervisor puts right in the end."""


class Field:
    """A wave in which every household lives through a story of its own."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database, self.vault = database, vault
        with database.transaction() as session:
            rows = stories.grids({"G1": len(STORIES)})
            stories.register(session, [*rows, stories.household("none", "G1", "")], vault=vault)
            stories.frozen(session, {"G1": (len(rows) + 1, 0)}, vault=vault, field_ends_at=ENDS)
            stories.drawn(session)
            release.open_field(session, "w1", now=NOW)
        accounts = stories.enrol(database, interviewers=2)
        self.seats = [Interviewer(database, each, vault=vault) for each in accounts]
        self.story: dict[str, str] = {}
        self.calls: dict[str, int] = {}

    def works(self) -> None:
        """Call until the field's last days; everything in one transaction, for it is cheaper."""
        with self.database.transaction() as session:
            for caller in self.seats:
                caller.session = session
            self._call_everybody()

    def _call_everybody(self) -> None:
        now = NOW
        while not self._is_told():
            for caller in self.seats:
                while caller.takes_next(now) is not None:
                    self._calls(caller, now)
            now += DAY

    def _is_told(self) -> bool:
        return len(self.calls) > len(STORIES) and all(
            name == NO_NUMBER or self.calls[unit] >= len(STORIES[name]) for unit, name in self.story.items()
        )

    def _calls(self, caller: Interviewer, now: datetime) -> None:
        unit, at = caller.unit, self.calls.get(caller.unit, 0)
        untold = (each for each in STORIES if each not in self.story.values())
        name = self.story.get(unit) or next(untold, NO_NUMBER)
        script = STORIES.get(name, (NO_ANSWER,))
        if script != (lets_it_lapse,) and not caller.dials(now):
            name = NO_NUMBER
        else:
            script[min(at, len(script) - 1)](caller, now)
        self.story[unit], self.calls[unit] = name, at + 1

    def ends(self) -> None:
        with self.database.transaction() as session:
            close.close(session, "w1", now=ENDS)

    def outcomes(self) -> dict[str, str]:
        with self.database.reading() as session:
            rows = session.execute(select(Outcome.unit, Outcome.code).order_by(Outcome.id))
            return {self.story[unit]: code for unit, code in rows}


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])],
)
def field(
    request: pytest.FixtureRequest, seeds: Seeds, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Field]:
    folder: Path = tmp_path_factory.mktemp("codes")
    keys = Keyring(folder / "keys")
    with seeds.copy(request.param, EMPTY["survey"], folder=folder, keys=keys) as database:
        found = Field(database, Vault(keys))
        found.works()
        found.ends()
        yield found


def test_there_is_a_story_for_every_final_code() -> None:
    assert set(STORIES) == set(FINAL)


@pytest.mark.parametrize("code", STORIES)
def test_what_happened_in_the_calls_decides_the_code(field: Field, code: str) -> None:
    assert field.outcomes()[code] == BY_WORD.get(code, code)


def test_a_household_without_a_number_is_a_defect_of_the_registry(field: Field) -> None:
    assert field.outcomes()[NO_NUMBER] == "frame_bad_contact"


def test_what_the_log_gives_is_what_is_stored(field: Field) -> None:
    with field.database.reading() as session:
        cases = session.scalars(select(SampledCase)).all()
        history = histories.of_units(session, [case.unit for case in cases])
        for case in cases:
            numbers = 0 if field.story[case.unit] == NO_NUMBER else 1
            found = disposition(session, case.unit, history=history.get(case.unit, ()), numbers=numbers)
            assert case.final_code in {found, f"{found}_other"}, field.story[case.unit]


def test_a_supervisor_s_word_makes_what_no_call_can(field: Field) -> None:
    unit = next(unit for unit, name in field.story.items() if name == "other_eligible")
    with field.database.transaction() as session:
        by = Signer("boss", SUPERVISOR)
        corrections.ask(session, "w1", unit=unit, to="other_eligible", why="老人院里的房间", by=by, now=ENDS)
    assert field.outcomes()["other_eligible"] == "other_eligible"
