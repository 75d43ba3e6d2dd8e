"""A receipt that was lost comes back by message, to a proven number alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import limits
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import proofs
from feedback.models import Case, OutboxMessage
from huying.base.phones import Vault
from huying.messaging import outbox
from huying.messaging.hours import ASKED

MOST = 3


def send(session: Session, number: str, *, vault: Vault, now: datetime) -> int:
    """Send the links to a number's newest cases; return how many. A page never says whether there are any."""
    index = vault.index(number, purpose="case")
    own = select(Case).where(Case.contact_index == index, Case.once.is_not(None))
    found = [each for each in session.scalars(own.order_by(Case.id.desc())) if _may_know(session, each)]
    sent = 0
    for case in found[:MOST]:
        if limits.may_message(session, number, vault=vault, now=now):
            _post(session, case, number=number, vault=vault, now=now)
            sent += 1
    return sent


def _may_know(session: Session, case: Case) -> bool:
    return case.receipt_hash is not None and case_queries.is_proven(session, case)


def _post(session: Session, case: Case, *, number: str, vault: Vault, now: datetime) -> None:
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=proofs.LOST_PURPOSE,
        subject=case.code,
        number=number,
        template=proofs.LOST_TEMPLATE,
        params={"once": str(case.once)},
        priority=ASKED,
        now=now,
        round=now.toordinal(),
    )
