"""A resident asks: counted, recognised when sent twice, with photos, and a code to prove the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import limits, opening, photos, proofs
from feedback.cases.operations.limits import Origin
from feedback.cases.operations.opening import NewCase
from feedback.cases.rules import codes
from feedback.cases.rules.limits import SAME_FOR, Limit, content
from feedback.cases.rules.requests import HelpRequest
from feedback.models import Case, RequestMark
from huying.base.phones import Vault
from huying.store import locks


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request: the case, new with it or known before, or the limit that held it back."""

    opened: NewCase | None = None
    fresh: bool = False
    held_by: Limit | None = None


def ask(
    session: Session,
    request: HelpRequest,
    origin: Origin,
    *,
    once: str,
    pictures: Sequence[bytes] = (),
    proving: bool = True,
    vault: Vault,
    now: datetime,
) -> Asked:
    """Open a case, once for the same words of the same hand: by double click, after Back, from two tabs.

    With `proving`, a code goes to its number; else somebody is going to call it anyway.
    """
    known = sent_before(session, request, origin, once=once, vault=vault, now=now)
    if known is not None:
        return Asked(known)
    limit = limits.check(session, request, origin, vault=vault, now=now)
    if limit is not None:
        return Asked(held_by=limit)
    opened = opening.open_case(
        session,
        request,
        poster=origin.poster,
        once=_mark(request, origin, once=once),
        source="poster",
        vault=vault,
        now=now,
    )
    limits.mark(session, request, origin, case_id=opened.case.id, vault=vault, now=now)
    photos.keep(session, opened.case, pictures, now=now)
    if proving and request.contact is not None:
        proofs.ask(session, opened.case, vault=vault, now=now)
    return Asked(opened, fresh=True)


def sent_before(
    session: Session, request: HelpRequest, origin: Origin, *, once: str, vault: Vault, now: datetime
) -> NewCase | None:
    """Return the case that the same form, or the same words of the same hand, opened already."""
    same = limits.same_key(request, origin, vault=vault, now=now)
    locks.hold(session, "asking", (same or b"").hex() or once)
    case = session.scalar(select(Case).where(Case.once == _mark(request, origin, once=once)))
    if case is None and same is not None:
        lately = (
            RequestMark.kind == "same",
            RequestMark.key == same,
            RequestMark.at > now - SAME_FOR,
            RequestMark.at <= now,
        )
        found = select(Case).join(RequestMark, RequestMark.case_id == Case.id).where(*lately)
        case = session.scalar(found.where(Case.holder != "").order_by(Case.id.desc()).limit(1))
    if case is None or case.once is None:
        return None
    return NewCase(case, codes.receipt_of(vault, once=case.once))


def _mark(request: HelpRequest, origin: Origin, *, once: str) -> str:
    return codes.opened_by(once, content(request, where=origin.poster.code))
