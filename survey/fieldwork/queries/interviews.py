"""What a call and its interview hold so far, and what follows from it: the path is computed anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import call_answers, histories, questionnaires
from survey.fieldwork.queries.call_answers import CallSaid
from survey.fieldwork.questionnaire import entry, orders, path
from survey.fieldwork.questionnaire.instrument import Situation
from survey.fieldwork.questionnaire.items import Item, Value
from survey.fieldwork.questionnaire.spoken import SpokenForm
from survey.fieldwork.questionnaire.talk import RECORDING, Talk
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.rules.whose_answers import AnswerStanding, CallTurns, standing
from survey.models import Answer, Interview, SampledCase, Wave
from survey.waves.rules import wave_rules


@dataclass(frozen=True, slots=True)
class InterviewSoFar(Talk):
    """A talk, with how often each item was answered: of the call in this attempt, of the interview ever.

    `void` counts of the latter what a voided interview left behind, which `is_void` until it begins again.
    """

    revisions: Mapping[str, int] = field(default_factory=dict)
    void: Mapping[str, int] = field(default_factory=dict)
    is_void: bool = False


_Row = Row[str, str, datetime]


@dataclass(frozen=True, slots=True)
class _Log:
    """Answers as they were given one after the other."""

    given: Sequence[tuple[str, Value]] = ()

    @property
    def latest(self) -> dict[str, Value]:
        return dict(self.given)

    def counting(self, items: Sequence[Item], *, walked: bool) -> dict[str, Value]:
        # What was answered once alone never left the path: a later answer only adds to it.
        if walked and len(self.latest) == len(self.given):
            return path.walk(items, self.latest).kept
        return path.fold(self.given, items=items, walked=walked)


def texts(session: Session, unit: str) -> dict[str, str]:
    """Return the latest answer to each item, as stored."""
    rows = select(Answer.item, Answer.value).where(Answer.unit == unit).order_by(Answer.rev)
    return dict(session.execute(rows).all())


def revision(session: Session, unit: str, *, item: str, rev: int) -> Value:
    """Return what an item of the interview was answered with at one revision."""
    given = select(Answer.value).where(Answer.unit == unit, Answer.item == item, Answer.rev == rev)
    return entry.from_text(session.scalars(given).one())


def so_far(session: Session, unit: str) -> InterviewSoFar:
    """Return the talk with a household as it stands: this call's answers, and the interview's of any call.

    Before the interview began it is in the orders that it will have.
    """
    interview = session.get(Interview, unit)
    form = _form(session, unit, interview)
    rows = session.execute(_given(), {"unit": unit}).all() if interview is not None else ()
    calls = call_answers.of_calls(session, unit) if form.questionnaire.calls else ()
    turns = call_answers.turns(calls)
    voided = interview.voided_at if interview is not None else None
    stood = [(row, _standing(row.at, turns, voided=voided)) for row in rows]
    log, theirs = (
        _log((row.item, row.value) for row, how in stood if how in wanted)
        for wanted in ((AnswerStanding.COUNTS,), (AnswerStanding.COUNTS, AnswerStanding.RETURNS))
    )
    rows = [row for row, how in stood if how is AnswerStanding.COUNTS]
    kept = log.counting(form.items(), walked=form.questionnaire.walked)
    found = InterviewSoFar(
        form=form,
        call={},
        answers=kept,
        former={code: value for code, value in theirs.latest.items() if code not in kept},
        exists=interview is not None and not interview.is_void,
        revisions=_revisions(row.item for row, _how in stood),
        void=_revisions(row.item for row, how in stood if how is AnswerStanding.VOID),
        is_void=interview is not None and interview.is_void,
    )
    return _with_call(found, rows, calls)


@cache
def _given() -> Select[str, str, datetime]:
    answers = select(Answer.item, Answer.value, Answer.at)
    return answers.where(Answer.unit == bindparam("unit")).order_by(Answer.id)


def _standing(at: datetime, turns: Sequence[CallTurns], *, voided: datetime | None) -> AnswerStanding:
    return AnswerStanding.VOID if voided is not None and at <= voided else standing(at, turns)


def _with_call(found: InterviewSoFar, rows: Sequence[_Row], calls: Sequence[CallSaid]) -> InterviewSoFar:
    """The talk with what was said in the call that is under way, by what this call is to the household."""
    if not calls or calls[-1].ended is not None:
        return found
    running, screening = calls[-1], found.form.questionnaire.screening
    # What this very call has begun isn't resumed by it.
    was_begun = any(at < running.started and item not in screening for item, _value, at in rows)
    codes = [call.code for call in calls if call.code is not None]
    situation = _situation(codes, is_begun=was_begun and found.is_begun, is_back=running.is_back)
    # Where whoever carries this call can't record it, nobody is asked.
    extras = RECORDING if running.records else frozenset[str]()
    form = replace(found.form, situation=situation, extras=extras)
    log = _log((item, value) for item, value, *_when in running.said_now)
    return replace(
        found,
        form=form,
        call=log.counting(form.call_items(), walked=True),
        revisions={**found.revisions, **_revisions(item for item, *_said in running.said)},
    )


def _situation(codes: Sequence[str], *, is_begun: bool, is_back: bool) -> Situation:
    if is_begun:
        return Situation.RESUMED
    if is_back:
        return Situation.RETURN_CALL
    return Situation.APPOINTMENT if codes and codes[-1] in APPOINTED else Situation.FIRST


def _revisions(items: Iterable[str]) -> Mapping[str, int]:
    return Counter(items)


def _log(rows: Iterable[Sequence[str]]) -> _Log:
    return _Log([(item, entry.from_text(value)) for item, value in rows])


def _form(session: Session, unit: str, interview: Interview | None) -> SpokenForm:
    if interview is not None:
        questionnaire = questionnaires.of(session, interview.wording_hash)
        return SpokenForm(
            questionnaire=questionnaire,
            orders=orders.from_json(json.loads(interview.orders), questionnaire),
        )
    wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
    sealed = wave_rules.read(wave.rules)
    questionnaire = questionnaires.of(session, sealed.wording)
    seed, early = histories.field_seed(wave), sealed.overall_early == wave_rules.HALF
    drawn = orders.orders(seed, unit=unit, questionnaire=questionnaire, early=early)
    return SpokenForm(questionnaire=questionnaire, orders=drawn)
