"""A report on paper prints the release, cell by cell, every row it counts, in a font that it brings along."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest

from survey.handover.press import content
from survey.handover.queries import reports
from survey.handover.queries.reports import ReportRows
from survey.scores.queries import releases
from survey.scores.queries.desk import ReadReleases
from survey.scores.rules.pipeline import CITY, GRID, OVERALL, RATED, STREET
from survey.scores.rules.release import ScoreRow
from survey.scores.views import plain_language as say
from tests.survey.browsing import Visitor
from tests.survey.world import ORIGIN, WAVE

Visit = Callable[..., Visitor]


def text_of(pdf: bytes) -> str:
    """The text of all pages, without the blanks that a page is set with."""
    pages = pypdfium2.PdfDocument(pdf)
    return plain(*(page.get_textpage().get_text_range() for page in pages))


def plain(*cells: str) -> str:
    return "".join("".join(cell.split()) for cell in cells)


def listed(found: ReportRows, row: ScoreRow) -> list[ScoreRow]:
    """What its tables list: a grid and what it lies in; else the parts, of a city without grids."""
    if row.level == GRID:
        return [*found.above, row]
    return [*found.parts, *(found.grids if row.level != CITY else ())]


NIGHTLY = [pytest.param(level, marks=pytest.mark.slow) for level in (CITY, GRID)]


@pytest.mark.parametrize("level", [STREET, *NIGHTLY])
def test_every_figure_stands_as_in_the_release(visit: Visit, level: str) -> None:
    assessor = visit("closed", "assessor")
    with assessor.client.application.extensions["huying"].database.reading() as session:
        rows = releases.rows_of(releases.get(session, WAVE))
        row = next(each for each in rows if (each.level, each.item, each.den) == (level, OVERALL, RATED))
        found = reports.of(session, ReadReleases(), WAVE, row.unit)
    answer = assessor.client.get(f"/scores/{WAVE}/reports/{row.unit}.pdf", base_url=ORIGIN)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = text_of(answer.data)
    named = {**say.ITEM_NAMES, **say.SHARE_NAMES}
    own = [each for each in rows if each.unit == row.unit and each.item in named]
    for each in own:
        assert plain(*content.figures(each), " ".join(say.marks(each))) in text, each
    for each in listed(found, row):
        estimate, span, _plain, n = content.figures(each)
        assert plain(each.unit, each.name, estimate, span) in text, each
        assert plain(n) in text
    assert f"共{len(listed(found, row))}行" in text
    assert found.digest in text
    brings_its_fonts(answer.data)


def brings_its_fonts(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        held = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        descriptors = [each for each in held if each.get("/Type") == "/FontDescriptor"]
        assert descriptors
        for each in descriptors:
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys())
        assert "/StructTreeRoot" in document.Root


def test_an_area_that_the_release_has_not_is_not_there(visit: Visit) -> None:
    path = f"/scores/{WAVE}/reports/NOWHERE.pdf"
    assert visit("closed", "assessor").client.get(path, base_url=ORIGIN).status_code == 404
