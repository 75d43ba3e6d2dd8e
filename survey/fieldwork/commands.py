"""The end of the field by command line."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from huying import accounts
from huying.base import clock
from huying.base.errors import Forbidden
from huying.base.i18n import _
from huying.side.opening import opened
from survey.fieldwork.operations import ending
from survey.models import Account
from survey.waves.commands.waves import label
from survey.waves.operations import early_ending
from survey.waves.rules.early_ending import ASKS, Signer


@click.command("close")
@label
@click.option("--early", "why", metavar="WHY", help="End before everybody was worked: two people sign.")
def close_field(label: str, *, why: str | None) -> None:
    """End the field: outcomes, sealed answers and the score go into the ledger.

    Before the sealed end, while households wait, --early asks for login and password of a draw officer, then
    of somebody of another role; both names and the reason are kept.
    """
    signers = [_typed(_("抽样官的登录名")), _typed(_("另一种职责的人的登录名"))] if why else []
    with opened() as installation, installation.database.transaction() as session:
        if why:
            _sign(session, label, why=why, signers=signers)
        ending.end(session, label, now=clock.now())
    click.echo(_("%(label)s 已结束。", label=label))


def _typed(asked: str) -> tuple[str, str]:
    return click.prompt(asked, err=True), click.prompt(_("密码"), err=True, hide_input=True)


def _sign(session: Session, label: str, *, why: str, signers: list[tuple[str, str]]) -> None:
    first, second = (_signer(session, login, password) for login, password in signers)
    if first.role != ASKS:
        raise Forbidden(_("提前结束由抽样官提出。"))
    early_ending.ask(session, label, why=why, by=first, now=clock.now())
    early_ending.confirm(session, label, by=second, now=clock.now())


def _signer(session: Session, login: str, password: str) -> Signer:
    account = accounts.verified(session, Account, login=login, password=password)
    if account is None:
        raise Forbidden(_("%(login)s 的登录名或密码不对。", login=login))
    return Signer(account.login, account.role)
