"""What leaves the house as a file: the scores as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from survey.scores.queries.releases import Release, rows_of
from survey.scores.rules import table
from survey.scores.rules.release import ScoreRow


def csv_of(release: Release) -> bytes:
    """Return a score release as UTF-8 without byte-order mark, RFC 4180 with CRLF.

    A figure that may not be shown, or isn't there, is an empty cell; `status` says which.
    """
    return "".join(csv_lines(release)).encode()


def csv_lines(release: Release) -> Iterator[str]:
    """Return the lines of a score release, to be sent as they are made."""
    return table.lines(rows_of(release), digest=digest_of(release))


def csv_rows(rows: Iterable[ScoreRow], *, digest: str) -> bytes:
    """Return some rows of the release of this digest, written as those of a whole one are."""
    return "".join(table.lines(rows, digest=digest)).encode()


def digest_of(release: Release) -> str:
    """Return the SHA-256 of a release's body, 64 hex digits, by which every export names it."""
    return sha256(release.body.encode()).hexdigest()
