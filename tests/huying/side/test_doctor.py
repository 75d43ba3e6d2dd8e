"""`huying … doctor` says what is wrong with an installation, and what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import apart
from tests.support.servers import Installation

pytestmark = pytest.mark.server
SIDES = pytest.mark.parametrize("side", ["feedback", "survey"])


def examined(installation: Installation, **more: str) -> tuple[int, str]:
    done = apart.run([installation.side, "doctor"], {**installation.environment, **more})
    assert done.stderr == ""
    return done.returncode, done.stdout


def lines(text: str, mark: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(mark)]


@pytest.fixture(scope="module")
def new(tmp_path_factory) -> dict[str, Path]:
    """The folder of a new installation of each side, to be copied."""
    made = {}
    for side in ("feedback", "survey"):
        made[side] = tmp_path_factory.mktemp(side) / "data"
        Installation(side, made[side], 8000).run("upgrade")
    return made


@pytest.fixture
def installed(side: str, new: dict[str, Path], tmp_path: Path) -> Installation:
    return Installation(side, Path(shutil.copytree(new[side], tmp_path / "data")), 8000)


@SIDES
def test_a_new_installation_lacks_an_administrator_and_the_other_sides_key(installed):
    status, said = examined(installed)
    assert status == 1
    desks = ("还没有协调员账号", "区级兜底单位没有账号")
    assert [(each in said) for each in desks] == [installed.side == "feedback"] * 2
    assert len([line for line in lines(said, "✗") if not any(each in line for each in desks)]) == 2
    assert "还没有管理员" in said
    assert "公钥" in said


@SIDES
def test_python_m_huying_says_the_same(installed):
    command = [sys.executable, "-m", "huying", installed.side, "doctor"]
    done = subprocess.run(command, env=installed.environment, capture_output=True, text=True, check=False)
    status, said = examined(installed)
    assert (done.returncode, lines(done.stdout, "✗")) == (status, lines(said, "✗"))
    assert done.stderr == ""


@SIDES
def test_every_fault_comes_with_what_to_do(installed):
    _status, said = examined(installed)
    assert all("→" in line for line in (*lines(said, "✗"), *lines(said, "!")))


@SIDES
def test_an_address_that_isnt_set_is_named(installed):
    prefix = {"feedback": "HUYING_PUBLIC", "survey": "HUYING_SURVEY"}[installed.side]
    status, said = examined(installed, **{f"{prefix}_BASE_URL": "", "HUYING_DEMO": ""})
    assert status == 1
    assert f"{prefix}_BASE_URL" in said


@SIDES
def test_a_database_that_isnt_there_is_no_traceback(installed):
    prefix = {"feedback": "HUYING_PUBLIC", "survey": "HUYING_SURVEY"}[installed.side]
    url = f"postgresql+psycopg://nobody:geheim@/none?host={installed.data}"
    status, said = examined(installed, **{f"{prefix}_DATABASE_URL": url})
    assert status == 1
    assert "数据库用不了" in said
    assert "geheim" not in said


@SIDES
def test_a_key_that_others_can_read_is_wrong(installed):
    key = next(path for path in (installed.data / "keys").rglob("*") if path.is_file())
    key.chmod(0o644)
    status, said = examined(installed)
    assert status == 1
    assert f"chmod 600 {key}" in said


@SIDES
def test_tables_of_another_version_are_named(installed):
    with closing(sqlite3.connect(next(installed.data.glob("*.db")))) as base, base:
        base.execute("UPDATE alembic_version SET version_num = '0001'")
    status, said = examined(installed)
    assert status == 1
    assert f"huying {installed.side} upgrade" in said


@SIDES
def test_it_is_said_whether_anybody_does_what_nobody_clicks(installed):
    _status, before = examined(installed)
    assert any("work 没有在运行" in line for line in lines(before, "!"))
    installed.run("work", "--once")
    _status, after = examined(installed)
    assert "work 在运行" in after
    (stale,) = installed.data.glob("*-work")
    os.utime(stale, (stale.stat().st_atime, stale.stat().st_mtime - 900))
    assert "work 没有在运行" in examined(installed)[1]


@SIDES
def test_a_folder_that_others_can_read_is_wrong(installed):
    installed.data.chmod(0o755)
    status, said = examined(installed)
    assert status == 1
    assert f"chmod 700 {installed.data}" in said


@SIDES
def test_the_other_sides_folder_must_not_be_readable(side, new, tmp_path):
    key, other = {"feedback": ("public", "survey"), "survey": ("survey", "public")}[side]
    installed = Installation(side, Path(shutil.copytree(new[side], tmp_path / key)), 8000)
    assert "另一端" not in "".join(lines(examined(installed)[1], "!"))
    (tmp_path / other).mkdir(mode=0o700)
    status, said = examined(installed, HUYING_DEMO="")
    assert status == 1
    assert f"chown -R huying-{other} {tmp_path / other}" in "".join(lines(said, "✗"))
    assert str(tmp_path / other) in "".join(lines(examined(installed)[1], "!")), "a demo is one user's"
