"""A server says whether it can take anything: its database is there, is the right one, and can be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import feedback.app
import survey.app
from huying.base import settings
from huying.side import readiness
from huying.store.installation import Installation

APPS = {"public": feedback.app, "survey": survey.app}
PREFIXES = {"public": "HUYING_PUBLIC", "survey": "HUYING_SURVEY"}
PACKAGES = {"public": "feedback", "survey": "survey"}
TOKEN = "t" * 32


@pytest.fixture(params=sorted(APPS))
def app(request, tmp_path, sqlite_templates) -> Iterator[Flask]:
    """A side's app over an empty database."""
    side = request.param
    shutil.copy(sqlite_templates[side], tmp_path / f"{side}.db")
    told = {"HUYING_DATA": str(tmp_path), f"{PREFIXES[side]}_METRICS_TOKEN": TOKEN}
    made = APPS[side].create_app(settings.load(side, PREFIXES[side], told))
    yield made
    made.extensions["huying"].database.dispose()


def _file(app: Flask) -> Path:
    return Path(app.extensions["huying"].database.engine.url.database)


def _ready(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.text


def _writes(database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def test_where_nothing_is_wrong_it_is_ready(app):
    assert _ready(app) == (200, "ok\n")


def test_while_somebody_else_writes_it_is_ready_all_the_same(app):
    with closing(sqlite3.connect(_file(app), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert _ready(app) == (200, "ok\n")


def test_a_file_that_is_gone_is_missed_and_nothing_is_written_beside_it(app):
    database = app.extensions["huying"].database
    _writes(database)
    _file(app).unlink()
    assert _ready(app) == (503, "数据库文件不见了。\n")
    with pytest.raises(OperationalError):
        _writes(database)
    assert not _file(app).exists()
    page = app.test_client().get("/healthz")
    assert page.status_code == 503
    assert "没有保存" in page.text


def test_a_file_put_in_its_place_is_another(app, sqlite_templates):
    shutil.copy(sqlite_templates[app.extensions["huying"].settings.side], _file(app).with_suffix(".new"))
    _file(app).with_suffix(".new").replace(_file(app))
    assert _ready(app) == (503, "数据库文件被换过，请重启服务。\n")
    with pytest.raises(OperationalError):
        _writes(app.extensions["huying"].database)


def test_a_file_written_over_is_no_database(app):
    app.extensions["huying"].database.dispose()
    _file(app).write_bytes(b"not a database at all" * 500)
    status, said = _ready(app)
    assert status == 503
    assert "打不开，或者不是我们的数据库" in said


def test_tables_of_another_version_are_told(app):
    with closing(sqlite3.connect(_file(app))) as other:
        other.execute("UPDATE alembic_version SET version_num = '0001'")
        other.commit()
    assert _ready(app) == (503, "数据库的表不是这个版本的。\n")


LOOKING = """
import os, sys
from pathlib import Path
from huying.base import i18n
from huying.side import readiness
from huying.store.installation import Installation
class Here:
    class database:
        is_same_file = staticmethod(lambda: True)
readiness.newest(sys.argv[3])
os.setgid(65534); os.setuid(65534)
file, folder = map(Path, sys.argv[1:3])
print(*readiness._of_file(Here, file, sys.argv[3]), *readiness.disk(folder), sep="|")
"""


@pytest.mark.server
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not write")
def test_what_may_only_be_read_takes_nothing(app):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "read-only.db"
        shutil.copy(_file(app), file)
        with closing(sqlite3.connect(file)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        file.chmod(0o444)
        package = PACKAGES[app.extensions["huying"].settings.side]
        words = [sys.executable, "-c", LOOKING, str(file), folder, package]
        said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "数据库是只读的" in said.stdout, said.stderr
    assert "数据文件夹写不进" in said.stdout


def test_on_either_database_it_is_ready_or_says_what_is_missing(public_db, tmp_path):
    here = Installation(settings.load("public", "HUYING_PUBLIC", {"HUYING_DATA": str(tmp_path)}), public_db)
    assert readiness.faults(here, package="feedback") == []
    assert readiness.faults(here, package="survey") == ["数据库的表不是这个版本的。"]


def test_a_disk_that_is_nearly_full_is_told(tmp_path):
    assert list(readiness.disk(tmp_path)) == []
    assert list(readiness.disk(tmp_path, least=1 << 62)) == ["磁盘快满了。"]
    assert next(iter(readiness.disk(tmp_path / "missing"))).startswith("数据文件夹写不进")
    assert list(tmp_path.iterdir()) == []


def test_many_who_ask_at_once_are_all_told_that_it_is_ready(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        looks = threads.map(lambda _n: list(readiness.disk(tmp_path)), range(800))
        assert [said for said in looks if said] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "203.0.113.9"}, 404),
        ({"Via": "1.1 x"}, 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer é"}, 404),
    ],
)
def test_figures_are_for_loopback_or_whoever_shows_the_token(app, headers, status):
    answer = app.test_client().get(
        "/metrics", headers={name: value.encode().decode("latin-1") for name, value in headers.items()}
    )
    assert answer.status_code == status
    if status == 200:
        names = {line.partition("{")[0].partition(" ")[0] for line in answer.text.splitlines()}
        assert {"huying_ready", "huying_requests_total", "huying_messages", "huying_disk_free_bytes"} <= names
        assert all(len(line.split(" ")) == 2 for line in answer.text.splitlines())
