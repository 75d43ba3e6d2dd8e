"""A data file in the formats of statistics programs: CSV, SPSS, Stata, Parquet."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.sheets.writing import as_text
from survey.datafiles.rules.data_file import Cell, DataFile, Variable

if TYPE_CHECKING:
    import polars

STATA_LABEL = 80
"""The longest label that Stata takes, in characters."""
STATA_VERSION = 15


def csv_of(file: DataFile) -> bytes:
    """Return the file as UTF-8 without byte-order mark, RFC 4180 with CRLF; what is missing is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(variable.name for variable in file.variables)
    writer.writerows([_written(cell) for cell in row] for row in file.rows)
    return text.getvalue().encode()


def sav_of(file: DataFile) -> bytes:
    """Return the file for SPSS: labels of variables and values, and which values say that none was given."""
    return _labelled(
        file,
        "write_sav",
        file_label=file.title,
        column_labels={variable.name: variable.label for variable in file.variables},
        missing_ranges={v.name: list(v.missing) for v in file.variables if v.missing},
        variable_measure={v.name: _measure(v) for v in file.variables},
    )


def dta_of(file: DataFile) -> bytes:
    """Return the file for Stata; a label over its 80 characters ends in an ellipsis."""
    return _labelled(
        file,
        "write_dta",
        file_label=_cut(file.title),
        column_labels={variable.name: _cut(variable.label) for variable in file.variables},
        version=STATA_VERSION,
    )


def parquet_of(file: DataFile) -> bytes:
    """Return the file as Parquet; labels of variables and values stand in its metadata, as JSON."""
    labels = {
        v.name: {"label": v.label, "values": {str(k): w for k, w in v.values.items()}} for v in file.variables
    }
    written = io.BytesIO()
    _frame(file).write_parquet(written, metadata={"labels": json.dumps(labels, ensure_ascii=False)})
    return written.getvalue()


FORMATS: Mapping[str, Callable[[DataFile], bytes]] = {
    "csv": csv_of,
    "sav": sav_of,
    "dta": dta_of,
    "parquet": parquet_of,
}
"""Writers by the ending of what they write."""


def _frame(file: DataFile) -> polars.DataFrame:
    """The file as typed columns; raise Refused where the library isn't installed."""
    try:
        import polars  # noqa: PLC0415  (heavy; only files need it)
        import pyreadstat  # noqa: F401, PLC0415  (of the same extra)
    except ImportError:
        raise Refused(
            _("写 SPSS、Stata、Parquet 文件的程序库没有安装（pip install 'huying[files]'）。")
        ) from None
    whole = polars.Int64()
    kinds: dict[str, polars.DataType] = {"decimal": polars.Float64(), "moment": polars.Datetime("us")}
    schema = {v.name: polars.String() if v.is_word else kinds.get(v.kind, whole) for v in file.variables}
    return polars.DataFrame(list(file.rows), schema=schema, orient="row")


def _labelled(file: DataFile, writer: str, **said: object) -> bytes:
    """What a writer of labelled files, which knows paths alone, puts into one."""
    frame = _frame(file)
    import pyreadstat  # noqa: PLC0415  (heavy; only files need it)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written"
        getattr(pyreadstat, writer)(frame, str(path), variable_value_labels=_numbered(file), **said)
        return path.read_bytes()


def _numbered(file: DataFile) -> dict[str, dict[int | float, str]]:
    """Labels of those values that are numbers: text has room for none in either format."""
    return {
        v.name: {key: label for key, label in v.values.items() if isinstance(key, int)}
        for v in file.variables
        if v.values and not v.is_word
    }


def _measure(variable: Variable) -> str:
    return "scale" if variable.kind in {"count", "decimal", "moment"} else "nominal"


def _cut(label: str) -> str:
    return label if len(label) <= STATA_LABEL else label[: STATA_LABEL - 1] + "…"


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return as_text(cell) if isinstance(cell, str) else repr(cell)
