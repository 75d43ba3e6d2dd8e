"""How complete interviews were held, by their logs: lengths, pauses, hours; never what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import held_talks, telephone_records
from survey.fieldwork.queries.held_talks import HeldTalk
from survey.fieldwork.questionnaire import versions
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import REFUSED
from survey.fieldwork.rules import flags
from survey.fieldwork.rules.dials import MANUAL
from survey.fieldwork.rules.flags import InterviewerSigns, TalkTrace
from survey.fieldwork.rules.hours import window
from survey.models import Account, Attempt, Dial, SampledCase, Wave
from survey.waves.queries import holidays
from survey.waves.rules import wave_rules
from survey.waves.rules.slots import Calendar

GATES = ("A4A", "V1", "E1", "E1A")
"""Items whose yes opens further questions."""
YES = 1


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around a wave's interviews: its questionnaire and calendar, when seats were busy before,
    and of the dials by hand that call records cover whether they know them."""

    form: Questionnaire
    calendar: Calendar
    before: Mapping[int, datetime]
    known: Mapping[int, bool]


def signs(session: Session, wave: Wave) -> Sequence[InterviewerSigns]:
    """Return the signs of each interviewer of a wave, by code."""
    return flags.signs(traces(session, wave))


def traces(session: Session, wave: Wave) -> list[TalkTrace]:
    """Return the traces of a wave's complete interviews that stand."""
    around = _Around(
        form=versions.of(wave_rules.read(wave.rules).wording),
        calendar=holidays.of(session, wave),
        before=_before(session, wave.label),
        known=_known(session, wave.label),
    )
    return [_trace(talk, around) for talk in held_talks.of_wave(session, wave.label)]


def _trace(talk: HeldTalk, around: _Around) -> TalkTrace:
    form, answers = around.form, talk.answers
    closed = [form.by_code[item] for item in answers if item in form.by_code]
    asked = [item for item in closed if item.refused is not None]
    gates = [item for item in GATES if item in answers]
    return TalkTrace(
        by=talk.by,
        seconds=talk.seconds,
        steps=max(len(talk.moments) - 1, 0),
        hasty=flags.hasty(talk.moments),
        asked=len(asked),
        unknown=sum(answers[item.code] in {item.dont_know, (item.dont_know,)} for item in asked),
        refused=sum(answers[item.code] in {REFUSED, (REFUSED,)} for item in asked),
        gates=len(gates),
        opened=sum(answers[item] == YES for item in gates),
        even=talk.is_even(sorted(form.five_level)),
        odd_hour=window(talk.dialled, calendar=around.calendar) is None,
        gap=flags.gap(around.before.get(talk.attempt_id), talk.dialled),
        recorded=around.known.get(talk.attempt_id),
    )


def _before(session: Session, label: str) -> Mapping[int, datetime]:
    """Return of each call when the interviewer's call before it ended."""
    rows = (
        select(Attempt.id, Attempt.interviewer_id, Attempt.ended_at)
        .join(SampledCase, SampledCase.unit == Attempt.unit)
        .where(SampledCase.wave_label == label, Attempt.dialled_at.is_not(None))
        .order_by(Attempt.interviewer_id, Attempt.dialled_at, Attempt.id)
    )
    found: dict[int, datetime] = {}
    last: dict[int, datetime] = {}
    for number, who, ended in session.execute(rows):
        if who in last:
            found[number] = last[who]
        if ended is not None:
            last[who] = ended
    return found


def _known(session: Session, label: str) -> Mapping[int, bool]:
    """Return of each call by hand that the telephone system's records cover whether they know it."""
    told = telephone_records.flags(session)
    if not told.files:
        return {}
    missing = {(dial.interviewer, dial.at) for dial in told.found.unrecorded}
    rows = _dials(session, label)
    return {
        attempt: (code, at) not in missing
        for attempt, code, at in rows
        if any(file.covers_from <= at <= file.covers_until for file in told.files)
    }


def _dials(session: Session, label: str) -> Iterable[tuple[int, str, datetime]]:
    rows = (
        select(Dial.attempt_id, Account.code, Dial.started_at)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(SampledCase, SampledCase.unit == Attempt.unit)
        .join(Account, Account.id == Attempt.interviewer_id)
        .where(SampledCase.wave_label == label, Dial.adapter == MANUAL)
        .order_by(Dial.started_at)
    )
    return [(attempt, code or "", at) for attempt, code, at in session.execute(rows)]
