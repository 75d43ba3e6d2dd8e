"""The receipt of a case by message, so that it isn't lost with the page that showed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.models import Case, OutboxMessage
from huying.base.phones import Vault
from huying.messaging import outbox
from huying.messaging.hours import ASKED

PURPOSE = TEMPLATE = "receipt"


def send(session: Session, case: Case, *, number: str, vault: Vault, now: datetime) -> None:
    """Store the message that carries a case's receipt to a number (E.164); one a case.

    The receipt itself is computed as the message leaves: it stands in no row.
    """
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=PURPOSE,
        subject=case.code,
        number=number,
        template=TEMPLATE,
        params={"once": str(case.once), "case": case.code},
        priority=ASKED,
        now=now,
    )
