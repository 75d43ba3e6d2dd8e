"""Whether two people agreed to end a field early."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.models import EarlyEnding, SampledCase
from survey.waves.queries import waves


def of(session: Session, label: str) -> EarlyEnding | None:
    """Return what was asked of a wave, confirmed or not; None where nobody asked."""
    return session.get(EarlyEnding, label)


def confirmed(session: Session, label: str) -> EarlyEnding:
    """Return what two people of different roles agreed on; raise Refused before that."""
    found = session.get(EarlyEnding, label)
    if found is None or found.confirmed_by is None:
        raise Refused(_("提前结束要两个人：抽样官写明理由，另一种职责的人确认。"))
    return found


def check_may_end(session: Session, label: str, *, now: datetime) -> None:
    """Raise Refused where households wait before the sealed end and two people didn't agree to end early."""
    wave = waves.find(session, label)
    case = SampledCase
    waiting = session.scalar(
        select(case.unit).where(case.wave_label == label, case.final_code.is_(None)).limit(1)
    )
    if waiting is not None and (wave.field_ends_at is None or now < wave.field_ends_at):
        confirmed(session, label)
