"""Outcomes of a wave held against the ledger, and against the log of each case."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import histories, interviews
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.dispositions import ledger_code
from survey.models import (
    AnswerCommitment,
    Correction,
    InterviewBinding,
    Outcome,
    SampledCase,
    Wave,
)
from survey.waves.queries import opted_out, sealed

BATCH = 200


def unlogged(session: Session, wave: Wave) -> Iterator[str]:
    """Yield the units whose outcomes, one after the other, aren't those that the ledger has."""
    logged: dict[str, list[str]] = {}
    for entry in sealed.entries(session, wave):
        if entry["t"] in {"final", "correction"}:
            code = entry["code"] if entry["t"] == "final" else entry["to"]
            logged.setdefault(str(entry["u"]), []).append(str(code))
    stored = _stored(session, wave)
    first = select(SampledCase.unit, SampledCase.final_code).where(SampledCase.wave_label == wave.label)
    finals = {unit: code for unit, code in session.execute(first) if code is not None}
    for unit in sorted(logged.keys() | stored.keys() | finals.keys()):
        codes = logged.get(unit, [])
        if stored.get(unit) != codes or finals.get(unit) != codes[0]:
            yield unit


def _stored(session: Session, wave: Wave) -> dict[str, list[str]]:
    """Return the outcomes of a wave's units, each in its order."""
    rows = select(Outcome.unit, Outcome.code).join(SampledCase, SampledCase.unit == Outcome.unit)
    found: dict[str, list[str]] = {}
    for unit, code in session.execute(rows.where(SampledCase.wave_label == wave.label).order_by(Outcome.id)):
        found.setdefault(unit, []).append(code)
    return found


def again(session: Session, wave: Wave) -> Iterator[tuple[str, bool]]:
    """Yield each unit whose outcome its own log gave, and whether that log still gives it.

    What people have put right since then isn't derived, and what was erased can't be: both are left out.
    """
    corrected = select(Correction.unit).where(Correction.wave_label == wave.label)
    erased = [select(table.unit).where(table.nonce == "") for table in (AnswerCommitment, InterviewBinding)]
    rows = select(SampledCase.unit, SampledCase.final_code).where(
        SampledCase.wave_label == wave.label,
        SampledCase.final_code.is_not(None),
        SampledCase.unit.not_in(corrected),
        *(SampledCase.unit.not_in(units) for units in erased),
    )
    found = [(unit, str(code)) for unit, code in session.execute(rows.order_by(SampledCase.unit))]
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        told = histories.of_units(session, [unit for unit, _code in some])
        for unit, code in some:
            yield unit, code in _derived(session, unit, history=told.get(unit, []))


def _derived(session: Session, unit: str, *, history: list[DialledAttempt]) -> set[str]:
    """Return what a case's log gives: whether a household had a number once, none of them may tell."""
    if opted_out.has(session, unit):
        return {opted_out.OPTED_OUT, *_codes(session, unit, history)}
    return _codes(session, unit, history)


def _codes(session: Session, unit: str, history: list[DialledAttempt]) -> set[str]:
    headline = interviews.so_far(session, unit).headline
    return {
        ledger_code(disposition(session, unit, history=history, numbers=numbers), headline=headline)
        for numbers in (0, 1)
    }
