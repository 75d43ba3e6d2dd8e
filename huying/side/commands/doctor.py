"""What the doctor of a side saw, printed."""

from __future__ import annotations

import click

from huying.base.settings import Settings
from huying.side import doctor
from huying.side.finding import Finding, State
from huying.side.side import Side
from huying.store import installation
from huying.store.db import Database

MARKS = {"good": "✓", "warning": "!", "wrong": "✗"}


def report(side: Side, settings: Settings) -> list[State]:
    """Print what there is to see of an installation of a side; return the state of each finding."""
    seen = [_told(finding) for finding in doctor.installation(settings)]
    if settings.data.is_dir():
        with installation.connected(settings) as base:
            seen += _database(side, settings, base)
    return seen


def _database(side: Side, settings: Settings, base: Database) -> list[State]:
    seen = [_told(finding) for finding in doctor.database(settings, base, package=side.name)]
    if "wrong" in seen or not installation.is_current(base, package=side.name):
        return seen
    return seen + [_told(finding) for finding in doctor.operation(side, settings, base)]


def _told(finding: Finding) -> State:
    remedy = f" → {finding.remedy}" if finding.remedy else ""
    click.echo(f"{MARKS[finding.state]} {finding.what}{remedy}")
    return finding.state
