"""A report on paper prints the release, cell by cell, every row it counts, in a font that it brings along."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest

from survey.handover.press import content
from survey.scores.queries import releases
from survey.scores.rules.pipeline import CITY, GRID, OVERALL, RATED, STREET
from survey.scores.rules.release import ScoreRow
from survey.scores.views import plain_language as say
from tests.survey.browsing import Visitor
from tests.survey.handover.test_a_release_is_made_again import _called
from tests.survey.handover.test_a_release_is_made_again import scored as scored
from tests.survey.world import WAVE

Visit = Callable[..., Visitor]


def text_of(pdf: bytes) -> str:
    """The text of all pages, without the blanks that a page is set with."""
    pages = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def plain(*cells: str) -> str:
    return "".join("".join(cell.split()) for cell in cells)


@pytest.fixture
def rows(scored) -> list[ScoreRow]:
    with scored.reading() as session:
        return list(releases.rows_of(releases.get(session, WAVE)))


@pytest.mark.parametrize("level", [CITY, STREET, GRID])
def test_every_figure_stands_as_in_the_release(visit: Visit, level: str) -> None:
    assessor = visit("closed", "assessor")
    rows = _published(assessor)
    row = next(each for each in rows if (each.level, each.item, each.den) == (level, OVERALL, RATED))
    answer = assessor.client.get(f"/scores/{WAVE}/reports/{row.unit}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = text_of(answer.data)
    for each in rows:
        if each.unit == row.unit and each.item in {**say.ITEM_NAMES, **say.SHARE_NAMES}:
            assert plain(*content.figures(each), " ".join(say.marks(each))) in text, each
    listed = [each for each in _tables(rows, row) if (each.item, each.den) == (OVERALL, RATED)]
    for each in listed:
        estimate, span, _plain, n = content.figures(each)
        beside = plain(each.unit, each.name, estimate, span)
        assert beside in text, each
        assert plain(n) in text
    assert f"共{len(listed)}行" in text
    _brings_its_fonts(answer.data)


def _published(assessor: Visitor) -> list[ScoreRow]:
    import csv

    numbers = {"asked": int, "n": int} | dict.fromkeys(
        ("estimate", "low", "high", "unweighted", "frame_covered"), float
    )
    given = csv.DictReader(io.StringIO(assessor.client.get(f"/scores/{WAVE}.csv").text, newline=""))
    found = []
    for row in given:
        del row["release_sha256"]
        cells = {
            name: (numbers[name](cell) if cell else None) if name in numbers else cell
            for name, cell in row.items()
        }
        found.append(ScoreRow(**{**cells, "position": cells["position"] or None}))
    return found


def _tables(rows: list[ScoreRow], row: ScoreRow) -> list[ScoreRow]:
    """What the report lists: areas above a grid and it; of a city all but grids; of a street what is in it."""
    if row.level == CITY:
        return [each for each in rows if each.level not in {CITY, GRID}]
    if row.level == STREET:
        return [
            each for each in rows if each.level not in {CITY, STREET} and each.unit.startswith(row.unit[:0])
        ]
    return [row]


def _brings_its_fonts(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        descriptors = [each for each in fonts if each.get("/Type") == "/FontDescriptor"]
        assert descriptors
        for each in descriptors:
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys())
        assert "/StructTreeRoot" in document.Root


def test_an_area_that_the_release_has_not_is_not_there(visit: Visit) -> None:
    assert visit("closed", "assessor").client.get(f"/scores/{WAVE}/reports/NOWHERE.pdf").status_code == 404
    assert _called
