"""`backup`, `restore` and `check`, as whoever keeps an installation runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import apart
from tests.support.servers import Installation

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Installation:
    made = Installation("feedback", tmp_path_factory.mktemp("kept") / "data", 8000)
    made.run("upgrade")
    return made


def said(installation: Installation, *words: object, status: int = 0, **more: str) -> str:
    done = apart.run(["feedback", *map(str, words)], {**installation.environment, **more})
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_a_side_is_backed_up_and_put_back_by_four_commands(installed, tmp_path):
    private, kept = tmp_path / "private", tmp_path / "backups"
    assert "还没有备份过" in said(installed, "doctor", status=1)
    assert "没有备份用的公钥" in said(installed, "backup", kept, status=1)
    public = said(installed, "backup-key", private).strip()
    assert private.stat().st_mode & 0o077 == 0
    assert "不覆盖" in said(installed, "backup-key", private, status=1)
    file, keys = map(Path, said(installed, "backup", kept, HUYING_PUBLIC_BACKUP_KEY=public).split())
    assert "最近一次备份：" in said(installed, "doctor", status=1)
    put = ("restore", file, "--keys", keys, "--key", private)
    assert "不是空的" in said(installed, *put, status=1)
    elsewhere = {"HUYING_DATA": str(tmp_path / "elsewhere")}
    assert "check" in said(installed, *put, **elsewhere)
    assert "✗" not in said(installed, "check", **elsewhere)
