"""What came from where, counted as rows; what a limit held back is a row too, for reviewers."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.cases.rules import limits
from feedback.cases.rules.limits import EarlierRequest, Limit
from feedback.cases.rules.requests import HelpRequest
from feedback.models import LimitedRequest, Poster, RequestMark
from huying.base.networks import HOUSE, network
from huying.base.phones import Vault

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: its poster and the address of its sender, empty where that is unknown."""

    poster: Poster
    address: str


def address_digest(address: str, *, vault: Vault, now: datetime) -> bytes | None:
    """Return the digest of an address's network by the key of its day; None for an unknown one.

    Whoever has one IPv6 address has all of its /64.
    """
    net = network(address, HOUSE)
    if not net:
        return None
    key = vault.keys.raw(f"address-{now:%Y%m%d}")
    return hmac.digest(key, net.encode(), "sha256")[:KEY_BYTES]


def check(
    session: Session, request: HelpRequest, origin: Origin, *, vault: Vault, now: datetime
) -> Limit | None:
    """Return the limit that this request would pass, or None; what is held back is noted."""
    keys = _keys(request, origin, vault=vault, now=now)
    since = now - max(limit.within for limit in limits.LIMITS)
    known = select(RequestMark.kind, RequestMark.urgency, RequestMark.at).where(
        RequestMark.key.in_(keys.values()), RequestMark.at > since
    )
    marks = [EarlierRequest(kind, urgency, at) for kind, urgency, at in session.execute(known)]
    limit = limits.exceeded(marks, urgency=request.urgency, now=now)
    if limit is not None:
        note(session, limit.kind, request, origin, now=now)
    return limit


def note(session: Session, kind: str, request: HelpRequest, origin: Origin, *, now: datetime) -> None:
    """Store that a request was held back: when, by which limit, where; nothing of what it said."""
    session.add(
        LimitedRequest(
            at=now,
            kind=kind,
            poster_id=origin.poster.id,
            grid_code=origin.poster.grid_code,
            urgency=request.urgency,
            category=request.category[:80],
        )
    )
    session.flush()


def mark(
    session: Session,
    request: HelpRequest,
    origin: Origin,
    *,
    case_id: int,
    vault: Vault,
    now: datetime,
) -> None:
    """Count a request that opened a case."""
    keys = _keys(request, origin, vault=vault, now=now)
    same = same_key(request, origin, vault=vault, now=now)
    if same is not None:
        keys["same"] = same
    for kind, key in keys.items():
        session.add(RequestMark(kind=kind, key=key, urgency=request.urgency, at=now, case_id=case_id))
    session.flush()


def same_key(request: HelpRequest, origin: Origin, *, vault: Vault, now: datetime) -> bytes | None:
    """Return what the same words of the same hand have in common; None where no hand can be told."""
    hand = address_digest(origin.address, vault=vault, now=now)
    if request.contact is None and hand is None:
        return None
    said = limits.content(request, where=origin.poster.code)
    by = b"" if request.contact else hand or b""
    return hmac.digest(vault.keys.raw("same-request"), said + by, "sha256")[:KEY_BYTES]


def may_message(session: Session, number: str, *, vault: Vault, now: datetime) -> bool:
    """Tell whether a stranger may cause one more message to this number today; if so, it is counted."""
    limit = limits.MESSAGES
    key = vault.index(number, purpose="limit")
    within = (RequestMark.at > now - limit.within, RequestMark.at <= now)
    earlier = select(RequestMark.id).where(RequestMark.kind == limit.kind, RequestMark.key == key, *within)
    if len(session.scalars(earlier).all()) >= limit.most:
        session.add(LimitedRequest(at=now, kind=limit.kind))
        session.flush()
        return False
    session.add(RequestMark(kind=limit.kind, key=key, at=now))
    session.flush()
    return True


def forget(session: Session, *, vault: Vault, now: datetime) -> int:
    """Drop marks older than 30 days, and the keys of those days; return how many marks."""
    before = now - limits.KEPT
    gone = session.scalars(delete(RequestMark).where(RequestMark.at < before).returning(RequestMark.id)).all()
    days = [f"address-{before - timedelta(days=back):%Y%m%d}" for back in range(1, 8)]
    for name in filter(vault.keys.find, days):
        vault.keys.drop(name)
    return len(gone)


def _keys(request: HelpRequest, origin: Origin, *, vault: Vault, now: datetime) -> dict[str, bytes]:
    keys = {"poster": hmac.digest(vault.keys.raw("limit-poster"), origin.poster.code.encode(), "sha256")}
    address = address_digest(origin.address, vault=vault, now=now)
    if address is not None:
        keys["address"] = address
    if request.contact is not None:
        keys["contact"] = vault.index(request.contact, purpose="limit")
    return {kind: key[:KEY_BYTES] for kind, key in keys.items()}
