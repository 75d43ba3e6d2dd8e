"""What names a resident goes when its time is over, or the resident wishes; counts, steps and ledger stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, select, update
from sqlalchemy.orm import Session

from feedback.cases.operations.steps import load
from feedback.cases.rules import lifecycle, retention
from feedback.ledger import write
from feedback.models import (
    Case,
    CasePhoto,
    CaseStep,
    ContactProof,
    Rating,
    RatingVersion,
    ReceiptWord,
    ScopeVerdict,
    Whistle,
)
from huying.base.errors import Conflict
from huying.base.i18n import _


def forget(session: Session, *, now: datetime, notes: bool = False) -> int:
    """Drop numbers, indexes and words whose time is over; return of how many cases.

    The notes of steps go with `notes` alone: nothing but the owner of the tables may touch a step.
    """
    numbers = _over(session, retention.CONTACT, Case.contact_sealed.is_not(None), now=now)
    indexes = _over(session, retention.INDEX, Case.contact_index.is_not(None), now=now)
    texts = _over(session, retention.TEXT, Case.text + Case.place != "", now=now)
    _drop_numbers(session, numbers)
    _drop_indexes(session, indexes)
    _blank(session, texts)
    noted = _noted(session, now=now) if notes else ()
    if noted:
        blank_notes(session, noted)
    return len({*numbers, *indexes, *texts, *noted})


def erase(session: Session, case_id: int, *, now: datetime) -> Case:
    """Drop all that names the resident of a case that is over, as the resident wishes; photos too."""
    case = load(session, case_id)
    if case.holder != lifecycle.NOBODY:
        raise Conflict(_("这件事还在办：先撤回，或等办完，再删除。"))
    ids = [case.id]
    _drop_numbers(session, ids)
    _drop_indexes(session, ids)
    _blank(session, ids)
    session.execute(delete(CasePhoto).where(CasePhoto.case_id == case.id))
    write(session, "case.erased", at=now, c=case.code)
    session.refresh(case)
    return case


def blank_notes(session: Session, cases: Sequence[int]) -> None:
    """Blank what was written in the steps of cases; the triggers of the table must be lifted."""
    session.execute(update(CaseStep).where(CaseStep.case_id.in_(cases), CaseStep.note != "").values(note=""))


def notes_left(session: Session, *, now: datetime) -> int:
    """Return in how many cases steps still hold words that should be gone."""
    return len(_noted(session, now=now))


def _noted(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the cases whose steps hold words: their time is over, or the resident had the case erased."""
    erased = select(Case.id).where(
        _has_notes(), Case.holder == lifecycle.NOBODY, Case.text == "", Case.receipt_hash.is_not(None)
    )
    late = _over(session, retention.TEXT, _has_notes(), now=now)
    return sorted({*late, *session.scalars(erased)})


def _over(session: Session, what: str, has: ColumnElement[bool], *, now: datetime) -> Sequence[int]:
    over = (Case.holder == lifecycle.NOBODY, _ended_at() <= retention.ended_before(what, now=now))
    return session.scalars(select(Case.id).where(has, *over)).all()


def _ended_at() -> ScalarSelect[datetime]:
    return select(func.max(CaseStep.at)).where(CaseStep.case_id == Case.id).scalar_subquery()


def _has_notes() -> ColumnElement[bool]:
    return select(CaseStep.id).where(CaseStep.case_id == Case.id, CaseStep.note != "").exists()


def _drop_numbers(session: Session, cases: Sequence[int]) -> None:
    session.execute(update(Case).where(Case.id.in_(cases)).values(contact_sealed=None))
    session.execute(update(ContactProof).where(ContactProof.case_id.in_(cases)).values(sealed_number=None))


def _drop_indexes(session: Session, cases: Sequence[int]) -> None:
    session.execute(update(Case).where(Case.id.in_(cases)).values(contact_index=None))


def _blank(session: Session, cases: Sequence[int]) -> None:
    """Blank everything that somebody wrote about cases, but for the notes of their steps."""
    ratings = select(Rating.id).where(Rating.case_id.in_(cases))
    session.execute(update(Case).where(Case.id.in_(cases)).values(text="", place=""))
    session.execute(update(Whistle).where(Whistle.case_id.in_(cases)).values(request="", reason="", why=""))
    session.execute(update(Rating).where(Rating.case_id.in_(cases)).values(words=""))
    session.execute(update(RatingVersion).where(RatingVersion.rating_id.in_(ratings)).values(words=""))
    session.execute(update(ReceiptWord).where(ReceiptWord.case_id.in_(cases)).values(words=""))
    session.execute(update(ScopeVerdict).where(ScopeVerdict.case_id.in_(cases)).values(reason=""))
