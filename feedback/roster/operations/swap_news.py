"""Both workers of a swap learn by message what became of it, each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.contacts.queries import numbers
from feedback.models import Area, OutboxMessage, SwapOffer, Worker
from feedback.roster.queries import swaps
from huying.base import clock
from huying.base.phones import Vault
from huying.messaging import outbox

PURPOSE = TEMPLATE = "swap"
SAYS: Mapping[str, str] = {
    "asked": "同事请您代",
    "agreed": "对方同意了",
    "declined": "对方没同意",
    "undone": "已收回",
}


def tell(session: Session, *, vault: Vault, now: datetime) -> int:
    """Store the messages that nobody has got yet; return how many. Who has no mobile sees it on the page."""
    return sum(
        _tell(session, each, worker, what, vault=vault, now=now)
        for each, worker, what in swaps.news(session, now=now)
    )


def _tell(
    session: Session, each: SwapOffer, worker_code: str, what: str, *, vault: Vault, now: datetime
) -> bool:
    worker = session.get_one(Worker, worker_code)
    mobiles = [own for own in numbers.of_worker(session, worker_code) if own.kind == "mobile"]
    if not (worker.active and mobiles):
        return False
    start, grid = clock.local(each.valid_from), session.get_one(Area, each.grid_code)
    return outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=PURPOSE,
        subject=f"{each.id}/{worker_code}/{what}",
        number=numbers.number_of(mobiles[0], vault=vault),
        template=TEMPLATE,
        params={
            "place": grid.name[:12],
            "day": f"{start.month}月{start.day}日{start:%H:%M}",
            "what": SAYS[what],
        },
        now=now,
    )
