"""What the machine refuses reaches whoever typed the command as a sentence, with status 1."""

from __future__ import annotations

import sys

import pytest

from huying.cli import main


@pytest.fixture
def huying(monkeypatch, capsys, tmp_path):
    """Run the real command line in an environment; return what it said on standard error."""

    def run(*words: str, **environment: str) -> str:
        monkeypatch.setattr(sys, "argv", ["huying", *words])
        for name, value in {"HUYING_DATA": str(tmp_path / "data"), **environment}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "应以 sqlite:/// 或 postgresql:// 开头"),
        ("mysql://a/b", "应以 sqlite:/// 或 postgresql:// 开头"),
        ("postgresql://a:b:c@d:e/f", "写法不对"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/x", "数据库用不了"),
        ("sqlite:////nowhere/x.db", "数据库用不了"),
    ],
)
@pytest.mark.parametrize("command", ["upgrade", "work"])
def test_a_database_that_cannot_be_used_is_named(huying, url, sentence, command):
    said = huying("feedback", command, HUYING_PUBLIC_DATABASE_URL=url)
    assert "HUYING_PUBLIC_DATABASE_URL" in said
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_driver_that_is_not_installed_is_named(huying, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = huying("feedback", "upgrade", HUYING_PUBLIC_DATABASE_URL="postgresql://a@/b")
    assert "HUYING_PUBLIC_DATABASE_URL 所需的驱动 psycopg" in said


def test_a_file_that_is_no_database_is_named(huying, tmp_path):
    junk = tmp_path / "junk.db"
    junk.write_text("this is no database, and long enough to see it\n" * 40, encoding="utf-8")
    said = huying("survey", "upgrade", HUYING_SURVEY_DATABASE_URL=f"sqlite:///{junk}")
    assert "数据库用不了，请检查 HUYING_SURVEY_DATABASE_URL：file is not a database" in said


@pytest.mark.parametrize("words", [("feedback", "upgrade"), ("demo", "--make-only")])
def test_a_folder_that_cannot_be_made_is_named(huying, tmp_path, words):
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = huying(*words, HUYING_DATA=str(tmp_path / "file" / "data"))
    assert said.startswith(str(tmp_path / "file"))
    assert len(said.splitlines()) == 1
