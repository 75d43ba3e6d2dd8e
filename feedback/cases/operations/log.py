"""What the ledger says: codes, digests and counts, never a name, a number or a text."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from feedback.ledger import write
from feedback.models import Case, CaseStep
from huying.base import clock
from huying.ledger import canonical


def case_event(session: Session, case: Case, step: CaseStep) -> int:
    """Append a step of a case as a digest of its content; return the line's number.

    The salt hangs on the case's receipt, which only the resident holds, and on the step: to open one step is
    not to open another, and nobody can try out contents without it. An imported case has no receipt; what
    brought it is known to whoever brought it.
    """
    return write(
        session,
        f"case.{step.event}",
        at=step.at,
        c=case.code,
        d=digest(case, step),
        n=step.round,
        s=step.state,
    )


def digest(case: Case, step: CaseStep) -> str:
    """Return SHA-256(salt ‖ canonical content) of a step, hexadecimal."""
    return sha256(_salt(case, step) + canonical.line(_content(case, step))).hexdigest()


def _salt(case: Case, step: CaseStep) -> bytes:
    key = case.receipt_hash or (case.content_hash or case.code).encode()
    return hmac.digest(key, f"{step.event}/{step.round}/{step.id}".encode(), "sha256")


def _content(case: Case, step: CaseStep) -> dict[str, Any]:
    content = {
        "actor": step.actor,
        "at": clock.iso(step.at),
        "case": case.code,
        "event": step.event,
        "holder": step.holder,
        "note": step.note,
    }
    if step.event == "open":
        content |= {"category": case.category, "place": case.place, "text": case.text}
    return content
