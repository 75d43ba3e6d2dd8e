"""The end of the field: every released unit gets its outcome, and the last answers are sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.clock import day
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.drawing import entries, work
from survey.fieldwork.operations import batches, closing
from survey.models import SampledCase, Wave
from survey.waves.queries import field_progress, sealed, waves
from survey.waves.rules import wave_rules
from survey.waves.rules.final_codes import UNREACHED

BY_RULE = "rule"
MILLE = 1000
Result = Literal["done", "early"]


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """Two people of different roles end a field before its households were worked, for a reason (a code)."""

    by: tuple[str, str]
    why: str

    def __post_init__(self) -> None:
        if len({each.partition(":")[0] for each in self.by}) < len(self.by):
            raise Refused(_("提前结束要两个不同角色的人。"), status=422)


def close(session: Session, label: str, *, now: datetime, early: EarlyEnd | None = None) -> Wave:
    """End the field of a wave: log the close, then the last answers' commitments.

    Refused before the field was opened, while anybody holds a case, before the field's end while cases wait,
    and where more households are left unworked than was sealed, unless two people end it `early`.
    """
    wave = waves.locked(session, label, states=("drawn",))
    if wave.ended_at is not None:
        raise Conflict(_("%(label)s 这一轮的访问已经结束了。", label=label))
    waiting = _waiting(session, wave, now=now, early=early is not None)
    if early is None and _owes_late(session, wave):
        raise Refused(_("晚的一批还没有放出，不能结束：放出以前结束，要两个人按提前结束办理。"))
    for case in waiting:
        closing.close(session, case, now=now, by=BY_RULE)
    left = unworked(session, wave)
    result: Result = "early" if early else "done"
    if not early:
        _check_share(session, wave, left=len(left))
    line = entries.close(
        result=result,
        why=early.why if early else "field_ended" if waiting else "all_worked",
        by=early.by if early else None,
        short=_short(session, wave),
        unworked=left,
    )
    wave.ledger.append(session, line, at=now)
    batches.seal(session, label, on=day(now), now=now)
    wave.ended_at = now
    session.flush()
    return wave


def _waiting(session: Session, wave: Wave, *, now: datetime, early: bool) -> Sequence[SampledCase]:
    """Return the cases without an outcome, held by this transaction; raise where the field can't end."""
    cases = select(SampledCase).where(SampledCase.wave_label == wave.label).order_by(SampledCase.unit)
    everyone = session.scalars(cases.with_for_update()).all()
    if not everyone:
        raise Refused(_("首批还没有放出，不能结束这一轮。"))
    if any(case.holder_id is not None for case in everyone):
        raise Conflict(_("还有访问员正在访问，请等他们做完手上的一户再结束。"))
    waiting = [case for case in everyone if case.final_code is None or case.state != "closed"]
    if waiting and not early and wave.field_ends_at is not None and now < wave.field_ends_at:
        raise Refused(
            _(
                "还没有到访问截止时间，还有 %(n)s 户没有结果。"
                "提前结束要两个人：抽样官写明理由，另一种职责的人确认。",
                n=len(waiting),
            )
        )
    return waiting


def is_worked(session: Session, label: str) -> bool:
    """Return whether every household has its outcome and no more are left unworked than was sealed."""
    wave, case = waves.find(session, label), SampledCase
    open_cases = select(case.unit).where(case.wave_label == label, case.state != "closed").limit(1)
    if session.scalar(open_cases) is not None:
        return False
    if _owes_late(session, wave):
        return False
    released, most = _share(session, wave)
    return len(unworked(session, wave)) * MILLE <= most * released


def _owes_late(session: Session, wave: Wave) -> bool:
    """Whether the sealed late replicate hasn't gone out yet."""
    rows = waves.strata(session, wave.label)
    return bool(wave_rules.read(wave.rules).late) and not any(row.late for row in rows)


def _share(session: Session, wave: Wave) -> tuple[int, int]:
    """Return how many were released, and how many of a thousand may be left unworked."""
    released = len(waves.drawn_units(session, wave.label, released=True))
    return released, wave_rules.read(wave.rules).unworked


def _check_share(session: Session, wave: Wave, *, left: int) -> None:
    released, most = _share(session, wave)
    if left * MILLE > most * released:
        raise Refused(
            _(
                "没有打够的有 %(left)s 户（共 %(released)s 户），超过 %(most)s‰：要两个人按提前结束办理。",
                left=left,
                released=released,
                most=most,
            )
        )


def unworked(session: Session, wave: Wave) -> list[str]:
    """Return the released units that weren't worked to the end, as the ledger has it."""
    design, frame = sealed.of(session, wave), sealed.frame(session, wave)
    effort = work.SealedEffort(int(str(design["attempts"])), int(str(design["leastwindows"])), UNREACHED)
    stratum_of = {unit.unit: unit.stratum for unit in waves.drawn_units(session, wave.label, released=True)}
    return work.unworked(
        sealed.entries(session, wave),
        stratum_of=stratum_of,
        effort=effort,
        nophone=sealed.counts(frame, "nophone"),
        optout=sealed.counts(frame, "optout"),
    )


def _short(session: Session, wave: Wave) -> list[str]:
    """Strata whose next replicate the rule still asks for."""
    rule = wave_rules.read(wave.rules).release
    progress = field_progress.progress_of(session, wave.label)
    rows = waves.design_rows(session, wave.label)
    return [row.stratum for row in rows if rule.holds(row, progress=progress[row.stratum])]
