"""The tokens that were handed out, and how much each was used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.api.rules.tokens import TokenScope
from survey.models import ApiToken, ApiTokenHour

ACTIVE, EXPIRED, REVOKED = "active", "expired", "revoked"


@dataclass(frozen=True, slots=True)
class UsedToken:
    """A token as its list tells it: never the token itself, nor its digest."""

    number: int
    name: str
    purpose: str
    scope: TokenScope
    per_hour: int
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    state: str
    used: int
    refused: int
    last_at: datetime | None


def listed(session: Session, *, now: datetime) -> Sequence[UsedToken]:
    """Return all tokens, those that can be used first, the newest first."""
    counted = (
        select(
            ApiTokenHour.token_id,
            func.sum(ApiTokenHour.used).label("used"),
            func.sum(ApiTokenHour.refused).label("refused"),
            func.max(ApiTokenHour.last_at).label("last_at"),
        )
        .group_by(ApiTokenHour.token_id)
        .subquery()
    )
    every = select(ApiToken, counted.c.used, counted.c.refused, counted.c.last_at)
    rows = session.execute(
        every.outerjoin(counted, counted.c.token_id == ApiToken.id).order_by(ApiToken.id.desc())
    )
    found = [
        _used(token, used=used, refused=refused, last_at=last_at, now=now)
        for token, used, refused, last_at in rows
    ]
    return sorted(found, key=lambda each: each.state != ACTIVE)


def by_digest(session: Session, digest: bytes) -> ApiToken | None:
    """Return the token of a digest, held for this transaction alone: its uses are counted one by one."""
    return session.scalar(select(ApiToken).where(ApiToken.digest == digest).with_for_update())


def state(token: ApiToken, *, now: datetime) -> str:
    """Return whether a token can be used."""
    if token.revoked_at is not None:
        return REVOKED
    return EXPIRED if token.expires_at <= now else ACTIVE


def _used(
    token: ApiToken, *, used: int | None, refused: int | None, last_at: datetime | None, now: datetime
) -> UsedToken:
    return UsedToken(
        number=token.id,
        name=token.name,
        purpose=token.purpose,
        scope=TokenScope(token.reads, token.finest),
        per_hour=token.per_hour,
        made_by=token.made_by,
        made_at=token.made_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        revoked_by=token.revoked_by,
        state=state(token, now=now),
        used=int(used or 0),
        refused=int(refused or 0),
        last_at=last_at,
    )
