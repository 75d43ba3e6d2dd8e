"""`late.tsv`: of each group how many were content among the late replicate, and among the rest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256

from survey.drawing import tables
from survey.drawing.design import DesignRow
from survey.drawing.entries import LATE
from survey.drawing.fields import decimal
from survey.drawing.grouped_tally import GroupedTally
from survey.drawing.groups import Groups
from survey.drawing.tally import LEAST_COMPLETES, LEAST_COUNT, PEOPLE

NAME = "late.tsv"
CONTENT = 4
"""The least answer that counts as satisfied."""
Z = 1.96
Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LateRow:
    """A group: completes of the late replicate and how many were satisfied, then the same of the rest."""

    group: str
    late: int
    late_content: int
    rest: int
    rest_content: int

    @property
    def tells_of_few(self) -> bool:
        """Whether either part has fewer than ten answers, or one to four of a kind."""
        return any(
            n < LEAST_COMPLETES or 0 < content < LEAST_COUNT or 0 < n - content < LEAST_COUNT
            for n, content in ((self.late, self.late_content), (self.rest, self.rest_content))
        )

    @property
    def difference(self) -> float:
        """Late minus the rest, as a share; each answer counts once."""
        return self.late_content / self.late - self.rest_content / self.rest

    @property
    def limits(self) -> tuple[float, float]:
        """The 95 % interval of Agresti and Caffo (2000): one success and one failure added to each part."""
        n, m = self.late + 2, self.rest + 2
        p, q = (self.late_content + 1) / n, (self.rest_content + 1) / m
        half = Z * math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
        return max(-1.0, p - q - half), min(1.0, p - q + half)

    def joined(self, other: LateRow) -> LateRow:
        """Return the two groups as one."""
        return LateRow(
            f"{self.group}+{other.group}",
            self.late + other.late,
            self.late_content + other.late_content,
            self.rest + other.rest,
            self.rest_content + other.rest_content,
        )


def late_ranks(releases: Iterable[Entry], *, design: Sequence[DesignRow], size: int) -> dict[str, range]:
    """Return by stratum the ranks that the late replicate brought, from the `release` entries in order."""
    rows, out, found = {row.stratum: row for row in design}, Counter[str](), dict[str, range]()
    for entry in releases:
        stratum = str(entry["h"])
        if entry["why"] == LATE:
            row = rows[stratum]
            before, after = (row.released(out[stratum], late=late) for late in (0, size))
            found[stratum] = range(before + 1, after + 1)
        else:
            out[stratum] += 1
    return found


def count(
    answers: Iterable[tuple[str, int, bool]], *, tally: GroupedTally, groups: Groups
) -> tuple[LateRow, ...]:
    """Return the rows that may be published: the tally's, joined on until neither part tells of few.

    Each answer is a stratum, an option, and whether the late replicate brought it. Nothing is told where the
    tally tells nothing.
    """
    row_of = {
        stratum: row.group
        for row in tally.rows
        for group in row.group.split("+")
        for stratum in groups[group]
    }
    counts: Counter[tuple[str, bool, bool]] = Counter(
        (row_of[stratum], late, option >= CONTENT) for stratum, option, late in answers if stratum in row_of
    )
    return _joined([_row(row.group, counts) for row in tally.rows])


def _row(group: str, counts: Counter[tuple[str, bool, bool]]) -> LateRow:
    late, rest = (counts[group, part, True] + counts[group, part, False] for part in (True, False))
    return LateRow(group, late, counts[group, True, True], rest, counts[group, False, True])


def _joined(rows: list[LateRow]) -> tuple[LateRow, ...]:
    while few := [place for place, row in enumerate(rows) if row.tells_of_few]:
        if len(rows) == 1:
            return ()
        first = min(few[0], len(rows) - 2)
        rows[first : first + 2] = [rows[first].joined(rows[first + 1])]
    return tuple(rows)


def tsv(rows: Iterable[LateRow]) -> bytes:
    """Return `late.tsv`; empty where nothing may be told."""
    return tables.build(astuple(row) for row in rows)


def parse(data: bytes) -> tuple[LateRow, ...]:
    """Return the rows of `late.tsv`; raise Invalid naming the first wrong line."""
    if not data:
        return ()
    return tables.parse(data, name=NAME, width=5, read=_read, order=lambda row: (row.group,))


def _read(fields: Sequence[str]) -> LateRow:
    numbers = (decimal(field, name=PEOPLE) for field in fields[1:])
    return LateRow(fields[0], *numbers)


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) that the `score` entry records."""
    return sha256(data).hexdigest()
