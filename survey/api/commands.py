"""Tokens by command line."""

from __future__ import annotations

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.files import BY
from huying.side.opening import opened
from survey.api import operations
from survey.api.queries import tokens
from survey.api.rules.tokens import (
    FINEST,
    MOST_AN_HOUR,
    MOST_DAYS,
    PUBLISHED,
    READS,
    USUAL_AN_HOUR,
    USUAL_DAYS,
    TokenRequest,
    TokenScope,
)
from survey.scores.rules.pipeline import STREET


@click.group("token")
def token() -> None:
    """Tokens by which programs read scores as JSON."""


@token.command("add")
@click.option("--name", required=True, help="Which program of whom.")
@click.option("--purpose", required=True, help="What for; auditors read it.")
@click.option("--reads", type=click.Choice([*READS]), default=PUBLISHED, show_default=True)
@click.option("--finest", type=click.Choice([*FINEST]), default=STREET, show_default=True)
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=USUAL_DAYS, show_default=True)
@click.option("--per-hour", type=click.IntRange(1, MOST_AN_HOUR), default=USUAL_AN_HOUR, show_default=True)
def add(*, name: str, purpose: str, reads: str, finest: str, days: int, per_hour: int) -> None:
    """Make a token and print it, this once: a keyed digest alone is kept."""
    request = TokenRequest(name, purpose, TokenScope(reads, finest), days, per_hour)
    with opened() as installation, installation.database.transaction() as session:
        made = operations.issue(session, request, keys=installation.keys, by=BY, role="", now=clock.now())
    click.echo(made)


@token.command("list")
def list_() -> None:
    """List all tokens, with how often each was used, and last."""
    now = clock.now()
    with opened() as installation, installation.database.reading() as session:
        found = tokens.listed(session, now=now)
    for each in found:
        scope = f"{each.scope.reads} {each.scope.finest}"
        click.echo(f"{each.number:>4}  {each.state:<8} {scope:<20} {each.used:>8}  {each.name}")


@token.command("revoke")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def revoke(number: int) -> None:
    """Revoke the token of this NUMBER, for good."""
    with opened() as installation, installation.database.transaction() as session:
        operations.revoke(session, number, by=BY, now=clock.now())
    click.echo(_("令牌 %(n)s 已作废。", n=number))
