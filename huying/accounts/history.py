"""The sign-in log: what was tried and done with accounts, from roughly where. It is only added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.accounts.tables import AccountMixin, SignInMixin, Tables
from huying.base import networks
from huying.base.i18n import lazy

OUTCOMES = {
    "in": lazy("登录成功"),
    "wrong": lazy("登录名或密码不对"),
    "code": lazy("动态码不对"),
    "locked": lazy("试错太多，从那里暂时进不来"),
    "stranger": lazy("统一身份认证的账号在这里没有登记"),
    "out": lazy("已退出"),
    "ended": lazy("登录被结束"),
    "invitation": lazy("发出邀请链接"),
    "reset": lazy("发出重设密码的链接"),
    "password": lazy("设定了密码"),
    "lifted": lazy("放行"),
    "stopped": lazy("停用账号"),
    "resumed": lazy("恢复账号"),
    "enrolled": lazy("绑定了动态码"),
    "recovery": lazy("用恢复码登录"),
    "unbound": lazy("取消了动态码"),
}
"""Every outcome, and how people read it."""

FAILURES = ("wrong", "code", "locked")
LATELY = timedelta(days=1)
MANY = 5
"""So many failures of a login within a day are shown: more than its owner mistypes."""


@dataclass(frozen=True, slots=True)
class TriedLogin:
    """A login at which somebody guesses: how often it went wrong, from how many networks, when last."""

    login: str
    failures: int
    networks: int
    last: datetime


def coarse(address: str) -> str:
    """Return the network of an address, `203.0.113.0/24` or `2001:db8:1::/48`; empty where it is none."""
    return networks.network(address, networks.WRITTEN)


def tried(session: Session, tables: Tables, *, now: datetime) -> Sequence[TriedLogin]:
    """Return the logins at which many attempts failed lately, the most tried first."""
    model = tables.sign_in
    times = func.count(model.id)
    counts = (times, func.count(func.distinct(model.address)), func.max(model.at))
    failed = select(model.login, *counts).where(model.outcome.in_(FAILURES), model.at > now - LATELY)
    many = failed.group_by(model.login).having(times >= MANY).order_by(times.desc(), model.login)
    return [TriedLogin(*row) for row in session.execute(many)]


def write(
    session: Session,
    tables: Tables,
    *,
    login: str,
    outcome: str,
    now: datetime,
    address: str = "",
    by: str = "",
) -> None:
    """Add a line; of the address only its network stays, of a login that nobody has nothing."""
    known = session.scalar(select(tables.account.login).where(tables.account.login == login))
    line = {"at": now, "login": known or "", "outcome": outcome, "address": coarse(address), "by": by}
    session.add(tables.sign_in(**line))
    session.flush()


def lines(
    session: Session, tables: Tables, *, login: str | None = None, before: int | None = None, most: int = 50
) -> Sequence[SignInMixin]:
    """Return lines, the latest first: of one login or of all, those below the number `before`."""
    model = tables.sign_in
    wanted = select(model).order_by(model.id.desc()).limit(most)
    if login is not None:
        wanted = wanted.where(model.login == login)
    if before is not None:
        wanted = wanted.where(model.id < before)
    return session.scalars(wanted).all()


def last_before(session: Session, tables: Tables, account: AccountMixin) -> SignInMixin | None:
    """Return the sign-in before the present one, that its owner may notice one that wasn't theirs."""
    model = tables.sign_in
    entered = select(model).where(model.login == account.login, model.outcome.in_(("in", "recovery")))
    return session.scalars(entered.order_by(model.id.desc()).offset(1).limit(1)).first()
