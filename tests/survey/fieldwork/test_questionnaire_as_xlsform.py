"""A questionnaire goes out as an XLSForm and comes back the same; what lies outside the subset is named."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.fieldwork.queries import questionnaire_files
from survey.fieldwork.questionnaire import relevance, versions, xlsform, xlsform_reading
from survey.fieldwork.questionnaire.faults import faults
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Condition, Every, Is, Some, Value
from survey.fieldwork.questionnaire.versions import V1
from survey.fieldwork.questionnaire.xlsform import Rows
from tests.survey.fieldwork.test_questionnaire_file import a_condition

EVERY = pytest.mark.parametrize("form", versions.EVERY, ids=lambda each: each.name)
PYXFORM = os.environ.get("HUYING_PYXFORM")
"""A Python that has pyxform: it asks for another xlrd than ours, so it lives in an environment of its own."""
Sheets = dict[str, Rows]
OPENED = """import sys
from pyxform.xls2xform import convert
warnings = []
print(convert(sys.argv[1], warnings=warnings).xform)
assert not warnings, warnings
"""


def sheets(form: Questionnaire = V1) -> Sheets:
    return dict(xlsform.pages(form))


def column(rows: Rows, heading: str) -> list[str]:
    return [row[rows[0].index(heading)] for row in rows[1:]]


@EVERY
def test_what_went_out_comes_back_to_the_last_word(form: Questionnaire) -> None:
    again = xlsform_reading.read(sheets(form))
    assert again.every_item == form.every_item
    assert again.wording_hash == form.wording_hash
    assert again.translations == {code: dict(words) for code, words in form.translations.items()}


def test_through_a_real_workbook_it_is_the_same_questionnaire() -> None:
    book = questionnaire_files.written(V1, workbook=True)
    again = questionnaire_files.read(book, name="v1.xlsx")
    assert (again.wording_hash, faults(again)) == (V1.wording_hash, ())


@given(a_condition(), st.dictionaries(st.sampled_from(["A1", "S-A", "E5H"]), st.integers(0, 99)))
def test_a_condition_in_xpath_is_read_back_as_it_was_meant(
    condition: Condition, answers: dict[str, Value]
) -> None:
    said = relevance.write(condition, named=lambda code: code, several=frozenset({"S-A"}))
    assert relevance.read(said, of="A1").holds(answers) == condition.holds(answers)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("${A1} = '1'", Is("A1", (1,))),
        ('${A1}=1 or ${A1} = "2"', Is("A1", (1, 2))),
        ("selected(${A2}, '3')", Is("A2", (3,))),
        (
            "${A1}='1' and ${A3}='1' or ${V1}='1'",
            Some((Every((Is("A1", (1,)), Is("A3", (1,)))), Is("V1", (1,)))),
        ),
        ("  ", Every()),
    ],
)
def test_conditions_of_other_hands_are_read(said: str, meant: object) -> None:
    assert relevance.read(said, of="A1") == meant


@pytest.mark.parametrize(
    "said", ["${A1} > 3", "not(${A1}='1')", "${A1}='1' and", "(${A1}='1'", "(" * 30, "x" * 5000]
)
def test_what_xpath_says_otherwise_is_refused_with_the_question(said: str) -> None:
    with pytest.raises(Invalid, match="A5 的 relevant 读不懂"):
        relevance.read(said, of="A5")


def test_it_has_the_sheets_and_columns_of_xlsform() -> None:
    found = sheets()
    assert found["survey"][0][:4] == ["type", "name", "label::中文 (zh)", "label::English (en)"]
    assert found["choices"][0][:4] == ["list_name", "name", "label::中文 (zh)", "label::English (en)"]
    assert found["settings"][1][1:3] == ["huying_v1", V1.wording_hash]
    assert all(len(row) == len(rows[0]) for rows in found.values() for row in rows)


def test_names_are_used_once_and_every_reference_leads_to_one() -> None:
    survey, choices = sheets()["survey"], sheets()["choices"]
    names = [name for name in column(survey, "name") if name]
    assert len(set(names)) == len(names)
    for said in column(survey, "relevant"):
        for part in said.split("${")[1:]:
            assert part.partition("}")[0] in names
    lists = {kind.split()[1] for kind in column(survey, "type") if kind.startswith("select")}
    assert lists == set(column(choices, "list_name"))
    kinds = column(survey, "type")
    assert kinds.count("begin_group") == kinds.count("end_group") == len(Situation) + 2


@pytest.mark.skipif(not PYXFORM, reason="HUYING_PYXFORM names no Python that has pyxform")
def test_pyxform_opens_it_without_a_warning(tmp_path: Path) -> None:
    book = tmp_path / "v1.xlsx"
    book.write_bytes(questionnaire_files.written(V1, workbook=True))
    found = subprocess.run(
        [str(PYXFORM), "-c", OPENED, str(book)], capture_output=True, text=True, check=True, timeout=60
    )
    assert f'version="{V1.wording_hash}"' in found.stdout
    assert found.stdout.count("<select1 ") > 40


def changed(change: Callable[[Sheets], object]) -> Sheets:
    found = sheets()
    change(found)
    return found


def put(title: str, row: int, place: int, text: str) -> Callable[[Sheets], object]:
    return lambda found: found[title][row].__setitem__(place, text)


def row_of(name: str) -> int:
    return column(sheets()["survey"], "name").index(name) + 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found.pop("choices"), "没有 choices 这张表"),
        (put("survey", row_of("A1"), 0, "geopoint"), "A1 的类型“geopoint”不支持"),
        (put("survey", row_of("A1"), 0, ""), "A1 的类型“[?]”不支持"),
        (put("survey", row_of("A3"), -2, "${A1} > 1"), "A3 的 relevant 读不懂"),
        (put("survey", row_of("call_first"), 1, "visit"), "不认识“visit”这一组题"),
        (lambda found: found["survey"].insert(1, ["text", "Q1"]), "Q1 不在任何一组里"),
        (put("choices", 5, 1, "many"), "“many”应当是 0 到 999 的整数"),
        (put("choices", 5, -2, "soon"), "“ends”只能是"),
    ],
)
def test_what_lies_outside_the_subset_is_refused_by_name(
    change: Callable[[Sheets], object], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        xlsform_reading.read(changed(change))


def test_a_form_without_our_own_sheets_is_read_and_told_what_it_lacks() -> None:
    plain = {title: sheets()[title] for title in ("survey", "choices", "settings")}
    form = xlsform_reading.read(plain)
    assert (form.name, form.rotated, form.digest) == ("v1", (), "whole")
    assert [item.code for item in form.items] == [item.code for item in V1.items]
    assert any("轮换的几题" in fault for fault in faults(form))


def test_bytes_that_are_no_workbook_are_refused_kindly() -> None:
    with pytest.raises(Invalid):
        questionnaire_files.read(b"PK but no archive", name="v2.xlsx")
