"""When a case's turn comes, and what stands before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.queries import traits
from survey.fieldwork.rules.queue import CLOSED, ORDINARY, class_at
from survey.models import SampledCase
from survey.waves.queries import opted_out

MILLE = 1000


@dataclass(frozen=True, slots=True)
class CaseTurn:
    """A case's place in the queue. `fit` and `mille` (its drawn value) where a window decides.

    `ahead` counts the ordinary cases of its wave that may be called now and come first; None where it may
    not be called now. `speakers` is how many interviewers speak its `language`, where it has one.
    """

    unit: str
    state: str
    is_held: bool
    final_code: str | None
    offered_as: int
    opens_at: datetime | None
    counted: int
    rank: int
    fit: int | None
    mille: int | None
    ahead: int | None
    is_silent: bool
    language: str | None = None
    speakers: int = 0


def of(session: Session, unit: str, *, now: datetime) -> CaseTurn:
    """Return when a case's turn comes; raise NotFound where it isn't released."""
    case = session.get(SampledCase, unit)
    if case is None:
        raise NotFound(_("没有放出这样的一户。"))
    in_window = case.priority == ORDINARY and case.fit < CLOSED and case.theta is not None
    return CaseTurn(
        unit=unit,
        state=case.state,
        is_held=case.holder_id is not None,
        final_code=case.final_code,
        offered_as=class_at(case.priority, due=case.next_due, now=now),
        opens_at=case.opens_at,
        counted=case.counted,
        rank=case.rank,
        fit=case.fit if in_window else None,
        mille=round(case.theta / MILLE) if in_window and case.theta is not None else None,
        ahead=_ahead(session, case) if case.state == "queued" and case.priority == ORDINARY else None,
        is_silent=opted_out.has(session, unit),
        language=case.language,
        speakers=traits.speakers(session).get(case.language or "", 0),
    )


def _ahead(session: Session, case: SampledCase) -> int:
    mine = (case.fit, case.counted, case.rank)
    first = (
        select(func.count())
        .select_from(SampledCase)
        .where(SampledCase.wave_label == case.wave_label, SampledCase.state == "queued")
        .where(
            (SampledCase.priority < ORDINARY)
            | (SampledCase.fit < mine[0])
            | (SampledCase.fit == mine[0]) & (SampledCase.counted < mine[1])
            | (SampledCase.fit == mine[0]) & (SampledCase.counted == mine[1]) & (SampledCase.rank < mine[2])
        )
    )
    return session.scalar(first) or 0
