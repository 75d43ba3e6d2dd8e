"""What leaves the house as a file: the scores as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from hashlib import sha256

from huying.sheets.writing import as_text
from survey.scores.queries.releases import Release, rows_of
from survey.scores.rules.release import ScoreRow

COLUMNS = (*(field.name for field in fields(ScoreRow)), "release_sha256")


def csv_of(release: Release) -> bytes:
    """Return a score release as UTF-8 without byte-order mark, RFC 4180 with CRLF.

    A figure that may not be shown, or isn't there, is an empty cell; `status` says which.
    """
    return csv_rows(rows_of(release), digest=digest_of(release))


def csv_rows(rows: Iterable[ScoreRow], *, digest: str) -> bytes:
    """Return some rows of the release of this digest, written as those of a whole one are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = [getattr(row, name) for name in COLUMNS[:-1]]
        writer.writerow([*map(_cell, cells), digest])
    return text.getvalue().encode()


def digest_of(release: Release) -> str:
    """Return the SHA-256 of a release's body, 64 hex digits, by which every export names it."""
    return sha256(release.body.encode()).hexdigest()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return as_text(value) if isinstance(value, str) else repr(value)
