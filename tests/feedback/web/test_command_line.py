"""The public side by command line: 0 done, 1 refused with a sentence, 2 wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from feedback.models import Account, Area, Case, DepositRun
from huying import cli
from huying.deposit import archive
from huying.deposit.sealing import new_keypair
from huying.store.db import Database

DATA = Path(__file__).parents[2] / "data"
AREAS = "编号,上级编号,层级,名称,网格类型\nC,,市,云川市,\nG1,C,网格,第1网格,\n"
STAFF = """工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束
W1,王秀兰,G1,+99913900001,2025-01-02,2025-01-01,
"""
OFFICES = "区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束\nC,1,值班室,+99921000001,,,\n"


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A folder of its own and the command `huying feedback`."""

    folder: Path
    run: Callable[..., Done]

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def count(self, model: type) -> int:
        database = Database(f"sqlite:///{self.folder / 'data' / 'public.db'}")
        with database.reading() as session:
            found = session.scalar(select(func.count()).select_from(model))
        database.dispose()
        return found


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys) -> Shell:
    monkeypatch.setenv("HUYING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HUYING_DEMO", "1")
    monkeypatch.setenv("HUYING_PUBLIC_BASE_URL", "http://127.0.0.1:8000")

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["huying", "feedback", *arguments])
        with pytest.raises(SystemExit) as exited:
            cli.main()
        printed = capsys.readouterr()
        return Done(int(exited.value.code or 0), printed.out, printed.err)

    return Shell(tmp_path, run)


def test_a_first_set_up_step_by_step(shell):
    assert shell.run("import-areas", shell.file("areas.csv", AREAS)).out == (
        "读取 2 行：新建 2，更改 0，未变 0。\n"
    )
    departments = shell.file("departments.csv", "编号,名称\nwater,水务局\n")
    for arguments in (
        ("import-departments", departments),
        ("import-staff", shell.file("staff.csv", STAFF)),
        ("import-offices", shell.file("offices.csv", OFFICES)),
    ):
        done = shell.run(*arguments)
        assert (done.status, done.out) == (0, "读取 1 行：新建 1，更改 0，未变 0。\n"), done.err
    password = shell.file("password", "a long enough one\n")
    account = ("account", "wang", "--role", "worker", "--name", "王秀兰", "--password-file", password)
    assert "--worker" in shell.run(*account).err
    assert shell.run(*account, "--worker", "nobody").status == 1
    assert shell.run(*account, "--worker", "W1").status == 0
    again = shell.run(*account, "--worker", "W1")
    assert (again.status, again.err) == (1, "登录名 wang 已经有人用了。\n")
    assert shell.count(Account) == 1


def test_cases_come_in_by_a_shipped_mapping_and_a_second_time_change_nothing(shell):
    excerpt = str(DATA / "nyc_311_excerpt.csv")
    for numbers in ("新建 60，更改 0，未变 0", "新建 0，更改 0，未变 60"):
        done = shell.run("import-cases", excerpt, "--mapping", "nyc311")
        assert (done.status, done.out) == (0, f"读取 60 行：{numbers}。\n"), done.err


def test_a_wrong_heading_is_told_with_what_the_file_was_taken_for_and_nothing_is_stored(shell):
    done = shell.run("import-areas", shell.file("areas.csv", AREAS.replace("层级", "级别")))
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("areas.csv 缺少表头“层级”。应有：编号、")
    assert "没有用的列：级别" in done.err
    assert shell.count(Area) == 0


def test_three_broken_rows_are_named(shell):
    lines = (DATA / "nyc_311_excerpt.csv").read_text(encoding="utf-8").split("\n")
    for line in (5, 20, 41):
        lines[line - 1] = lines[line - 1].replace("/2025", "/25x", 1)
    broken = shell.file("broken.csv", "\n".join(lines))
    done = shell.run("import-cases", broken, "--mapping", "nyc311")
    assert done.status == 1
    assert [line for line in (5, 20, 41) if f"第 {line} 行" in done.err] == [5, 20, 41]
    assert shell.count(Case) == 0
    good = ("import-cases", broken, "--mapping", "nyc311", "--keep-good")
    assert "署名" in shell.run(*good).err
    done = shell.run(*good, "--confirmed-by", "安娜", "--refused", shell.file("back.csv", ""))
    assert (done.status, done.out) == (0, "读取 57 行：新建 57，更改 0，未变 0。\n"), done.err
    assert shell.count(Case) == 57


def test_a_deposit_is_written_and_written_again_the_same(shell):
    shell.run("import-areas", shell.file("areas.csv", AREAS))
    deposit = ("deposit", "--period", "2025W12", "--out", str(shell.folder / "out"))
    assert "公钥" in shell.run(*deposit).err
    _, public = new_keypair()
    assert shell.run("key", "--recipient", "not a key").status == 1
    vkey = shell.run("key", "--recipient", shell.file("recipient", f"{public}\n")).out.strip()
    assert vkey == shell.run("key").out.strip()
    assert vkey != shell.run("key", "--ledger").out.strip()
    first = shell.run(*deposit)
    path = shell.folder / "out" / "deposit-2025W12.zip"
    data = path.read_bytes()
    assert first.out.split() == [str(path), archive.digest(data)]
    assert archive.read(data, vkey=vkey).manifest.period == "2025W12"
    path.unlink()
    assert shell.run(*deposit).out == first.out
    assert path.read_bytes() == data
    assert shell.count(DepositRun) == 1


def test_work_once_ends(shell):
    assert shell.run("work", "--once").status == 0


def test_upgrade_can_be_run_at_any_time(shell):
    for _ in range(2):
        assert shell.run("upgrade").out == "数据库已是最新。\n"


def test_serving_outside_the_demo_says_what_to_set(shell, monkeypatch):
    monkeypatch.delenv("HUYING_DEMO")
    for url, secret, sentence in (
        ("", "", "HUYING_PUBLIC_BASE_URL 未设置"),
        ("http://hy.example.cn", "", "必须以 https:// 开头"),
        ("https://hy.example.cn", "short", "HUYING_PUBLIC_SECRET 太短"),
    ):
        monkeypatch.setenv("HUYING_PUBLIC_BASE_URL", url)
        monkeypatch.setenv("HUYING_PUBLIC_SECRET", secret)
        done = shell.run("serve")
        assert done.status == 1
        assert sentence in done.err


def test_older_tables_are_refused_until_upgraded(shell):
    database = Database(f"sqlite:///{shell.folder / 'data' / 'public.db'}")
    shell.run("upgrade")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    database.dispose()
    done = shell.run("work", "--once")
    assert (done.status, "upgrade" in done.err) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("import-areas", "nowhere.csv"),
        ("import-cases", str(DATA / "nyc_311_excerpt.csv")),
        ("account", "x", "--role", "king", "--name", "x"),
        ("unknown",),
    ],
)
def test_wrong_usage_is_told_apart(shell, arguments):
    assert shell.run(*arguments).status == 2


def test_help_tells_what_each_command_does(shell):
    listed = shell.run("--help").out
    commands = "serve work upgrade account import-areas import-staff import-cases deposit key"
    for name in commands.split():
        assert name in listed
        assert shell.run(name, "--help").status == 0
