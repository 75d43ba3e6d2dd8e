"""The command `huying`, put together from what is installed: each package brings its own group."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points

import click

from huying.base.errors import Refused
from huying.base.i18n import _

GROUP = "huying.commands"


class Assembled(click.Group):
    """A group whose commands are entry points; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all installed command groups."""
        return sorted({*super().list_commands(ctx), *_points()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command group, imported now: the public side's process must not load the other side."""
        point = _points().get(cmd_name)
        return point.load() if point else super().get_command(ctx, cmd_name)


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


@click.group(cls=Assembled)
@click.version_option(package_name="huying")
def huying() -> None:
    """呼应: whoever is on duty answers; people drawn by lot judge.

    `feedback` is the public side, `survey` the independent side, `demo` a synthetic city to try both.
    Settings come from the environment; HUYING_DATA names the folder for everything (default: var).

    Exit status: 0 done, 1 refused (a sentence on standard error says why), 2 wrong usage.
    """


def main() -> None:
    """Run the command line; turn a refusal, ours or the system's, into one sentence and exit status 1."""
    try:
        huying(prog_name="huying")
    except Refused as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(
            _(
                "%(value)s 用不了：%(value2)s。",
                value=error.filename or _("系统"),
                value2=error.strerror or error,
            ),
            err=True,
        )
        sys.exit(1)
