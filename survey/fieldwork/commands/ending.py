"""The field by command line: its end, corrections, the end of its answers."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from huying import accounts
from huying.base import clock
from huying.base.errors import Forbidden
from huying.base.i18n import _
from huying.side.opening import opened, opened_by_owner
from survey.fieldwork.operations import corrections, ending, erasing
from survey.fieldwork.queries import corrections as corrections_of
from survey.fieldwork.rules.corrections import COMPLETE
from survey.models import Account
from survey.waves.commands.waves import label
from survey.waves.operations import early_ending
from survey.waves.queries import wave_head
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
        never = wave_head.never_called(session, label)
    if never:
        click.echo(_("%(label)s 已结束，有 %(n)s 户一次也没有打过。", label=label, n=never))
    else:
        click.echo(_("%(label)s 已结束。", label=label))


@click.command("correct")
@label
@click.argument("household")
@click.option("--to", required=True, metavar="CODE", help="The outcome that it should have.")
@click.option("--why", required=True, help="The ledger has its digest, unless it is a code.")
def correct(label: str, household: str, *, to: str, why: str) -> None:
    """Put the outcome of HOUSEHOLD (its code, or the receipt of its answer) right, by name.

    Asks for login and password of a supervisor or auditor, and where a complete is undone for those of
    somebody of another role. The answer of an undone complete counts no more.
    """
    first = _typed(_("督导或审计员的登录名"))
    with opened() as installation, installation.database.reading() as session:
        unit = corrections_of.unit_of(session, label, household)
        undone = corrections_of.outcome(session, label, unit) == COMPLETE
    second = _typed(_("另一种职责的人的登录名")) if undone else None
    with opened() as installation, installation.database.transaction() as session:
        by, now = _signer(session, *first), clock.now()
        row = corrections.ask(session, label, unit=unit, to=to, why=why, by=by, now=now)
        if second:
            corrections.confirm(session, row.id, by=_signer(session, *second), now=now)
    click.echo(_("%(label)s 的更正已写进账本。", label=label))


@click.command("erase")
@label
@click.option("--dropped", is_flag=True, help="Only answers that corrections dropped, at any time.")
def erase(label: str, *, dropped: bool) -> None:
    """Blank the answers of a wave whose time for appeals is over; the ledger keeps their number.

    The owner of the tables alone can: HUYING_SURVEY_OWNER_DATABASE_URL names its address.
    """
    with opened_by_owner() as installation, installation.database.transaction() as session:
        now = clock.now()
        found = erasing.erase_dropped(session, label) if dropped else erasing.erase(session, label, now=now)
    click.echo(_("%(label)s：销毁了 %(n)s 份回答。", label=label, n=found))


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
