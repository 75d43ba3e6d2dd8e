"""The judged by command line: let them look before the public does."""

from __future__ import annotations

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.opening import opened
from survey.judged.operations import cards


@click.command()
@click.argument("wave")
@click.option("--by", required=True, metavar="LOGIN", help="Whose name stands under it.")
def preview(wave: str, by: str) -> None:
    """Freeze the scores of WAVE, and let the judged look for ten days before they are published.

    The slips that open their cards are printed from the page of the wave's scores.
    """
    with opened() as installation, installation.database.transaction() as session:
        made = cards.open_preview(session, wave, by=by, now=clock.now())
        until = clock.local(made.ends_at)
    click.echo(
        _("%(label)s 的得分先给被评的人看，%(at)s 以后才能公布。", label=wave, at=f"{until:%Y-%m-%d %H:%M}")
    )
