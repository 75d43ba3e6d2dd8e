"""The commands of the public side, `huying feedback …`."""

from __future__ import annotations

import click

from feedback.commands import doctor
from feedback.commands.accounts import account
from feedback.commands.place import opened
from feedback.commands.running import serve, upgrade, work
from feedback.deposit.commands import deposit, key
from feedback.imports.commands import areas, bring, cases, departments, offices, staff, template
from feedback.models import LEDGER
from feedback.posters.commands import posters
from huying.ledger import commands as ledger_commands


@click.group(name="feedback")
def register() -> None:
    """The public side: posters, duty, cases, departments, ratings.

    A database without any tables is set up by the first command; after that, `upgrade` changes the tables.
    Settings come from the environment:

    \b
      HUYING_DATA                 folder for database and keys (default: var)
      HUYING_PUBLIC_BASE_URL      what residents open, e.g. https://hy.example.cn
      HUYING_PUBLIC_DATABASE_URL  default: SQLite in HUYING_DATA
      HUYING_PUBLIC_ORIGIN        name under which deposits are signed
      HUYING_REGION               country of telephone numbers (default: CN)

    A first set-up: import-areas, import-departments, import-staff, import-offices, account, serve.
    """


checkpoint, witness, log = ledger_commands.commands(ledger_commands.Side(opened, LEDGER))

for command in (
    serve,
    work,
    upgrade,
    account,
    bring,
    template,
    areas,
    departments,
    staff,
    offices,
    cases,
    posters,
    deposit,
    key,
    checkpoint,
    witness,
    log,
    doctor.command,
):
    register.add_command(command)
