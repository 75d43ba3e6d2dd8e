"""The registry at the command line: a dry run stores nothing, faulty rows come back, much needs a name."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from huying.base.errors import Invalid, Refused
from huying.store.db import Database
from survey.commands import register
from survey.models import Household, RegistryImport, RegistryRequest, RegistryTrial
from survey.registry import commands
from tests.survey.stories import grids, household, sheet

Run = Callable[..., Result]
FAULTY = [household("h1", "G1", ""), household("h2", "G1", "12")]


@pytest.fixture
def run(survey_db: Database, tmp_path: Path) -> Run:
    """Run `huying survey …` on the test's database."""
    url = survey_db.engine.url.render_as_string(hide_password=False)
    environment = {
        "HUYING_DATA": str(tmp_path / "var"),
        "HUYING_SURVEY_DATABASE_URL": url,
        "HUYING_DEMO": "1",
    }

    def one(*arguments: str) -> Result:
        return CliRunner().invoke(register, arguments, env=environment, catch_exceptions=False)

    return one


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], str]:
    """Write a file of households."""

    def write(data: bytes) -> str:
        path = tmp_path / "名册.csv"
        path.write_bytes(data)
        return str(path)

    return write


def stored(database: Database, what: object) -> int:
    with database.reading() as session:
        return int(session.scalar(select(what)))


def test_a_dry_run_says_what_would_change_and_stores_nothing(run: Run, file, survey_db: Database) -> None:
    rows = grids({"G1": 2})
    run("import-households", file(sheet(rows)))
    said = run("import-households", "--dry-run", file(sheet([rows[0], household("x", "G1", "")]))).stdout
    assert said.splitlines() == [
        "还没有收到网格的名单，2 行的网格编号没有核对。",
        "读入 2 户：新增 1，变更 0，换网格 0，不变 1，迁出 1。",
        "新增 x",
        "迁出 G1-1 G1",
    ]
    assert stored(survey_db, func.count(Household.code)) == 2
    assert stored(survey_db, func.count(RegistryImport.id)) == 1
    assert stored(survey_db, func.count(RegistryTrial.by)) == 0


def test_faulty_rows_are_told_and_written_to_a_file(
    run: Run, file, survey_db: Database, tmp_path: Path
) -> None:
    back = tmp_path / "back.csv"
    with pytest.raises(Invalid, match=r"名册.csv"):
        run("import-households", "--refused", str(back), file(sheet(FAULTY)))
    text = back.read_bytes().decode("utf-8-sig")
    assert "这个电话号码不完整" in text
    assert len(list(csv.reader(text.splitlines()))) == 2
    assert stored(survey_db, func.count(Household.code)) == 0


def test_faulty_rows_end_a_dry_run_with_an_error(run: Run, file) -> None:
    with pytest.raises(Invalid, match=r"名册.csv"):
        run("import-households", "--dry-run", file(sheet(FAULTY)))


def test_what_takes_much_away_needs_a_name(run: Run, file, survey_db: Database) -> None:
    rows = grids({"G1": 40})
    run("import-households", file(sheet(rows)))
    fewer = file(sheet(rows[:30]))
    with pytest.raises(Refused):
        run("import-households", fewer)
    with pytest.raises(Refused, match="另一位名册管理员"):
        run("import-households", "--confirmed-by", "安娜", fewer)
    assert "/registry/requests" in run("import-households", "--why", "拆迁，见公告", fewer).output
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Household.left_at))) == 0
        waits = session.scalars(select(RegistryRequest)).one()
    assert (waits.by, waits.why, waits.decided_at) == ("command line", "拆迁，见公告", None)


def test_progress_is_told_apart_from_what_is_said(run: Run, file, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LARGE", 3)
    done = run("import-households", file(sheet(grids({"G1": 3}))))
    assert done.stderr.endswith("3 / 3\n")
    assert "读入 3 户" in done.stdout


def test_the_quality_is_printed_and_written(run: Run, file, tmp_path: Path) -> None:
    run("import-households", file(sheet([household("h1", "G1", ""), *grids({"G2": 2})])))
    lines = [line.split("\t") for line in run("registry", "quality").output.splitlines()]
    assert lines[0][1:3] == ["户数", "没有电话"]
    assert [line[:3] for line in lines[1:]] == [["G1", "1", "1"], ["G2", "2", "0"], ["*", "3", "1"]]
    out = tmp_path / "quality.csv"
    assert run("registry", "quality", "--csv", str(out)).output == ""
    assert out.read_text("utf-8").startswith("grid,name,households,missing,")


def test_an_empty_file_can_be_filled_in(run: Run, tmp_path: Path) -> None:
    for name in ("t.csv", "t.xlsx"):
        assert run("registry", "template", str(tmp_path / name)).exit_code == 0
        assert run("import-households", "--dry-run", str(tmp_path / name)).exit_code == 0
    with pytest.raises(Invalid, match=r"t\.pdf"):
        run("registry", "template", str(tmp_path / "t.pdf"))
