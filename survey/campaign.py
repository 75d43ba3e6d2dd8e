"""One order for all that must not happen at once: freezing, claiming, taking in."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.models import Wave

CAMPAIGN_LOCK = 0x736572766579
"""One lock for all that needs a total order: freezing waves, claiming cases, taking in files."""


def campaign_lock(session: Session) -> None:
    """Wait until no other transaction freezes, claims or takes in; released at the transaction's end."""
    # A writer on SQLite holds the whole database from its BEGIN IMMEDIATE on.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_lock())


@cache
def _lock() -> Select[None]:
    return select(func.pg_advisory_xact_lock(CAMPAIGN_LOCK))


def check_none_runs(session: Session) -> None:
    """Raise Conflict while a wave runs: all checkpoints of a wave are signed by one key."""
    running = session.scalar(select(Wave.label).where(Wave.state.in_(("frozen", "called", "drawn"))))
    if running is not None:
        raise Conflict(_("%(running)s 这一轮还没有结束，账本的钥匙不能在中途更换。", running=running))
