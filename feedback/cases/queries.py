"""Cases, read: by receipt, by worker, with the hours in each hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.cases.rules import codes as case_codes
from feedback.cases.rules import custody, lifecycle
from feedback.models import Case, CaseStep
from huying.base.errors import NotFound
from huying.base.i18n import lazy
from huying.base.phones import Vault


def by_receipt(session: Session, text: str, *, vault: Vault) -> Case:
    """Return the case of a receipt, however it was typed; raise NotFound."""
    receipt = codes.normalise_receipt(text)
    case = None
    if receipt is not None and codes.is_receipt(receipt):
        digest = case_codes.receipt_hash(vault, receipt)
        case = session.scalar(select(Case).where(Case.receipt_hash == digest))
    if case is None:
        raise NotFound(NO_RECEIPT)
    return case


def one(session: Session, case_id: int, *, worker_code: str | None = None) -> Case:
    """Return a case; where a worker asks, only the worker's own. Raise NotFound for any other."""
    case = session.get(Case, case_id)
    if case is None or (worker_code is not None and case.worker_code != worker_code):
        raise NotFound(UNKNOWN)
    return case


def of_worker(session: Session, worker_code: str) -> list[Case]:
    """Return a worker's cases that somebody still holds, the most urgent first."""
    own = select(Case).where(Case.worker_code == worker_code, Case.holder != lifecycle.NOBODY)
    return list(session.scalars(own.order_by(Case.due_at, Case.id)))


def custody_hours(case: Case, *, now: datetime) -> dict[str, float]:
    """Return the hours that each holder had the case, up to `now` or to its end."""
    return custody.hours(held(case, until=now))


def held(case: Case, *, until: datetime) -> tuple[custody.Segment, ...]:
    """Return who held the case when, up to `until` or to its end."""
    return custody.segments([_policy_step(step) for step in case.steps], until=until)


def _policy_step(step: CaseStep) -> custody.CustodyStep:
    return custody.CustodyStep(
        at=step.at, event=step.event, actor=step.actor, holder_after=step.holder, round=step.round
    )


NO_RECEIPT = lazy("没有这个回执编号，请对照短信或记下的编号再看一遍。")


UNKNOWN = lazy("没有这件事，或不归您办理。")


def contact_context(case: Case) -> str:
    """Return where a case's contact is sealed for."""
    return f"help_case.contact:{case.code}"
