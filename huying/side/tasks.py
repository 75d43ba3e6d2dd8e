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
from huying.messaging import choice
from huying.messaging.carriers import Carrier
from huying.messaging.outbox import OutboxMixin, forget
from huying.messaging.sending import Mailroom, Stopped, drain, nobody
from huying.store.installation import Installation

EVERY_ROUND = timedelta()
DAILY = timedelta(days=1)

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


def signing(ledger: Ledger, *, suffix: str = "") -> Task:
    """Return the task that signs a checkpoint where a line of the ledger has waited for one.

    `suffix` is what is added to the ledger's name, of one beside the side's own.
    """

    def sign(session: Session, installation: Installation, now: datetime) -> bool:
        key = installation.keys.signing(witnessed.SIGNING)
        origin = f"{installation.ledger_origin}{suffix}"
        return witnessed.sign_due(ledger, session, origin=origin, key=key, now=now)

    return changing(f"sign a checkpoint{suffix and f' of {suffix}'}", sign)


def _same(carrier: Carrier, _installation: Installation) -> Carrier:
    return carrier


def sending(
    model: type[OutboxMixin],
    *,
    through: Through = _same,
    ready: Callable[[Settings], object] = silent,
    stopped: Stopped = nobody,
) -> Task:
    """Return the task that sends queued messages; what has no carrier waits, and goes stale."""

    def send(installation: Installation, now: datetime) -> str:
        carriers = {
            channel: through(carrier, installation)
            for channel, carrier in choice.made(installation.settings).items()
        }
        post = Mailroom(
            installation.database,
            model,
            carriers,
            installation.vault,
            stopped,
            at_night=installation.settings.demo,
        )
        sent = drain(post, now=now)
        return _n("发出 %(n)d 条短信。", n=sent) if sent else ""

    return Task("send messages", send, ready=ready)


def forgetting(model: type[OutboxMixin]) -> Task:
    """Return the nightly task that blanks the numbers and words of old messages."""

    def old(session: Session, _installation: Installation, now: datetime) -> int:
        return forget(session, model, now=now)

    return changing("forget old messages", old, every=DAILY)
