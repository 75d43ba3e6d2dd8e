"""The deposit of a period: made once, its digest in the ledger before the file leaves."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.deposit.queries.scope import DepositScope
from feedback.deposit.queries.tables import tables
from feedback.models import LEDGER, DepositRun
from huying.base.clock import LOCAL
from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.deposit import archive
from huying.deposit.periods import period_bounds
from huying.deposit.sealing import Sealer
from huying.ledger import witnessed
from huying.ledger.keys import verifier_key
from huying.store import locks

RECIPIENT, SEALING, SIGNING = "survey-recipient", "deposit-sealing", "deposit-signing"
"""Names of the keys: the independent side's public half, and two secrets of our own."""


def make(session: Session, *, period: str, keys: Keyring, origin: str, now: datetime) -> DepositRun:
    """Return the deposit of a period such as `2026W48`; one that was made already is returned as it was.

    Equal databases, keys and `now` give equal bytes. A period may be deposited from its beginning on: what
    falls due in it later goes with the next one. Raise Invalid for a period that hasn't begun, Conflict for
    one older than the last, Refused without the independent side's key.
    """
    start, stop = period_bounds(period, tz=LOCAL)
    locks.hold(session, "deposit")
    run = session.get(DepositRun, period)
    if run is not None:
        return run
    _check(session, period, start=start, now=now)
    scope = DepositScope(start, stop, now, Vault(keys), Sealer(_recipient(keys), keys.raw(SEALING)))
    rows = tables(session, scope)
    checkpoint = LEDGER.checkpoint(session, origin=f"{origin}/log", key=keys.signing(witnessed.SIGNING))
    file = archive.write(
        rows,
        origin=origin,
        period=period,
        made_at=now,
        ledger_checkpoint=checkpoint,
        signing_key=keys.signing(SIGNING),
    )
    run = DepositRun(period=period, made_at=now, sha256=archive.digest(file), file=file)
    session.add(run)
    session.flush()
    totals = {name: len(each) for name, each in rows.items()}
    ledger.write(session, "deposit", at=now, p=period, d=run.sha256, n=totals)
    return run


def rotate(session: Session, *, keys: Keyring, origin: str, now: datetime) -> str:
    """Replace the key that signs deposits; return the new verifier key, which the independent side needs."""
    locks.hold(session, "deposit")
    before = verifier_key(origin, key=keys.signing(SIGNING)).text
    keys.put(SIGNING, secrets.token_hex(32))
    after = verifier_key(origin, key=keys.signing(SIGNING)).text
    ledger.write(session, "key.deposit", at=now, k=after, was=before)
    return after


def _check(session: Session, period: str, *, start: datetime, now: datetime) -> None:
    if now < start:
        raise Invalid(_("%(period)s 还没有开始。", period=period))
    last = session.scalar(select(func.max(DepositRun.period)))
    if last is not None and last > period:
        raise Conflict(
            _(
                "%(last)s 已经交存，不能再交存更早的 %(period)s；漏下的会随下一份一起交。",
                last=last,
                period=period,
            )
        )


def _recipient(keys: Keyring) -> str:
    public = keys.find(RECIPIENT)
    if public is None:
        raise Refused(
            _("还没有独立方的公钥，联系方式无法封存：请先运行 huying feedback key --recipient 公钥。")
        )
    return public
