"""The command line of the independent side: a sentence for every refusal, and nothing half done."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from huying.accounts import verified
from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.side import files
from huying.store.db import Database
from survey.commands import register
from survey.deposits import rules as deposit_keys
from survey.models import Account, Household, SampledCase, Wave
from tests.survey.deposits.test_accepting_a_deposit import VKEY, deposit
from tests.survey.stories import PART, THROWN, grids, sheet, soon

WHY = ("--why", "a test of few households")
"""So few answers would show nothing, and somebody has to say why they are asked for."""


@pytest.fixture
def environment(survey_db: Database, tmp_path: Path) -> dict[str, str]:
    return surroundings(survey_db, tmp_path)


def surroundings(database: Database, tmp_path: Path) -> dict[str, str]:
    """Return the settings of a command over a database."""
    url = database.engine.url.render_as_string(hide_password=False)
    return {"HUYING_DATA": str(tmp_path / "var"), "HUYING_SURVEY_DATABASE_URL": url, "HUYING_DEMO": "1"}


@pytest.fixture
def run(environment: dict[str, str]):
    def command(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(register, arguments, env=environment, input=typed, catch_exceptions=False)

    return command


@pytest.fixture
def file(tmp_path: Path):
    def write(name: str, content: bytes | str) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o600)
        return str(path)

    return write


def test_a_wave_goes_from_the_registry_to_its_scores(
    run, file, event_passes, survey_db: Database, tmp_path: Path
) -> None:
    run("import-households", file("registry.csv", sheet(grids({"G1": 6}))))
    words = ("--beacon", soon(), "--hours", "any", "--unworked", "1000", *WHY)
    run("wave", "freeze", "w", "--design", file("d", "G1\t3\t1\n"), *words)
    part = file("part", PART)
    checkpoint = run("wave", "commit", "w", "--party", "operator", "--part", part).output
    assert checkpoint.startswith("huying.local/survey/log\n4\n")  # registry, frame, design, commit
    with pytest.raises(Refused, match="才发生"):
        run("wave", "beacon", "w", "--value", THROWN)
    event_passes()
    run("wave", "beacon", "w", "--value", THROWN)
    run("wave", "reveal", "w", "--party", "operator", "--part", part)
    run("wave", "draw", "w")
    assert run("wave", "release", "w").output == "首批已放出：3 户。\n"
    assert run("wave", "release", "w").output == "放出补充批的网格：没有。\n"
    assert run("work", "--once").output == ""
    with pytest.raises(Refused, match="还没有结束"):
        run("estimate", "w")
    with pytest.raises(Refused, match="还没有到访问截止时间"):
        run("wave", "close", "w")
    event_passes(timedelta(days=62))
    run("wave", "close", "w")
    table = tmp_path / "scores.csv"
    assert "city      all" in run("estimate", "w", "--csv", str(table)).output
    assert table.read_bytes().startswith(b"wave,level,unit,name,")
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(SampledCase.unit))) == 3


def test_a_wave_can_be_voided_before_its_draw(run, file, survey_db: Database) -> None:
    run("import-households", file("registry.csv", sheet(grids({"G1": 6}))))
    run("wave", "freeze", "w", "--design", file("d", "G1\t3\t1\n"), "--beacon", soon(), *WHY)
    assert run("wave", "void", "w", "--why", "mistake").output == "w 已作废。\n"
    with survey_db.reading() as session:
        assert session.get_one(Wave, "w").state == "void"


@pytest.mark.parametrize(
    ("design", "sentence"),
    [
        ("G1 3 1\n", "d 第 1 行：应当有 3 栏"),
        ("G1\t3\tx\n", "d 第 1 行：应当是网格编码、首批户数、补充批户数"),
        ("G1\t3\t1\nG1\t3\t1\n", "d 第 2 行"),
    ],
)
def test_a_design_file_that_cannot_be_read_is_named_with_its_line(
    run, file, design: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        run("wave", "freeze", "w", "--design", file("d", design), "--beacon", soon())


def test_a_part_must_be_64_digits(run, file) -> None:
    with pytest.raises(Refused, match="64 位小写十六进制"):
        run("wave", "commit", "w", "--party", "operator", "--part", file("part", "ABC"))


def test_any_hour_is_for_the_demo_alone(run, file, environment: dict[str, str]) -> None:
    environment["HUYING_DEMO"] = "0"
    design = file("d", "G1\t3\t1\n")
    with pytest.raises(Refused, match="只能用于演示"):
        run("wave", "freeze", "w", "--design", design, "--beacon", soon(), "--hours", "any")


def test_the_keys_of_both_sides_pass_as_text_or_file(run, file, tmp_path: Path) -> None:
    keys = Keyring(tmp_path / "var" / "keys" / "survey")
    assert run("key").output == f"{deposit_keys.public_key(keys)}\n"
    run("key", "--depositor", file("vkey", f"{VKEY}\n"))
    assert keys.find(deposit_keys.DEPOSITOR) == VKEY
    assert run("key", "--ledger").output.startswith("huying.local/survey/log+")
    with pytest.raises(Refused, match="格式不对"):
        run("key", "--depositor", VKEY[:-4])
    assert keys.find(deposit_keys.DEPOSITOR) == VKEY


def test_a_deposit_is_accepted_from_its_file(run, file) -> None:
    path = file("deposit.zip", deposit())
    with pytest.raises(Refused, match="还没有登记公众端的公钥"):
        run("accept", path)
    run("key", "--depositor", VKEY)
    assert run("accept", path).output == run("accept", path).output
    assert run("accept", path).output.startswith("2026W48 ")


def test_an_account_is_made_with_the_password_typed_or_from_a_file(run, file, survey_db: Database) -> None:
    run("account", "ada", "--role", "assessor", "--name", "阿达", typed="correct horse\ncorrect horse\n")
    run(
        "account", "eve", "--role", "interviewer", "--name", "伊娃", "--code", "801",
        "--password-file", file("password", "battery staple\n"),
    )  # fmt: skip
    with survey_db.reading() as session:
        assert verified(session, Account, login="ada", password="correct horse")
        assert verified(session, Account, login="eve", password="battery staple")
    with pytest.raises(Refused, match="--code"):
        run("account", "max", "--role", "interviewer", "--name", "马克")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "HUYING_SURVEY_BASE_URL 未设置"),
        ({"HUYING_SURVEY_BASE_URL": "http://cp.example.cn"}, "必须以 https:// 开头"),
        (
            {"HUYING_SURVEY_BASE_URL": "https://cp.example.cn", "HUYING_SURVEY_SECRET": "short"},
            "HUYING_SURVEY_SECRET 太短",
        ),
        (
            {"HUYING_SURVEY_BASE_URL": "https://cp.example.cn", "HUYING_SURVEY_DEBUG": "1"},
            "HUYING_SURVEY_DEBUG 不能",
        ),
    ],
)
def test_an_unfit_installation_is_not_served(
    run, environment: dict[str, str], more: dict[str, str], sentence: str
) -> None:
    environment.update(more, HUYING_DEMO="0")
    with pytest.raises(Refused, match=sentence):
        run("serve")


def test_a_refusal_is_one_sentence_on_standard_error_and_exit_1(
    file, environment: dict[str, str], survey_db: Database
) -> None:
    wrong = file("registry.csv", "")
    done = subprocess.run(
        [sys.executable, "-m", "huying", "survey", "import-households", wrong],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("registry.csv 是空的")
    assert done.stderr.count("\n") == 1
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Household.code))) == 0


def test_an_empty_database_gets_its_tables_and_upgrade_says_so(run, environment: dict[str, str]) -> None:
    del environment["HUYING_SURVEY_DATABASE_URL"]
    assert run("work", "--once").exit_code == 0
    assert run("upgrade").output == "数据库已是最新。\n"


def test_a_file_that_is_no_text_and_a_place_that_cannot_be_written_are_named(
    run, file, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="d 不是 UTF-8"):
        run("wave", "freeze", "w", "--design", file("d", b"\xff\xfe"), "--beacon", soon())
    with pytest.raises(Refused, match="d 第 1 行"):
        run("wave", "freeze", "w", "--design", file("d", f"G1\t{'9' * 5000}\t1\n"), "--beacon", soon())
    with pytest.raises(Refused, match="公钥"):
        run("key", "--depositor", "x" * 5000)
    with pytest.raises(Refused, match="写不进"):
        files.write(Path(file("plain", "")) / "below", b"")


@pytest.mark.parametrize("wrong", [("--code", "a b"), ("--code", "x" * 17), ("--name", "x" * 65)])
def test_an_account_that_could_not_be_kept_is_refused(run, file, wrong: tuple[str, str]) -> None:
    fields = {"--role": "interviewer", "--name": "n", "--code": "1", "--password-file": file("p", "p" * 10)}
    fields |= dict([wrong])
    with pytest.raises(Refused):
        run("account", "someone", *(part for pair in fields.items() for part in pair))


def test_the_ledger_s_key_changes_by_a_command_but_not_while_a_wave_runs(run, file) -> None:
    before = run("checkpoint").output
    key = run("log", "rotate").output.strip()
    assert key.startswith("huying.local/survey/log+")
    after = run("checkpoint").output
    assert after.splitlines()[1] == "2"
    assert before != after
    assert len([line for line in after.splitlines() if line.startswith("— huying.local/survey/log ")]) == 2
    run("import-households", file("registry.csv", sheet(grids({"G1": 6}))))
    run("wave", "freeze", "w", "--design", file("d", "G1\t3\t1\n"), "--beacon", soon(), *WHY)
    with pytest.raises(Refused, match="不能在中途更换"):
        run("log", "rotate")


@pytest.mark.parametrize(("choice", "word"), [((), "apart"), (("--lists", "together"), "together")])
def test_listed_households_are_drawn_apart_unless_told_not_to(
    run, file, survey_db: Database, choice, word
) -> None:
    run("import-households", file("registry.csv", sheet(grids({"G1": 6}))))
    design = file("d", "G1\t3\t1\n")
    run("wave", "freeze", "w", "--design", design, "--beacon", soon(), "--hours", "any", *WHY, *choice)
    with survey_db.reading() as session:
        assert f'"lists":"{word}"' in session.get_one(Wave, "w").rules
