"""`huying feedback import`: tried without a trace, refused rows written out, applied whole."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from feedback.models import Area, ImportRun
from huying import cli
from huying.store.db import Database

Run = Callable[..., tuple[int, str, str]]
AREAS = "编号,上级编号,层级,名称,网格类型\nC,,市,云川市,\nG1,C,网格,第1网格,\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("HUYING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HUYING_DEMO", "1")
    monkeypatch.setenv("HUYING_PUBLIC_BASE_URL", "http://127.0.0.1:8000")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["huying", "feedback", *map(str, arguments)])
        with pytest.raises(SystemExit) as exited:
            cli.main()
        printed = capsys.readouterr()
        return int(exited.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    path = tmp_path / "areas.csv"
    path.write_text(AREAS, encoding="utf-8")
    return path


def _stored(tmp_path: Path, model: type) -> list[object]:
    database = Database(f"sqlite:///{tmp_path / 'data' / 'public.db'}")
    try:
        with database.reading() as session:
            return list(session.scalars(select(model)))
    finally:
        database.dispose()


def test_a_dry_run_says_what_would_change_and_stores_nothing(run: Run, areas: Path, tmp_path: Path) -> None:
    status, out, _err = run("import", "areas", areas, "--dry-run")
    assert status == 0
    assert out.startswith("试导入：读取 2 行：新增 2，更改 0，移动 0，离开 0，未变 0，退回 0。")
    assert "3\t新增\tG1\t第1网格" in out
    assert _stored(tmp_path, Area) == []


def test_it_is_applied_whole_and_a_second_time_writes_nothing(run: Run, areas: Path, tmp_path: Path) -> None:
    assert run("import", "areas", areas)[:2] == (0, "读取 2 行：新建 2，更改 0，未变 0。\n")
    assert run("import", "areas", areas)[:2] == (0, "读取 2 行：新建 0，更改 0，未变 2。\n")
    assert len(_stored(tmp_path, ImportRun)) == 1


def test_refused_rows_go_to_a_file(run: Run, areas: Path, tmp_path: Path) -> None:
    areas.write_text(f"{AREAS}G2,X,网格,第2网格,\n", encoding="utf-8")
    back = tmp_path / "back.csv"
    status, out, err = run("import", "areas", areas, "--dry-run", "--refused", back)
    assert status == 1
    assert "4\t退回\t上级编号\t上级编号“X”不存在。" in out
    assert str(back) in err
    assert "不存在" in back.read_bytes().decode("utf-8-sig")
    status, out, err = run("import", "areas", areas, "--refused", back)
    assert (status, out) == (1, "")
    assert "areas.csv" in err
    assert _stored(tmp_path, Area) == []


def test_many_moves_need_a_name(run: Run, areas: Path, tmp_path: Path) -> None:
    grids = "".join(f"H{n},S1,网格,{n}号,\n" for n in range(40))
    streets = "S1,C,街道,东街,\nS2,C,街道,西街,\n"
    areas.write_text(AREAS + streets + grids, encoding="utf-8")
    run("import", "areas", areas)
    areas.write_text(AREAS + streets + grids.replace("S1", "S2"), encoding="utf-8")
    status, _out, _err = run("import", "areas", areas)
    assert status == 1
    assert len(_stored(tmp_path, ImportRun)) == 1
    assert run("import", "areas", areas, "--confirmed-by", "周主任")[0] == 0
    assert [each.confirmed_by for each in _stored(tmp_path, ImportRun)] == [None, "周主任"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_written(run: Run, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"template.{form}"
    assert run("import-template", "staff", out)[0] == 0
    assert out.stat().st_size > 0


def test_a_template_of_no_known_form_is_refused(run: Run, tmp_path: Path) -> None:
    status, _out, err = run("import-template", "staff", tmp_path / "template.doc")
    assert (status, err) == (1, "文件名应以 .csv 或 .xlsx 结尾。\n")


def test_a_column_is_said_once_and_remembered(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(AREAS.replace("编号,上级编号", "牌号,归谁"), encoding="utf-8")
    status, _out, err = run("import", "areas", path)
    assert status == 1
    assert "没有用的列：牌号、归谁" in err
    said = ("--column", "编号=牌号", "--column", "上级编号=归谁")
    status, out, err = run("import", "areas", path, *said)
    assert status == 0, err
    assert "编号←牌号" in err
    assert "新建 2" in out
    assert "未变 2" in run("import", "areas", path)[1]


def test_good_rows_are_kept_by_name_and_the_others_written_out(run: Run, tmp_path: Path) -> None:
    path, back = tmp_path / "areas.csv", tmp_path / "back.csv"
    path.write_text(f"{AREAS}G2,nowhere,网格,第2网格,\n", encoding="utf-8")
    assert run("import", "areas", path, "--keep-good")[0] == 1
    status, out, _err = run(
        "import", "areas", path, "--keep-good", "--confirmed-by", "安娜", "--refused", back
    )
    assert (status, "新建 2" in out) == (0, True)
    assert "nowhere" in back.read_text("utf-8-sig")
    assert [run.confirmed_by for run in _stored(tmp_path, ImportRun)] == ["安娜"]
