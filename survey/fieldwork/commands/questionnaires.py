"""The questionnaire by command line: checked, read in, written out."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.files import BY, existing, write, written
from huying.side.opening import opened
from survey.fieldwork.operations import questionnaires as operations
from survey.fieldwork.queries import questionnaire_files
from survey.fieldwork.queries import questionnaires as queries
from survey.fieldwork.questionnaire.faults import faults
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.walks import walks

WHICH = "A questionnaire's file: .json, or .xlsx as an XLSForm."


@click.group()
def questionnaire() -> None:
    """Questions as files: one version each, known by the digest of its words."""


@questionnaire.command("list")
def list_command() -> None:
    """Print each version: name, digest, the waves that sealed it."""
    with opened() as installation, installation.database.reading() as session:
        for known in queries.every(session):
            click.echo("\t".join((known.form.name, known.form.wording_hash, ",".join(known.waves) or "–")))


@questionnaire.command("check")
@click.argument("file", type=existing)
def check_command(file: Path) -> None:
    """Say of FILE every fault: unknown items, dead ends, circles, codes given twice, missing translations."""
    form = _read(file)
    found = faults(form)
    if found:
        raise Invalid("\n".join(found))
    click.echo(_said(form))


@questionnaire.command("import")
@click.argument("file", type=existing)
def import_command(file: Path) -> None:
    """Keep the questionnaire of FILE, so that waves can be frozen with it. It is never changed again."""
    form = _read(file)
    with opened() as installation, installation.database.transaction() as session:
        operations.add(session, form, by=BY, now=clock.now())
    click.echo(_said(form))


@questionnaire.command("export")
@click.argument("name")
@click.argument("file", type=written)
def export_command(name: str, file: Path) -> None:
    """Write the questionnaire NAME to FILE: .json, or .xlsx as an XLSForm."""
    with opened() as installation, installation.database.reading() as session:
        form = queries.named(session, name).form
    write(file, questionnaire_files.written(form, workbook=file.suffix.lower() == ".xlsx"))
    click.echo(_said(form))


def _read(file: Path) -> Questionnaire:
    return questionnaire_files.read(file.read_bytes(), name=file.name)


def _said(form: Questionnaire) -> str:
    return _(
        "%(name)s：%(items)s 题，访问有 %(ways)s 种走法，指纹 %(digest)s",
        name=form.name,
        items=len(form.items),
        ways=sum(1 for _each in walks(form.items)),
        digest=form.wording_hash,
    )
