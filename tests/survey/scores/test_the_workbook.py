"""The scores as a workbook: every row of the release, number by number; what is hidden is an empty cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import fields

from openpyxl import load_workbook

from survey.scores.queries import releases
from survey.scores.rules.release import HIDDEN, ScoreRow
from survey.scores.views import workbook
from survey.scores.views.workbook import LABEL_COLUMNS
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

Visit = Callable[..., Visitor]


def test_every_cell_of_the_release_stands_in_the_workbook(visit: Visit) -> None:
    assessor = visit("closed", "assessor")
    answer = assessor.open(f"/scores/{WAVE}.xlsx").response
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["说明", "得分", "注", "名单偏差"]
    with assessor.app.extensions["huying"].database.reading() as session:
        rows = releases.rows_of(releases.get(session, WAVE))
    headings, keys, *written = book["得分"].iter_rows(values_only=True)
    assert list(keys) == [field.name for field in fields(ScoreRow)]
    assert None not in headings
    assert len(written) == len(rows)
    for row, cells in zip(rows, written, strict=True):
        for name, cell in zip(keys, cells, strict=True):
            value = getattr(row, name)
            if name in LABEL_COLUMNS:
                value = str(LABEL_COLUMNS[name].get(value, value)) if value is not None else None
            assert cell == (value or None if isinstance(value, str) else value), (name, row)
    hidden = [cells for row, cells in zip(rows, written, strict=True) if row.status == HIDDEN]
    assert hidden
    estimate = list(keys).index("estimate")
    assert {cells[estimate] for cells in hidden} == {None}


def test_a_name_that_looks_like_a_formula_is_text() -> None:
    row = ScoreRow(
        "w",
        "city",
        "C",
        "=1+1",
        "",
        "overall",
        "rated",
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        "",
        "Q",
    )
    with workbook.workbook("w", [row], [], digest="0" * 64) as made:
        book = load_workbook(io.BytesIO(made.read()))
    cell = book["得分"]["D3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_before_the_scores_are_computed_there_is_no_workbook(visit: Visit) -> None:
    assert visit("open", "assessor").open(f"/scores/{WAVE}.xlsx").status == 404
