"""Documents lead somewhere, and speak of this project alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SOURCES = ("huying", "feedback", "survey")
TEST = re.compile(r"\]\(\.\./(tests/[^)#]+)#(test_\w+)\)")
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document):
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_whatever_is_said_to_be_prevented_names_a_test_that_shows_it():
    text = (ROOT / "docs" / "independence.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| **")]
    assert len(rows) > 15
    for who, _gain, prevented, *_ in rows:
        named = [link for link in LINK.findall(prevented) if link.startswith("../tests/")]
        assert prevented == "–" or named, who


def test_whatever_people_met_in_call_centres_names_tests_that_exist():
    text = (ROOT / "docs" / "met-elsewhere.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "what happened" not in line]
    assert len(rows) > 40
    for row in rows:
        named = TEST.findall(row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (file, test)


def test_the_readmes_carry_the_notice_about_calls_to_the_mainland():
    for name in ("README.md", "README.zh.md"):
        assert "Twilio 自 2023 年 11 月 30 日起不再提供拨往中国大陆的语音服务" in (ROOT / name).read_text(
            "utf-8"
        )


def test_no_file_carries_a_telephone_number_that_could_be_somebodys():
    mobile = re.compile(rb"(?<![0-9a-f.])1[3-9][0-9]{9}(?![0-9a-f])")
    allowed = {b"13800000000", b"13800138000"}
    for path in _tracked():
        if path.suffix in {".py", ".html", ".md", ".txt", ".toml"} and "reference" not in path.parts:
            found = set(mobile.findall(path.read_bytes())) - allowed
            assert not {number for number in found if not number.startswith(b"1380000000")}, path


def test_every_setting_is_documented():
    named = re.compile(r"HUYING_(?:PUBLIC_|SURVEY_)?[A-Z]+(?:_[A-Z]+)*")
    code = "".join(
        path.read_text(encoding="utf-8") for side in SOURCES for path in (ROOT / side).rglob("*.py")
    )
    documented = set(named.findall((ROOT / "docs" / "operating.md").read_text(encoding="utf-8")))
    assert {name for name in named.findall(code) if not name.endswith(("_PUBLIC", "_SURVEY"))} <= documented
