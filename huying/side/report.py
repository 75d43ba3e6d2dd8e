"""What the command lines of both sides share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

from huying.base.settings import Settings
from huying.side import doctor
from huying.side.doctor import Finding
from huying.store import installation
from huying.store.db import Database

MARKS = {"good": "✓", "warning": "!", "wrong": "✗"}


Findings = Callable[[Settings, Database], Iterator[Finding]]


def report(package: str, settings: Settings, *, findings: Findings) -> None:
    """Print what `doctor` and a side's own `findings` see; exit with 1 if something is wrong."""
    seen = [_told(finding) for finding in doctor.installation(settings)]
    if settings.data.is_dir():
        with installation.connected(settings) as base:
            seen += _database(package, settings, base, findings=findings)
    sys.exit(1 if "wrong" in seen else 0)


def _database(package: str, settings: Settings, base: Database, *, findings: Findings) -> list[str]:
    seen = [_told(finding) for finding in doctor.database(settings, base, package=package)]
    if "wrong" in seen or not installation.is_current(base, package=package):
        return seen
    return seen + [_told(finding) for finding in findings(settings, base)]


def _told(finding: Finding) -> str:
    remedy = f" → {finding.remedy}" if finding.remedy else ""
    click.echo(f"{MARKS[finding.state]} {finding.what}{remedy}")
    return finding.state
