"""The published table as lines of comma-separated values: what is hashed, sent, and read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields

from huying.sheets.writing import as_text
from survey.scores.rules.release import ScoreRow

COLUMNS = (*(field.name for field in fields(ScoreRow)), "release_sha256")


def lines(rows: Iterable[ScoreRow], *, digest: str) -> Iterator[str]:
    """Yield the table line by line, each with its CRLF, the heading first; `digest` names the release.

    A figure that may not be shown, or isn't there, is an empty cell; `status` says which.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        yield text.getvalue()
        text.seek(0)
        text.truncate()
        writer.writerow([*(cell(getattr(row, name)) for name in COLUMNS[:-1]), digest])
    yield text.getvalue()


def cell(value: object) -> str:
    """Return how a value of a row is written."""
    if value is None:
        return ""
    return as_text(value) if isinstance(value, str) else repr(value)
