"""The group of commands of a side: what both have, and its own."""

from __future__ import annotations

from collections.abc import Sequence

import click

from huying.side.commands import accounts as account_commands
from huying.side.commands import keeping, ledger
from huying.side.commands.running import Serve, doctor, serve, upgrade, work
from huying.side.side import Side


def command_group(
    side: Side,
    *,
    about: str,
    working: str,
    served: Serve,
    port: int,
    every: int,
    accounts: Sequence[click.Command],
    commands: Sequence[click.Command],
) -> click.Group:
    """Return `huying <side>`: serve at `port`, work `every` so many seconds, the shared and its own commands.

    `about` and `working` are the help of the group and of `work`; `accounts` make accounts.
    """
    made = click.Group(side.name, help=about, context_settings={"obj": side})
    for command in (
        serve(served, port=port),
        work(working, every=every),
        upgrade,
        account_commands.group(*accounts),
        *commands,
        ledger.checkpoint,
        ledger.witness,
        ledger.log,
        keeping.backup_key,
        keeping.backup,
        keeping.restore,
        keeping.check,
        doctor,
    ):
        made.add_command(command)
    return made
