"""An assessor takes a wave's data along by page or command, says what for, and stands in the records."""

from __future__ import annotations

import io
import zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from huying.base.errors import Invalid
from survey.commands import register
from survey.models import AccessRecord
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE


def records_of(app) -> list[tuple[str, str, str]]:
    with app.extensions["huying"].database.reading() as session:
        rows = session.scalars(select(AccessRecord).where(AccessRecord.what.startswith("data files")))
        return [(row.by, row.unit, row.what) for row in rows]


def test_the_archive_holds_every_format_that_was_asked_for_and_the_auditor_sees_who_took_it(visit):
    assessor = visit("closed", "assessor")
    page = assessor.open(f"/scores/{WAVE}")
    assert f"/scores/{WAVE}/data" in page.html
    answer = assessor.send(
        assessor.open(f"/scores/{WAVE}/data"), "/data", purpose="季度报告", formats=["csv", "dta"]
    )
    names = zipfile.ZipFile(io.BytesIO(answer.response.data)).namelist()
    tables = ("cases", "interviews", "attempts", "dials", "keystrokes", "offers")
    wanted = {f"{table}.{ending}" for table in tables for ending in ("csv", "dta")}
    assert set(names) == wanted | {"codebook.xml", "SHA256SUMS"}
    assert records_of(assessor.app) == [("assessor", WAVE, "data files: 季度报告")]
    seen = Visitor(assessor.app, "auditor").open("/auditor/sights")
    assert "季度报告" in seen.text


@pytest.mark.parametrize("filled", [{"purpose": "", "formats": ["csv"]}, {"purpose": "报告", "formats": []}])
def test_without_a_purpose_or_a_format_nothing_is_handed_out_or_recorded(visit, filled):
    assessor = visit("closed", "assessor")
    answer = assessor.send(assessor.open(f"/scores/{WAVE}/data"), "/data", **filled)
    assert answer.status == 422
    assert records_of(assessor.app) == []


def test_before_the_scores_are_frozen_there_is_nothing_to_take(visit):
    assessor = visit("open", "assessor")
    page = assessor.open(f"/scores/{WAVE}/data")
    assert "得分还没有定下" in page.text
    assert "<form" not in page.main
    assert "得分还没有定下" in assessor.open(f"/scores/{WAVE}/fieldwork").text
    assert assessor.open("/scores/none/data").status == 404


def test_the_report_says_how_it_was_asked_and_shows_no_share_of_fewer_than_ten(visit):
    page = visit("closed", "assessor").open(f"/scores/{WAVE}/fieldwork")
    assert page.status == 200
    for word in ("应答率", "RR1", "e =", "说不清", "没有人被换掉"):
        assert word in page.text


def test_the_report_says_what_the_order_of_the_questions_has_done(visit):
    page = visit("closed", "assessor").open(f"/scores/{WAVE}/fieldwork")
    assert "两半的差没有超出偶然" in page.text
    assert "−" in page.text or "+0.0" in page.text


def test_the_command_writes_the_files_and_refuses_what_it_doesn_t_know(visit, tmp_path):
    app = visit("closed", "assessor").app
    data = app.extensions["huying"].settings.data
    out = tmp_path / "out"
    asked = ["data", WAVE, "--out", str(out), "--purpose", "报告"]
    environment = {"HUYING_DATA": str(data), "HUYING_DEMO": "1"}
    run = CliRunner().invoke(register, asked, env=environment, catch_exceptions=False)
    assert run.exit_code == 0, run.output
    assert {each.name for each in out.iterdir()} >= {"cases.csv", "codebook.xml"}
    assert records_of(app) == [("command line", WAVE, "data files: 报告")]
    for said in ("  ", "很长" * 40):
        refused = CliRunner().invoke(register, [*asked[:-1], said], env=environment)
        assert isinstance(refused.exception, Invalid)
    assert len(records_of(app)) == 1
    wrong = CliRunner().invoke(register, [*asked, "--format", "xls"], env=environment)
    assert wrong.exit_code == 2
