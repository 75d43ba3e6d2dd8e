"""What the pages of every room begin with: the waves that are open to all, the accounts, a sign of life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from huying.ledger import witnessed
from huying.ledger.witnessed import Watch
from survey.models import LEDGER, OF_REGISTRY, Account, Wave

RUNNING = frozenset({"frozen", "called", "drawn"})


@dataclass(frozen=True, slots=True)
class PublicWaves:
    """The waves that anybody may look at, the newest first: those that are over, and those that run.

    `watches` are the witnesses of the ledger in which all of them stand.
    """

    over: Sequence[Wave]
    running: Sequence[Wave]
    watches: Sequence[Watch]


def public_waves(session: Session) -> PublicWaves:
    """Return the waves; a void one is neither over nor running."""
    waves = session.scalars(select(Wave).where(OF_REGISTRY).order_by(Wave.first_entry.desc())).all()
    return PublicWaves(
        over=[wave for wave in waves if wave.state == "closed"],
        running=[wave for wave in waves if wave.state in RUNNING],
        watches=witnessed.watches(LEDGER, session),
    )


def accounts(session: Session) -> Sequence[Account]:
    """Return all accounts, by role and login."""
    return session.scalars(select(Account).order_by(Account.role, Account.login)).all()


def check_database(session: Session) -> None:
    """Ask the database for one row; raises where it doesn't answer."""
    session.execute(text("SELECT 1"))
