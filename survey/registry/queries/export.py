"""The registry's quality as a table: what its columns are called, and the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import astuple

from huying.base.i18n import Lazy, lazy
from huying.sheets.writing import as_text
from survey.registry.queries.quality import Report

LABELS: Mapping[str, Lazy] = {
    "households": lazy("户数"),
    "missing": lazy("没有电话"),
    "shared": lazy("与别户共用电话"),
    "staff": lazy("电话属于工作人员"),
    "changed_30": lazy("30 天内换过电话"),
    "changed_90": lazy("90 天内换过电话"),
    "adults": lazy("成年人电话（个）"),
    "unreachable": lazy("电话打不通"),
    "twins": lazy("可能与别户是同一家"),
}
TOTAL = "*"
"""Stands for the whole city in the column of grids."""


def rows_of(report: Report) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield code, name and counts of each grid, then of the city."""
    for grid in report.grids:
        yield grid.code, grid.name, astuple(grid.counts)
    yield TOTAL, "", astuple(report.total)


def csv_of(report: Report) -> bytes:
    """Return the report as UTF-8 without byte-order mark, RFC 4180 with CRLF; the last row is the city."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["grid", "name", *LABELS])
    for code, name, counts in rows_of(report):
        writer.writerow([as_text(code), as_text(name), *counts])
    return text.getvalue().encode()
