"""Tokens are made, shown once, counted at each use, and revoked."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey.api.queries import tokens
from survey.api.rules.tokens import (
    PREFIX,
    TokenRequest,
    TokenScope,
    check_giver,
    expiry,
    hour_of,
    seconds_left,
)
from survey.models import ApiToken, ApiTokenHour

KEY = "api-tokens"
LONGEST = 200
"""Nothing longer is looked up."""


class NoToken(Refused):
    """The request shows no token, or one that can't be used."""

    status = 401


class TooOften(Refused):
    """A token was used up for this hour; `wait` seconds are left of it."""

    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(_("这个令牌这一小时的次数用完了，请过 %(n)s 秒再来。", n=wait))
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Admission:
    """What a token that was shown may read; `wait` seconds first, where it was used too often."""

    scope: TokenScope
    wait: int = 0


def issue(
    session: Session, request: TokenRequest, *, keys: Keyring, by: str, role: str, now: datetime
) -> str:
    """Make a token and return it, this once: its keyed digest alone is stored.

    Raises Invalid for a request with a fault, Forbidden for more than the giver's role may hand out.
    """
    request.check()
    check_giver(role, request.scope)
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    session.add(
        ApiToken(
            name=request.name.strip(),
            purpose=request.purpose.strip(),
            digest=_digest(token, keys),
            reads=request.scope.reads,
            finest=request.scope.finest,
            per_hour=request.per_hour,
            made_by=by,
            made_role=role,
            made_at=now,
            expires_at=expiry(request, now=now),
        )
    )
    session.flush()
    return token


def revoke(session: Session, number: int, *, by: str, now: datetime) -> None:
    """Revoke a token for good; raise NotFound where there is none, Conflict where it is revoked already."""
    token = session.get(ApiToken, number, with_for_update=True)
    if token is None:
        raise NotFound(_("没有这个令牌。"))
    if token.revoked_at is not None:
        raise Conflict(_("这个令牌已经作废了。"))
    token.revoked_at, token.revoked_by = now, by
    session.flush()


def admit(session: Session, shown: str, *, keys: Keyring, now: datetime) -> Admission:
    """Count a use of the token that a request shows, and return what it may read.

    Raises NoToken for one that nobody has, or that is revoked or over; those count for nothing.
    """
    token = tokens.by_digest(session, _digest(shown, keys)) if len(shown) <= LONGEST else None
    if token is None:
        raise NoToken(_("没有这个令牌。请在 Authorization 里写 Bearer 和令牌。"))
    if tokens.state(token, now=now) == tokens.REVOKED:
        raise NoToken(_("这个令牌已经作废了，请另要一个。"))
    if tokens.state(token, now=now) == tokens.EXPIRED:
        raise NoToken(_("这个令牌过了期，请另要一个。"))
    is_within = _count(session, token, now=now)
    return Admission(TokenScope(token.reads, token.finest), 0 if is_within else seconds_left(now))


def _count(session: Session, token: ApiToken, *, now: datetime) -> bool:
    """Count a use, as refused where the hour's are used up; return whether it is within them."""
    key = (token.id, hour_of(now))
    row = session.get(ApiTokenHour, key)
    if row is None:
        row = ApiTokenHour(token_id=token.id, hour=hour_of(now), used=0, refused=0, last_at=now)
        session.add(row)
    is_within = row.used < token.per_hour
    if is_within:
        row.used += 1
    else:
        row.refused += 1
    row.last_at = now
    session.flush()
    return is_within


def _digest(token: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), token.encode("utf-8", "replace"), sha256)
