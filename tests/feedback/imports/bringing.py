"""How tests bring a file: read, drafted, put, in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from feedback.imports.operations import bringing, kinds
from feedback.imports.operations.runs import ImportCounts
from feedback.imports.operations.scope import ImportScope
from huying.sheets import read
from huying.sheets.plans import Plan
from tests.feedback.town import Town


def scope(town: Town, *, now: datetime | None = None, within: str | None = None) -> ImportScope:
    """The office's circumstances."""
    return ImportScope(
        now=now or town.now, by="office", vault=town.vault, region="CN", allowed="invented", within=within
    )


def bring(
    town: Town, kind: str, text: str | bytes, *, now: datetime | None = None, **how: str | None
) -> ImportCounts:
    """Apply a file; raise what it is refused with."""
    found, data = kinds.find(kind), text if isinstance(text, bytes) else text.encode()
    table = read(data, file=f"{kind}.csv", layout=found.layout)
    with town.database.transaction() as session:
        return bringing.bring(session, found, table, data=data, scope=scope(town, now=now), **how)[0]


def plan(town: Town, kind: str, text: str, *, now: datetime | None = None, within: str | None = None) -> Plan:
    """Try a file; in a transaction in which the database refuses to store anything."""
    found = kinds.find(kind)
    table = read(text.encode(), file=f"{kind}.csv", layout=found.layout)
    with town.database.reading() as session:
        return found.draft(session, table, scope(town, now=now, within=within)).plan
