"""The end of the field by command line."""

from __future__ import annotations

import click

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.side.opening import opened
from survey.fieldwork.operations import close
from survey.waves.commands.waves import label


@click.command("close")
@label
@click.option("--early", metavar="CODE", help="End before the households were worked: the reason, a code.")
@click.option("--by", multiple=True, metavar="ROLE:LOGIN", help="With --early: the two who end it.")
def close_field(label: str, *, early: str | None, by: tuple[str, ...]) -> None:
    """End the field: outcomes and sealed answers go into the ledger."""
    with opened() as installation, installation.database.transaction() as session:
        close.close(session, label, now=clock.now(), early=_early(early, by))
    click.echo(_("%(label)s 已结束。", label=label))


def _early(why: str | None, by: tuple[str, ...]) -> close.EarlyEnd | None:
    if why is None:
        return None
    if len(by) != 2:
        raise Refused(_("提前结束要两个不同角色的人。"))
    return close.EarlyEnd((by[0], by[1]), why)
