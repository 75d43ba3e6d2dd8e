"""The commands of the independent side, `huying survey …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huying.base.settings import Settings
from huying.side.commands.group import command_group
from survey.api.commands import token
from survey.attribution.commands import attribute
from survey.campaigns.commands import campaign
from survey.datafiles.commands import data
from survey.deposits.commands import accept, discard_deposit, key
from survey.fieldwork.commands.ending import close_field, correct, erase
from survey.fieldwork.commands.questionnaires import questionnaire
from survey.fieldwork.commands.queue import effort, replay, why_next
from survey.fieldwork.commands.recount import recount
from survey.fieldwork.commands.telephone import ask_carrier, call_records
from survey.fieldwork.commands.traits import traits
from survey.handover.commands import package, recompute, report
from survey.judged.commands import preview
from survey.letters.commands import letters
from survey.registry.commands import import_households, registry
from survey.scores.commands import attest, attested, audit, estimate, estimate_again, make_scores, publish
from survey.side import SIDE
from survey.waves.commands.days_off import days_off
from survey.waves.commands.drawing import draw
from survey.waves.commands.waves import wave
from survey.web.commands import add, invite

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ABOUT = """The independent side: household registry, draw, interviews, scores.

A database without any tables is set up by the first command; after that, `upgrade` changes the tables.
Settings come from the environment:

\b
  HUYING_DATA                 folder for database and keys (default: var)
  HUYING_SURVEY_BASE_URL      what interviewers and assessors open, e.g. https://cp.example.cn
  HUYING_SURVEY_DATABASE_URL  default: SQLite in HUYING_DATA
  HUYING_SURVEY_ORIGIN        name under which the ledger is signed
  HUYING_SURVEY_DIALLER       who rings households: manual (default), http, twilio; docs/telephony.md
  HUYING_REGION               country of telephone numbers (default: CN)

A wave goes import-households, wave freeze, commit, beacon, reveal, draw, release, close, estimate,
(audit, attest, attested, publish where its design names auditors,) bundle, in this order; nothing of it
can be done twice or undone.
"""
WORKING = """Do what nobody clicks: free cases whose lease ran out, release replicates by the sealed rule.

Runs until interrupted. A task that fails is logged and tried again. Messages are sent in the demo alone,
whose carrier writes them to files.
"""


def _served(settings: Settings) -> WSGIApplication:
    from huying.side.app import behind_door  # noqa: PLC0415  (the other commands need no pages)
    from survey.app import create_app  # noqa: PLC0415

    return behind_door(create_app(settings))


for step in (close_field, correct, effort, letters, recount, replay):
    wave.add_command(step)

register = command_group(
    SIDE,
    about=ABOUT,
    working=WORKING,
    served=_served,
    port=8001,
    every=10,
    accounts=(add, invite),
    commands=(
        accept,
        discard_deposit,
        key,
        import_households,
        registry,
        days_off,
        wave,
        campaign,
        draw,
        estimate,
        estimate_again,
        make_scores,
        preview,
        attribute,
        audit,
        attest,
        attested,
        publish,
        data,
        token,
        package,
        recompute,
        report,
        questionnaire,
        erase,
        why_next,
        ask_carrier,
        call_records,
        traits,
    ),
)
