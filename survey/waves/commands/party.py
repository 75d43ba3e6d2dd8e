"""`huying party`: for another office, which seals a part and opens it later; no database, no network."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base.i18n import _
from huying.side.files import existing, written
from survey.drawing import parts, thrown_part
from survey.waves.commands import part_file
from survey.waves.rules.parties import digest_text


@click.group("party")
def register() -> None:
    """Seal a part of a public draw, keep it, and open it after the public event.

    Needs no database and no network: run it on a machine of your own. Hand in what `make` prints, which is
    the digest; the part stays in its file (mode 0600) until the event is over.
    """


@register.command()
@click.argument("file", type=written)
@click.option("--dice", is_flag=True, help="Ask for thrown digits instead of the system's randomness.")
def make(file: Path, *, dice: bool) -> None:
    """Make a part, keep it in FILE, print its digest."""
    part = thrown_part.part_of(_thrown()) if dice else parts.new_part()
    part_file.keep(file, part)
    click.echo(digest_text(parts.seal(part)))


def _thrown() -> str:
    return str(click.prompt(_("掷出的点数，一颗一位"), err=True, hide_input=True, confirmation_prompt=True))


@register.command()
@click.argument("file", type=existing)
def digest(file: Path) -> None:
    """Print the digest of the part in FILE, to be handed in or compared."""
    click.echo(digest_text(parts.seal(part_file.read(file))))


@register.command()
@click.argument("file", type=existing)
@click.option(
    "--event", prompt=True, required=True, help="What the public event showed: open nothing before it."
)
def reveal(file: Path, *, event: str) -> None:
    """Print the part in FILE, after the public event whose result EVENT is."""
    part = part_file.read(file)
    click.echo(_("公开事件的结果是 %(event)s。份额：", event=event), err=True)
    click.echo(part)
