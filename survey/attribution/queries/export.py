"""A release as comma-separated values: every table in one file, its name in the first column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, fields

from huying.sheets.writing import as_text
from survey.attribution.queries.attributions import ReadAttribution
from survey.attribution.rules.release import Attribution
from survey.attribution.rules.rows import (
    AsideRow,
    CheckRow,
    DepartmentScoreRow,
    HolderRow,
    PlaceRow,
    StaffItemsRow,
    WorkerScoreRow,
)

TABLES = {
    "places": PlaceRow,
    "holders": HolderRow,
    "scores": WorkerScoreRow,
    "department_scores": DepartmentScoreRow,
    "visits": CheckRow,
    "test_calls": CheckRow,
    "asides": AsideRow,
    "staff_items": StaffItemsRow,
}
"""The tables of a release by the names that they have there."""
COLUMNS = tuple(dict.fromkeys(field.name for row in TABLES.values() for field in fields(row)))


def csv_of(made: ReadAttribution) -> bytes:
    """Return a release as UTF-8 without byte-order mark, RFC 4180 with CRLF; what isn't told is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("table", *COLUMNS, "release_sha256"))
    for table, row in _rows(made.found):
        cells = (_cell(row.get(name)) for name in COLUMNS)
        writer.writerow((table, *cells, made.digest))
    return text.getvalue().encode()


def _rows(found: Attribution) -> Iterator[tuple[str, dict[str, object]]]:
    for table in TABLES:
        for row in getattr(found, table):
            yield table, asdict(row)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return ";".join(map(str, value)) if isinstance(value, tuple) else repr(value)
