"""The end of the field by command line."""

from __future__ import annotations

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.opening import opened
from survey.fieldwork.operations import close
from survey.waves.commands.waves import label


@click.command("close")
@label
def close_field(label: str) -> None:
    """End the field: outcomes, sealed answers and the score go into the ledger."""
    with opened() as installation, installation.database.transaction() as session:
        close.close(session, label, now=clock.now())
    click.echo(_("%(label)s 已结束。", label=label))
