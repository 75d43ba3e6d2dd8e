"""Programs of the invented city that read its scores by token."""

from __future__ import annotations

from datetime import datetime, timedelta

from huying.base.keys import Keyring
from huying.store.db import Database
from survey.api import operations
from survey.api.queries import tokens
from survey.api.rules.tokens import TokenRequest, TokenScope
from survey.roles import ADMINISTRATOR, ASSESSOR

ADMIN = "admin"
"""The login of the demo's administrator; an assessor's is the role's name."""

OF_DISTRICT = TokenRequest(
    "区政务平台的看板", "每季度把街道的结果放上看板", TokenScope("published", "street")
)
OF_UNIVERSITY = TokenRequest(
    "大学课题组", "重算各街道的差别", TokenScope("frozen", "grid"), days=30, per_hour=60
)
OF_NOBODY = TokenRequest("旧看板", "换了新系统，不再用", TokenScope("published", "city"))


def hand_out(database: Database, *, keys: Keyring, now: datetime) -> None:
    """Give three programs a token each: one in use, one asked too often, one that was revoked."""
    begun = now - timedelta(days=9)
    with database.transaction() as session:
        used, often, old = (
            operations.issue(session, request, keys=keys, by=by, role=role, now=begun)
            for request, by, role in (
                (OF_DISTRICT, ADMIN, ADMINISTRATOR),
                (OF_UNIVERSITY, ASSESSOR, ASSESSOR),
                (OF_NOBODY, ADMIN, ADMINISTRATOR),
            )
        )
        for token, times in ((used, 9), (often, 63), (old, 2)):
            for number in range(times):
                at = begun + timedelta(hours=1, seconds=number)
                operations.admit(session, token, keys=keys, now=at)
        newest = tokens.listed(session, now=now)[0].number
        operations.revoke(session, newest, by=ADMIN, now=now - timedelta(days=2))
