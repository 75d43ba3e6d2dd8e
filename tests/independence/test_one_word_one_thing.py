"""Words are the interface: a class name means one thing, and the glossary knows the code's words."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("huying", "feedback", "survey", "sampling", "demo")
EACH_SIDES_OWN = {
    "Account",
    "AccountFailure",
    "AccountLink",
    "AccountSession",
    "Area",
    "Base",
    "KnownBrowser",
    "LogCheckpoint",
    "LogCosignature",
    "LogEntry",
    "LogNode",
    "LogWitness",
    "OutboxMessage",
    "RecoveryCode",
    "SecondFactor",
    "SheetChoice",
    "SignIn",
    "UnsentForm",
}
"""Tables that either side makes for itself from one mixin."""
OTHERWISE_TWICE = {
    "Meta": "WTForms looks for it inside a form",
    "Layout": "a sheet's columns (huying.sheets); a design's order of units (sampling)",
    "Deposit": "the archive (huying.deposit); the row of one that was accepted (survey.models)",
    "Table": "what a file's rows are read into (huying.sheets); the named columns of a survey (sampling)",
    "Wave": "the row (survey.models); the checker's own, which shares no code",
}
"""Names that stand twice, each with why."""


@cache
def _classes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_a_class_name_is_defined_once_unless_it_is_listed():
    listed = EACH_SIDES_OWN | OTHERWISE_TWICE.keys()
    assert {name: where for name, where in _classes().items() if len(where) > 1 and name not in listed} == {}


def test_what_is_listed_still_stands_twice():
    twice = {name for name, where in _classes().items() if len(where) > 1}
    assert EACH_SIDES_OWN | OTHERWISE_TWICE.keys() <= twice


def _glossary() -> list[str]:
    rows = [line.split("|") for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()]
    cells = [row[2] for row in rows if len(row) > 3 and not row[1].startswith(("-", " 中文"))]
    return [
        term.strip().lower() for cell in cells for term in re.split("[,·/]", re.sub(r"\(.*?\)", "", cell))
    ]


@pytest.fixture(scope="module")
def code() -> str:
    """Everything that the packages say, in small letters."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths).lower()


@pytest.mark.parametrize("term", _glossary())
def test_the_code_says_what_the_glossary_says(term, code):
    written = {term, term.replace(" ", "_"), term.replace(" ", "")}
    assert any(re.search(rf"(?<![a-z]){re.escape(word)}", code) for word in written)
