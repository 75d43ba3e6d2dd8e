"""docs/method.md holds every formula that a docstring points to, and counts the cases of other programs."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import sampling

ROOT = Path(__file__).parents[2]
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "tests" / "reference"
POINTER = re.compile(r"[Ff]ormulas?\s+([^.]*?)\s+of\s+method\.md", re.DOTALL)
NUMBER = re.compile(r"\((\d+[a-g]?)\)")
SECOND = {"doubly_robust", "str_f/chisq_lincom", "str_f/chisq_saddlepoint"}
OTHER = {"suppression", "csv_text_cells"}
NO_CASE = {
    "weights",
    "about",
    "made_with",
    "tolerance",
    "format",
    "classes",
    "K",
    "U",
    "e",
    "undefined",
    "formulas",
} | {
    "not_aapor",
    "properties",
}


def _public():
    for module in pkgutil.walk_packages(sampling.__path__, "sampling."):
        found = importlib.import_module(module.name)
        for name, each in vars(found).items():
            if inspect.isfunction(each) and each.__module__ == found.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", each
            if inspect.isclass(each) and each.__module__ == found.__name__:
                members = inspect.getmembers(each, inspect.isfunction)
                yield from ((f"{name}.{inner}", one) for inner, one in members if not inner.startswith("_"))


POINTING = {name: each for name, each in _public() if POINTER.search(each.__doc__ or "")}


def test_formulas_are_pointed_to():
    assert len(POINTING) > 50


@pytest.mark.parametrize("name", POINTING)
def test_what_a_docstring_points_to_is_there(name):
    numbers = NUMBER.findall(POINTER.search(POINTING[name].__doc__)[1])
    assert numbers
    for number in numbers:
        assert f"({number})" in METHOD, number


@pytest.mark.parametrize("name", POINTING)
def test_every_function_with_a_formula_is_named(name):
    last = name.rpartition(".")[2]
    assert re.search(rf"[`.]{last}(\(|`)", METHOD), name


def _cases(file):
    """Yield the name of each case: of the list it is in, or its own."""
    found = json.loads((REFERENCE / file).read_text(encoding="utf-8"))
    if "cases" in found:
        inner = found["cases"]
        yield from (each["id"] for each in inner) if isinstance(inner, list) else inner
        return
    for name, value in found.items():
        if name not in NO_CASE:
            yield from [name] * (len(value) if isinstance(value, list) else 1)


def _tier(file, name):
    return "second" if name in SECOND else "other" if name in OTHER else "first"


def test_the_table_counts_the_cases_of_every_file():
    rows = re.findall(r"^\| `(\w+\.json)` \| (\d+) \| (\d+) \| (\d+) \|", METHOD, re.MULTILINE)
    assert {file for file, *_ in rows} == {each.name for each in REFERENCE.glob("*.json")}
    for file, *told in rows:
        found = Counter(_tier(file, name) for name in _cases(file))
        assert [found[tier] for tier in ("first", "second", "other")] == [int(each) for each in told], file


@pytest.mark.parametrize("name", POINTING)
def test_every_function_with_a_formula_shows_an_example(name):
    assert ">>>" in POINTING[name].__doc__
