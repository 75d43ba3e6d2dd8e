"""Answers that count: each opens a commitment of the ledger, and its whole interview is what was bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from huying.base.errors import Gone, Refused
from huying.base.i18n import _
from survey.drawing.answers import bind, commitment
from survey.fieldwork.queries import interviews
from survey.fieldwork.queries.interviews import InterviewSoFar
from survey.fieldwork.questionnaire import path
from survey.fieldwork.questionnaire.items import Value
from survey.models import AnswerCommitment, Correction, InterviewBinding, Wave
from survey.waves.queries import sealed, waves


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What the ledger has of a wave's answers, less those dropped: commitments, what binds an interview."""

    commitments: frozenset[tuple[str, str]]
    bound: Mapping[str, str]


def read(session: Session, wave: Wave) -> dict[str, Mapping[str, Value]]:
    """Return the answers on its path of each unit that completed, whether it rated or not.

    Raises Refused where a stored answer isn't the one that the ledger has: somebody changed it by another
    way than this program, and nothing may be computed from it. Of version 1 nothing was bound. What rated
    nothing was not bound at first either; it is left out where it isn't.
    """
    rows = session.scalars(select(AnswerCommitment).where(waves.counts_in(wave.label))).all()
    silent = session.scalars(select(InterviewBinding).where(_stands(wave.label))).all()
    if not all((*(row.nonce for row in rows), *(row.nonce for row in silent))):
        raise Gone(_("%(label)s 这一轮的回答已经销毁，打不开了。", label=wave.label))
    units = (*(row.unit for row in rows), *(row.unit for row in silent))
    given = {unit: interviews.so_far(session, unit) for unit in units}
    if wave.terms is not None:
        ledger = _ledger(session, wave)
        changed = [row.unit for row in rows if not _holds(session, row, given[row.unit], ledger)]
        changed += [row.unit for row in silent if not _bound(session, row.unit, row.nonce, ledger)]
        complete = len(rows) == len(ledger.commitments) and given.keys() == ledger.bound.keys()
        if changed or not complete:
            raise Refused(
                _("有 %(n)s 份答卷与账本里封存的不一致，不能计算得分。", n=max(len(changed), 1)), status=500
            )
    return {unit: path.record(one.answers, form=one.form) for unit, one in given.items()}


def _stands(label: str) -> ColumnElement[bool]:
    """Of interviews without a rating: those of a wave that no correction undid."""
    undone = exists().where(Correction.unit == InterviewBinding.unit, Correction.entry.is_not(None))
    return and_(InterviewBinding.wave_label == label, ~undone)


def _ledger(session: Session, wave: Wave) -> _Ledger:
    commitments, bound, dropped = set[tuple[str, str]](), dict[str, str](), set[str]()
    for entry in sealed.entries(session, wave):
        batch = entry.get("c")
        if entry["t"] == "answers" and isinstance(batch, dict):
            commitments |= {
                (h, str(c)) for h, held in batch.items() for c in (held if isinstance(held, list) else ())
            }
        elif entry["t"] == "final" and "a" in entry:
            bound[str(entry["u"])] = str(entry["a"])
        elif entry["t"] == "correction":
            drop = entry.get("drop")
            dropped |= {str(each) for each in drop} if isinstance(drop, list) else set()
            bound.pop(str(entry["u"]), None)
    # An answer may be dropped before its day's batch is sealed.
    return _Ledger(frozenset(pair for pair in commitments if pair[1] not in dropped), bound)


def _holds(session: Session, row: AnswerCommitment, given: InterviewSoFar, ledger: _Ledger) -> bool:
    opened = commitment(row.answer, stratum=row.stratum, nonce=row.nonce)
    if opened != row.commitment or (row.stratum, row.commitment) not in ledger.commitments:
        return False
    return given.headline == row.answer and _bound(session, row.unit, row.binding_nonce or "", ledger)


def _bound(session: Session, unit: str, nonce: str, ledger: _Ledger) -> bool:
    """Whether the ledger binds a unit's answers as they are stored."""
    return ledger.bound.get(unit) == bind(interviews.texts(session, unit), nonce=nonce)
