"""Tasks of the background: each a value with a name, how often it is due, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from huying.base.i18n import _n
from huying.base.settings import Settings
from huying.ledger import witnessed
from huying.ledger.store import Ledger
from huying.messaging import outbox
from huying.messaging.carriers import Carrier, FakeCarrier
from huying.messaging.outbox import OutboxMixin
from huying.store.installation import Installation

EVERY_ROUND = timedelta()

Result = TypeVar("Result")
Through = Callable[[Carrier, Installation], Carrier]


def silent(_result: object) -> str:
    """Say nothing."""
    return ""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work that nobody clicks: whatever becomes of it, the others are done.

    `work` returns a sentence about what it did, empty where there was nothing to do; `ready` refuses settings
    with which it could never be done.
    """

    name: str
    work: Callable[[Installation, datetime], str]
    every: timedelta = EVERY_ROUND
    ready: Callable[[Settings], object] = silent


def changing(
    name: str,
    change: Callable[[Session, Installation, datetime], Result],
    *,
    every: timedelta = EVERY_ROUND,
    said: Callable[[Result], str] = silent,
) -> Task:
    """Return a task that is one transaction; `said` tells of a result that isn't empty."""

    def work(installation: Installation, now: datetime) -> str:
        with installation.database.transaction() as session:
            result = change(session, installation, now)
        return said(result) if result else ""

    return Task(name, work, every)


def signing(ledger: Ledger) -> Task:
    """Return the task that signs a checkpoint where a line of the ledger has waited for one."""

    def sign(session: Session, installation: Installation, now: datetime) -> bool:
        key = installation.keys.signing(witnessed.SIGNING)
        return witnessed.sign_due(ledger, session, origin=installation.ledger_origin, key=key, now=now)

    return changing("sign a checkpoint", sign)


def _same(carrier: Carrier, _installation: Installation) -> Carrier:
    return carrier


def sending(
    model: type[OutboxMixin],
    *,
    through: Through = _same,
    ready: Callable[[Settings], object] = silent,
) -> Task:
    """Return the task that sends queued messages; without a carrier, which the demo has, they stay queued."""

    def send(installation: Installation, now: datetime) -> str:
        if not installation.settings.demo:
            return ""
        folder = installation.settings.data / "messages" / installation.settings.side
        carrier = through(FakeCarrier(folder), installation)
        sent = outbox.drain(installation.database, model, carrier=carrier, vault=installation.vault, now=now)
        return _n("发出 %(n)d 条短信。", n=sent) if sent else ""

    return Task("send messages", send, ready=ready)
