"""The commands of the independent side, `huying survey …`."""

from __future__ import annotations

import click

from huying.ledger import commands as ledger_commands
from survey import campaign
from survey.commands import doctor
from survey.commands.accounts import account
from survey.commands.place import opened
from survey.commands.running import serve, upgrade, work
from survey.deposits.commands import accept, discard_deposit, key
from survey.fieldwork.commands import close_field
from survey.letters.commands import letters
from survey.models import LEDGER
from survey.registry.commands import import_households, registry
from survey.scores.commands import estimate
from survey.waves.commands.drawing import draw
from survey.waves.commands.waves import wave


@click.group(name="survey")
def register() -> None:
    """The independent side: household registry, draw, interviews, scores.

    A database without any tables is set up by the first command; after that, `upgrade` changes the tables.
    Settings come from the environment:

    \b
      HUYING_DATA                 folder for database and keys (default: var)
      HUYING_SURVEY_BASE_URL      what interviewers and assessors open, e.g. https://cp.example.cn
      HUYING_SURVEY_DATABASE_URL  default: SQLite in HUYING_DATA
      HUYING_SURVEY_ORIGIN        name under which the ledger is signed
      HUYING_REGION               country of telephone numbers (default: CN)

    A wave goes import-households, wave freeze, commit, beacon, reveal, draw, release, close, bundle,
    estimate, in this order; nothing of it can be done twice or undone.
    """


checkpoint, witness, log = ledger_commands.commands(
    ledger_commands.Side(opened, LEDGER, campaign.check_none_runs)
)

for step in (close_field, letters):
    wave.add_command(step)

for command in (
    serve,
    work,
    upgrade,
    account,
    accept,
    discard_deposit,
    key,
    import_households,
    registry,
    wave,
    draw,
    estimate,
    checkpoint,
    witness,
    log,
    doctor.command,
):
    register.add_command(command)
