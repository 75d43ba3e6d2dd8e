"""A bad deposit is thrown out by a registrar's name: the ledger says so, and its rows are gone."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from huying.base import public_text
from huying.base.errors import Conflict, Forbidden, NotFound
from huying.base.i18n import _
from huying.ledger import canonical
from survey import campaign
from survey.deposits.operations import areas
from survey.models import (
    LEDGER,
    Account,
    Deposit,
    DepositDiscard,
    DepositedCase,
    DepositedRow,
    ListEntry,
    Post,
    PublicEntry,
    RatingCount,
    Wave,
)
from survey.roles import REGISTRAR

BROUGHT = (Post, DepositedCase, RatingCount, ListEntry, DepositedRow, PublicEntry)


def discard(session: Session, period: str, *, by: Account, reason: str, now: datetime) -> DepositDiscard:
    """Throw out the last deposit; another for the same period may then be taken in.

    Raises NotFound where there is none, Conflict where a later one stands upon it, or a campaign was drawn
    from it.
    """
    if by.role != REGISTRAR:
        raise Forbidden(_("只有名册管理员能作废交存文件。"))
    campaign.campaign_lock(session)
    deposit = session.get(Deposit, period)
    if deposit is None:
        raise NotFound(_("没有 %(period)s 的交存文件。", period=period))
    last = session.scalar(select(func.max(Deposit.period)))
    if last != period:
        raise Conflict(_("后面还收过 %(last)s，请先作废那一份。", last=last))
    if (
        label := session.scalar(select(Wave.label).where(Wave.deposit_period == period).limit(1))
    ) is not None:
        raise Conflict(_("%(label)s 是从这一份里抽的，这一份不能作废。", label=label))
    row = _row(deposit, by=by, reason=public_text.reason(reason), now=now)
    session.add(row)
    session.flush()
    areas.withdraw(session, period, now=now)
    for model in BROUGHT:
        session.execute(delete(model).where(model.period == period))
    session.execute(delete(Deposit).where(Deposit.period == period))
    LEDGER.append(session, _entry(row), at=now)
    return row


def registrar(session: Session, login: str) -> Account:
    """Return the account of a registrar; raise NotFound where nobody has that login."""
    account = session.scalars(select(Account).where(Account.login == login, Account.active)).first()
    if account is None or account.role != REGISTRAR:
        raise NotFound(_("没有登录名是 %(login)s 的名册管理员。", login=login))
    return account


def _row(deposit: Deposit, *, by: Account, reason: str, now: datetime) -> DepositDiscard:
    return DepositDiscard(
        sha256=deposit.sha256,
        at=now,
        period=deposit.period,
        origin=deposit.origin,
        counts=deposit.counts,
        by=by.login,
        name=by.name,
        reason=reason,
        salt=secrets.token_hex(16),
    )


def _entry(row: DepositDiscard) -> bytes:
    why = sha256(f"{row.salt}\n{row.reason}\n".encode()).hexdigest()
    return canonical.line({"t": "discard", "sha256": row.sha256, "by": row.by, "why": why})
