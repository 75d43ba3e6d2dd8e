"""The deposit of a period: made once, its digest in the ledger before the file leaves."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.deposit.queries.scope import DepositScope
from feedback.deposit.queries.tables import tables
from feedback.deposit.rules import VISITS_KEPT
from feedback.models import LEDGER, DepositRun, Visit
from huying.base.clock import LOCAL
from huying.base.errors import Conflict, Invalid, NotFound, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.deposit import archive
from huying.deposit.manifest import checkpoint_size
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
        entries=LEDGER.lines(session, _since(session), checkpoint_size(checkpoint)),
    )
    run = DepositRun(period=period, made_at=now, sha256=archive.digest(file), file=file)
    session.add(run)
    session.flush()
    totals = {name: len(each) for name, each in rows.items()}
    ledger.write(session, "deposit", at=now, p=period, d=run.sha256, n=totals)
    return run


def reissue(session: Session, *, period: str, since: int, now: datetime) -> bytes:
    """Return a deposit that was made, with the ledger's lines from `since` on: the other side lacks them.

    The tables stay as they were. Raises NotFound for a period that wasn't deposited, Invalid for lines that
    its ledger doesn't have.
    """
    made = session.get(DepositRun, period)
    if made is None:
        raise NotFound(_("%(period)s 还没有交存。", period=period))
    size = checkpoint_size(archive.manifest_of(made.file).ledger_checkpoint)
    if not 0 <= since <= size:
        raise Invalid(_("账本的行从 0 数起，到 %(size)s 为止。", size=size))
    file = archive.with_entries(made.file, LEDGER.lines(session, since, size))
    ledger.write(session, "deposit", at=now, p=period, d=archive.digest(file), n={"entries": size - since})
    return file


def forget_visits(session: Session, *, now: datetime) -> int:
    """Drop numbers and addresses of visits that a deposit has carried for 30 days; return of how many."""
    carried = session.scalars(
        select(DepositRun).where(DepositRun.made_at <= now - VISITS_KEPT).order_by(DepositRun.period.desc())
    ).first()
    if carried is None:
        return 0
    _start, stop = period_bounds(carried.period, tz=LOCAL)
    old = update(Visit).where(
        Visit.visited_at < stop,
        Visit.recorded_at <= carried.made_at,
        or_(Visit.sealed_number.is_not(None), Visit.sealed_address.is_not(None)),
    )
    return len(session.scalars(old.values(sealed_number=None, sealed_address=None).returning(Visit.id)).all())


def _since(session: Session) -> int:
    """Return where the lines begin that no deposit has carried."""
    last = session.scalars(select(DepositRun).order_by(DepositRun.period.desc()).limit(1)).first()
    if last is None or not archive.carries_entries(last.file):
        return 0
    return checkpoint_size(archive.manifest_of(last.file).ledger_checkpoint)


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
