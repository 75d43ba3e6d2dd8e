"""What is known of interviewers by command line: own streets, languages, the extension."""

from __future__ import annotations

import click

from huying.base import clock
from huying.side.files import BY
from huying.side.opening import opened
from survey.fieldwork.operations import traits as operations
from survey.fieldwork.queries import traits as queries
from survey.fieldwork.queries.traits import KnownInterviewer
from survey.fieldwork.rules import traits as rules
from survey.fieldwork.rules.traits import LANGUAGE, LINE, STREET, StatedTraits


@click.command("traits")
@click.argument("code", required=False)
@click.option("--street", "streets", multiple=True, help="A street where they live or work, code or name.")
@click.option("--language", "languages", multiple=True, help="A language they speak, by ISO 639-3: yue.")
@click.option("--extension", help="The extension at which they sit.")
def traits(
    code: str | None, streets: tuple[str, ...], languages: tuple[str, ...], extension: str | None
) -> None:
    """State what decides whom interviewer CODE calls; without CODE, print what is known of everybody.

    What is given takes the place of what stood, kind by kind; an empty value ('') takes it away.
    """
    if code is None:
        with opened() as installation, installation.database.reading() as session:
            known = queries.everybody(session)
        for each in known:
            click.echo(_line(each))
        return
    with opened() as installation, installation.database.transaction() as session:
        who = queries.one(session, code).account
        stated = _stated(streets, languages, extension, known=queries.streets(session))
        operations.state(session, who, stated, by=BY, now=clock.now())
        click.echo(_line(queries.one(session, code)))


def _stated(
    streets: tuple[str, ...], languages: tuple[str, ...], extension: str | None, *, known: dict[str, str]
) -> StatedTraits:
    found: dict[str, frozenset[str]] = {}
    if streets:
        found[STREET] = rules.streets("\n".join(streets), known=known)
    if languages:
        found[LANGUAGE] = rules.languages(languages)
    if extension is not None:
        found[LINE] = rules.line(extension)
    return StatedTraits(found)


def _line(known: KnownInterviewer) -> str:
    parts = (known.account.code or "–", ",".join(known.streets), ",".join(known.languages), known.line)
    return "\t".join(part or "–" for part in parts)
