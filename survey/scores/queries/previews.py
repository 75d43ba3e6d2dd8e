"""Previews of frozen releases: until when the judged look, and which appeals wait until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from huying.base.clock import local
from huying.base.errors import Refused
from huying.base.i18n import _
from survey.models import Appeal, AppealFinding, ScorePreview

SOON = timedelta(days=3)
"""An appeal that is due within these days is asked after."""


@dataclass(frozen=True, slots=True)
class WaitingAppeal:
    """An appeal that nobody has decided yet; `taken_by` is who counts again, empty where nobody does."""

    wave: str
    number: int
    due_at: datetime
    taken_by: str


def of(session: Session, label: str) -> ScorePreview | None:
    """Return a wave's preview; None where the judged didn't look before the public."""
    return session.get(ScorePreview, label)


def check_over(session: Session, label: str, *, now: datetime) -> None:
    """Raise Refused while the judged look at a wave's scores."""
    found = of(session, label)
    if found is not None and now < found.ends_at:
        at = local(found.ends_at).strftime(_("%Y年%-m月%-d日 %H:%M"))
        raise Refused(_("被评的人还在看自己的得分，%(at)s 以后才能公布。", at=at))


def waiting(session: Session, label: str | None = None) -> list[WaitingAppeal]:
    """Return the appeals that wait for a decision, of a wave or of all, the most urgent first."""
    decided = exists().where(AppealFinding.appeal_id == Appeal.id, AppealFinding.agrees.is_(True))
    open_ = select(Appeal).where(~decided).order_by(Appeal.due_at, Appeal.id)
    rows = session.scalars(open_ if label is None else open_.where(Appeal.wave_label == label))
    return [WaitingAppeal(row.wave_label, row.number, row.due_at, row.taken_by or "") for row in rows]
