"""The call: the number shown once the attempt stands in the ledger, and whether anybody was reached."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.clock import civil_minute
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from survey.drawing import entries, household, sample
from survey.drawing.answers import new_nonce
from survey.fieldwork.operations import claims, outcomes
from survey.fieldwork.operations.outcomes import NOT_REACHED
from survey.fieldwork.rules.hours import may_dial
from survey.models import LEDGER, AccessRecord, Account, Attempt, FrameUnit, Interview, SampledCase, Wave
from survey.waves.operations import freeze
from survey.waves.rules import wave_rules

SHOWN = "number shown"


@dataclass(frozen=True, slots=True)
class _Record:
    """A household as it was frozen: address, numbers, and its listed adults' own numbers, oldest first."""

    address: str
    numbers: tuple[str, ...]
    adults: tuple[str, ...]


def dial(
    session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime, vault: Vault
) -> tuple[str, ...]:
    """Log an attempt and return the numbers to dial (E.164), in their order; each sight is recorded.

    Where the registry lists adults, the drawn one's number stands first, and the draw of the person is
    logged before the first attempt. Dialling again in the same claim is the same attempt. Returns nothing
    where the household has no number at all: the case is closed then. Commit before the numbers are shown.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state != "held":
        raise Conflict(_("这一户已经接通，请在通话页面继续。"))
    wave = session.get_one(Wave, case.wave_label)
    attempt = claims.attempt_in_hand(session, case)
    _check_hours(wave, now=now)
    record = _opened(session, wave, unit, vault=vault)
    numbers = _numbers(record, person=_person(wave, unit, record))
    if not numbers:
        outcomes.close_without_number(session, case, attempt=attempt, now=now)
        return ()
    if attempt.dialled_at is None:
        _log(session, wave, attempt, record=record, by=interviewer, now=now)
    session.add(AccessRecord(at=now, by=interviewer.login, unit=unit, what=SHOWN))
    session.flush()
    return numbers


def reached(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Somebody answered: the talk begins, or goes on where an interview was broken off."""
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state != "held" or claims.attempt_in_hand(session, case).dialled_at is None:
        raise Conflict(_("请先按“拨打”。"))
    case.state = "interviewing" if session.get(Interview, unit) else "talking"
    claims.lease(case, now=now)
    session.flush()


def not_reached(
    session: Session, unit: str, *, interviewer: Account, fence: int, code: str, now: datetime
) -> None:
    """Nobody was reached on any number: end the attempt with `code`, one of NOT_REACHED."""
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if code not in NOT_REACHED:
        raise Refused(_("请选择没有接通的原因。"), status=422)
    attempt = claims.attempt_in_hand(session, case)
    if case.state != "held" or attempt.dialled_at is None:
        raise Conflict(_("没有正在拨打的号码。"))
    outcomes.settle(session, case, attempt=attempt, code=code, now=now)


def person_of(session: Session, unit: str, *, vault: Vault) -> tuple[int, int] | None:
    """Return which listed adult of how many is to be asked; None where the registered contact is."""
    wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
    record = _opened(session, wave, unit, vault=vault)
    person = _person(wave, unit, record)
    return None if person is None else (person, len(record.adults))


def _check_hours(wave: Wave, *, now: datetime) -> None:
    if wave.field_ends_at is not None and now >= wave.field_ends_at:
        raise Conflict(_("这一轮访问的时间已经结束，不能再拨打。"))
    if wave_rules.read(wave.rules).hours == "standard" and not may_dial(now):
        raise Conflict(_("现在不是拨打时间：9:00–12:00、14:30–21:00，节假日不打。"))


def _opened(session: Session, wave: Wave, unit: str, *, vault: Vault) -> _Record:
    row = session.get_one(FrameUnit, unit)
    text = vault.open(row.record, where=freeze.record_place(unit))
    if wave.frame_secret is not None:
        _check_commitment(wave.frame_secret, row, record=text.encode())
    fields: Mapping[str, Any] = json.loads(text)
    numbers = (fields["tel"], *fields.get("also", ()))
    return _Record(fields["addr"], numbers, tuple(fields.get("adults", ())))


def _check_commitment(secret: bytes, row: FrameUnit, *, record: bytes) -> None:
    if household.commit(secret, unit=row.unit, record=record) != row.commitment:
        raise Refused(_("这一户的资料与冻结时封存的不一致，不能拨打，请告诉督导。"), status=500)


def _person(wave: Wave, unit: str, record: _Record) -> int | None:
    if not record.adults or wave.draw_key is None:
        return None
    return sample.person(wave.draw_key, unit=unit, adults=len(record.adults))


def _numbers(record: _Record, *, person: int | None) -> tuple[str, ...]:
    drawn = [record.adults[person - 1]] if person else []
    return tuple(dict.fromkeys(number for number in [*drawn, *record.numbers] if number))


def _log(
    session: Session, wave: Wave, attempt: Attempt, *, record: _Record, by: Account, now: datetime
) -> None:
    lines: Sequence[bytes] = [
        entries.attempt(u=attempt.unit, at=civil_minute(now), by=by.code, s=new_nonce())
    ]
    person = _person(wave, attempt.unit, record)
    if person is not None and not _was_dialled(session, attempt.unit):
        who = entries.person(u=attempt.unit, m=len(record.adults), k=person, s=new_nonce())
        lines = [who, *lines]
    LEDGER.extend(session, lines, at=now)
    attempt.dialled_at = now


def _was_dialled(session: Session, unit: str) -> bool:
    dialled = select(func.count()).where(Attempt.unit == unit, Attempt.dialled_at.is_not(None))
    return bool(session.scalar(dialled))
