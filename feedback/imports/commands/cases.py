"""Cases of another system by command line, read as a mapping says, in one transaction."""

from __future__ import annotations

from pathlib import Path

import click

from feedback.imports.commands import telling
from feedback.imports.operations import cases as imports_cases
from feedback.imports.operations import mapping as imports_mapping
from huying.base import clock
from huying.side.files import existing, written
from huying.side.opening import opened


@click.command("import-cases")
@click.argument("file", type=existing)
@click.option(
    "--mapping", required=True, help="Shipped mapping, such as nyc311, or a TOML file of the same form."
)
@click.option("--keep-good", is_flag=True, help="Store rows without faults; needs --confirmed-by.")
@click.option("--confirmed-by", metavar="NAME", help="Who answers for keeping the good rows alone.")
@click.option(
    "--refused",
    type=written,
    metavar="FILE",
    help="Where refused rows go, each with its reason: .csv or .xlsx.",
)
def cases(
    file: Path, *, mapping: str, keep_good: bool, confirmed_by: str | None, refused: Path | None
) -> None:
    """Import cases of another system from FILE, a workbook or a text table, read as a mapping says.

    A case is known by its number in that system: rows are created, changed or unchanged, and a second import
    of one file writes nothing. An import can declare a case solved, never confirm it. One bad row, and
    nothing is stored.
    """
    read_as, data, now = imports_mapping.find_mapping(mapping), file.read_bytes(), clock.now()
    table = imports_cases.read_table(data, mapping=read_as, file=file.name)
    telling.recognised(table.recognition, read_as.layout)
    with opened() as installation:
        if refused:
            with installation.database.reading() as session:
                faults = imports_cases.faults_of(session, table, mapping=read_as, now=now)
            telling.give_back(table, faults, out=refused)
        with installation.database.transaction() as session:
            counts = imports_cases.import_cases(
                session,
                data,
                mapping=read_as,
                now=now,
                file=file.name,
                keep_good=keep_good,
                confirmed_by=confirmed_by,
            )
    telling.tell(counts)
