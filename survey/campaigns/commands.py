"""Campaigns by command: frozen and counted; what lies between is done as for a wave."""

from __future__ import annotations

from datetime import datetime

import click

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.numbering import read_one
from huying.side.opening import opened
from survey.campaigns.operations import counting, freeze
from survey.campaigns.queries import results
from survey.campaigns.rules.request import CampaignRequest
from survey.kinds import FROM_DEPOSITS, PHASE2
from survey.waves.rules.wave_rules import HOURS


@click.group()
def campaign() -> None:
    """Look into what deposits tell: cases reported solved, visits, posters; and into dead numbers.

    After `freeze` a campaign goes on as a wave does, by `wave commit`, `beacon`, `reveal`, `draw`, `release`
    and `close`; then come `campaign count` and `wave bundle`.
    """


@campaign.command("freeze")
@click.argument("label")
@click.option("--kind", type=click.Choice([*FROM_DEPOSITS, PHASE2]), required=True, help="What is drawn.")
@click.option("--sample", default=30, show_default=True, help="Units of each street (or grid, of phase2).")
@click.option("--beacon", required=True, metavar="SOURCE", help="Coming event, e.g. dice:<time>,20d10.")
@click.option("--of", "phase_of", default="", metavar="WAVE", help="Whose dead numbers, of phase2.")
@click.option("--hotline", default="", help="The line that residents dial, of test calls.")
@click.option("--attempts", default=6, show_default=True, help="Before nobody was reached.")
@click.option("--quorum", default=0, show_default=True, help="Witnesses that are asked for.")
@click.option("--hours", type=click.Choice(HOURS), default="standard", show_default=True)
@click.option("--ends", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="End of the field, local time.")
def freeze_command(
    label: str, *, beacon: str, hotline: str, ends: datetime | None, hours: str, **more: int | str
) -> None:
    """Freeze what is to be looked into as the frame of a campaign LABEL."""
    with opened() as installation, installation.database.transaction() as session:
        settings = installation.settings
        if hours != "standard" and not settings.demo:
            raise Refused(_("拨打时段不限只能用于演示。"))
        dialled = hotline and read_one(hotline, region=settings.region, allowed=settings.allowed_numbers)
        asked = CampaignRequest(
            label=label,
            beacon_source=beacon,
            hotline=dialled,
            hours=hours,
            field_ends_at=None if ends is None else ends.replace(tzinfo=clock.LOCAL),
            **more,  # type: ignore[arg-type]
        )
        wave = freeze.freeze(session, asked, vault=installation.vault, now=clock.now())
        click.echo(_("%(label)s 已冻结：%(n)s 件。", label=label, n=wave.frame_size))


@campaign.command("count")
@click.argument("label")
def count_command(label: str) -> None:
    """Count a campaign whose field is over, once, and log its score."""
    with opened() as installation, installation.database.transaction() as session:
        made = counting.count_and_publish(
            session, label, keys=installation.keys, now=clock.now(), origin=installation.ledger_origin
        )
        rate = results.rate_of(made)
    click.echo(_("不公布") if rate is None else f"{100 * rate:.1f}%")
