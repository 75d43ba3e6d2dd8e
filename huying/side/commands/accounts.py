"""The commands over accounts that both sides share: links, lockouts, sessions, second factors, the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.accounts import AccountMixin, Tables, browsers, history, links, lockout, second_factor, sessions
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _, _n
from huying.side.files import BY
from huying.side.opening import opened, this_side
from huying.side.side import Side
from huying.store.installation import Installation

PASSWORD = click.option(
    "--password-file", type=click.File(), help="File with the password; - is standard input."
)
INVITE = "Make an account with the login LOGIN; print a one-time link by which its owner sets the password."
MISTYPED = 3
"""Failures from which on the list tells of them."""
Create = Callable[..., AccountMixin]
"""Stores an account: called with the session, `login`, `password` (None invites) and what its options say."""


class AccountGroup(click.Group):
    """The commands over accounts; a login in place of a command's name means `add`, as it always did."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that `args` begin with."""
        known = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else ["add", *args])


def makers(
    create: Create, *options: Callable[[click.Command], click.Command], check: Callable[..., object]
) -> tuple[click.Command, click.Command]:
    """Return the commands `add` and `invite` of a side, whose accounts are described by `options`.

    `check` refuses what the options say before a password is asked for.
    """

    @click.command()
    @click.argument("login")
    def add(login: str, *, password_file: TextIO | None, **described: Any) -> None:
        """Make an account with the login LOGIN: one account, one role.

        The password, at least 10 characters, is asked for unless a file holds it.
        """
        check(**described)
        password = _password(password_file)
        with opened() as installation, installation.database.transaction() as session:
            create(session, login=login, password=password, **described)
        click.echo(_("已建账号 %(login)s。", login=login))

    @click.command(help=INVITE)
    @click.argument("login")
    def invite(login: str, **described: Any) -> None:
        check(**described)
        with opened() as installation, installation.database.transaction() as session:
            account = create(session, login=login, password=None, **described)
            token = _link_for(session, installation, this_side().accounts, account)
        _tell_link(installation, token)

    for option in options:
        option(add)
        option(invite)
    PASSWORD(add)
    return add, invite


def group(*own: click.Command) -> AccountGroup:
    """Return the group `account` of a side: its own commands, which make accounts, and the shared ones."""
    made = AccountGroup(
        "account",
        help="Accounts: who signs in, one role each. `account LOGIN …` is short for `account add LOGIN …`.",
    )
    for command in (*own, reset, unlock, end_sessions, unbind, listing):
        made.add_command(command)
    return made


def _password(file: TextIO | None) -> str:
    if file is not None:
        return file.readline().rstrip("\r\n")
    return str(click.prompt(_("密码"), hide_input=True, confirmation_prompt=True))


def _tell_link(installation: Installation, token: str) -> None:
    click.echo(f"{installation.settings.base_url}/sign-in/link/{token}")
    click.echo(_("请把上面的链接交给本人设定密码：72 小时内有效，只能用一次。"), err=True)


def _link_for(session: Session, installation: Installation, tables: Tables, account: AccountMixin) -> str:
    return links.make(session, tables, account, keys=installation.keys, by=BY, now=clock.now())


@click.command()
@click.argument("login")
@click.pass_obj
def reset(side: Side, login: str) -> None:
    """Print a one-time link by which the owner of LOGIN sets a password; earlier links are void."""
    with _account(side, login) as (installation, session, account):
        token = _link_for(session, installation, side.accounts, account)
    _tell_link(installation, token)


@click.command()
@click.argument("login")
@click.pass_obj
def unlock(side: Side, login: str) -> None:
    """Let LOGIN try again at once after too many failures."""
    with _account(side, login) as (installation, session, account):
        lockout.lift(session, side.accounts, login=account.login, keys=installation.keys, now=clock.now())
        _log(session, side, account, "lifted")
    click.echo(_("已放行：%(login)s 从哪里都可以再试。", login=login))


@click.command(name="end-sessions")
@click.argument("login")
@click.pass_obj
def end_sessions(side: Side, login: str) -> None:
    """End every session of LOGIN."""
    with _account(side, login) as (_installation, session, account):
        sessions.end_all(session, side.accounts, account)
        browsers.forget(session, side.accounts, account)
        _log(session, side, account, "ended")
    click.echo(_("%(login)s 的登录都已结束。", login=login))


@click.command()
@click.argument("login")
@click.pass_obj
def unbind(side: Side, login: str) -> None:
    """Unbind the authenticator of LOGIN, whose phone and recovery codes are lost, and end its sessions."""
    with _account(side, login) as (_installation, session, account):
        second_factor.remove(session, side.accounts, account)
        sessions.end_all(session, side.accounts, account)
        _log(session, side, account, "unbound")
    click.echo(_("%(login)s 的动态码已取消。", login=login))


@click.command(name="list")
@click.pass_obj
def listing(side: Side) -> None:
    """Print every account: login, role, name, state."""
    model = side.accounts.account
    with opened() as installation, installation.database.reading() as session:
        for account in session.scalars(select(model).order_by(model.role, model.login)):
            state = _state(session, installation, side.accounts, account)
            click.echo("\t".join((account.login, account.role, account.name, state)))


def _state(session: Session, installation: Installation, tables: Tables, account: AccountMixin) -> str:
    if not account.active:
        return _("已停用")
    if not account.password_hash:
        return _("等待本人设定密码")
    keys, now = installation.keys, clock.now()
    failures = lockout.failures_of(session, tables, login=account.login, keys=keys, now=now)
    tried = _n("（15 分钟里输错 %(n)d 次）", n=failures) if failures >= MISTYPED else ""
    return _("可以登录") + tried


@contextmanager
def _account(side: Side, login: str) -> Iterator[tuple[Installation, Session, AccountMixin]]:
    model = side.accounts.account
    with opened() as installation, installation.database.transaction() as session:
        account = session.scalar(select(model).where(model.login == login))
        if account is None:
            raise NotFound(_("没有登录名为 %(login)s 的账号。", login=login))
        yield installation, session, account


def _log(session: Session, side: Side, account: AccountMixin, outcome: str) -> None:
    history.write(session, side.accounts, login=account.login, outcome=outcome, by=BY, now=clock.now())
