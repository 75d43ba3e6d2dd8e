"""The codebook says of every variable of every file what it is, in DDI Codebook 2.5."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from survey.datafiles.rules.codebook import codebook
from survey.datafiles.rules.data_file import DataFile, Kind, Variable
from survey.datafiles.rules.study import StudyFacts

STUDY = StudyFacts(
    "2026w48", 6194, 300, 120, datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 12, 7, 21, tzinfo=UTC),
    "v2", "wording", "release", "root",
)  # fmt: skip
ASKED = Variable("G1", "满意吗", "code", {1: "是", 98: "说不清"}, (98, 99))
FILES = [
    DataFile(
        "cases", "住户", "一行一户", [ASKED, Variable("weight", "权重", "decimal")], [[1, 2.0], [98, 1.0]]
    ),
    DataFile("dials", "拨号", "一行一次", [Variable("started_at", "何时", "moment")], []),
]


def made(files: list[DataFile] = FILES, study: StudyFacts = STUDY) -> Element:
    written = codebook(study, files, formats=["csv", "sav"])
    assert written.endswith(b"</codeBook>\n")
    return fromstring(written)


def all_of(root: Element, path: str) -> list[Element]:
    return root.findall("/".join(f"{{ddi:codebook:2_5}}{part}" for part in path.split("/")))


def text(root: Element, path: str) -> str:
    (found,) = all_of(root, path)
    return found.text or ""


def test_it_is_a_codebook_of_that_version_in_chinese() -> None:
    root = made()
    assert root.tag == "{ddi:codebook:2_5}codeBook"
    assert root.get("version") == "2.5"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert [child.tag.partition("}")[2] for child in root] == ["stdyDscr", "fileDscr", "fileDscr", "dataDscr"]


def test_it_names_the_study_and_how_it_may_be_checked() -> None:
    root = made()
    assert "2026w48" in text(root, "stdyDscr/citation/titlStmt/titl")
    (identity,) = all_of(root, "stdyDscr/citation/titlStmt/IDNo")
    assert (identity.text, identity.get("agency")) == ("release", "sha256")
    assert text(root, "stdyDscr/stdyInfo/sumDscr/anlyUnit") == "户"
    assert "6194 户" in text(root, "stdyDscr/stdyInfo/sumDscr/universe")
    assert "放出 300 户，完成 120 户" in text(root, "stdyDscr/method/dataColl/sampProc")
    assert text(root, "stdyDscr/method/dataColl/collMode")
    assert "v2，指纹 wording" in text(root, "stdyDscr/method/dataColl/resInstru")
    assert "“design_weight”只是 N/n" in text(root, "stdyDscr/method/dataColl/weight")
    assert "不得用来认出任何一户" in text(root, "stdyDscr/dataAccs/useStmt/restrctn")


def test_it_says_when_people_were_asked_as_far_as_that_is_known() -> None:
    def dates(study: StudyFacts) -> list[tuple[str | None, str | None, str | None]]:
        found = all_of(made(study=study), "stdyDscr/stdyInfo/sumDscr/collDate")
        return [(each.get("event"), each.get("date"), each.text) for each in found]

    begun, ended = ("start", "2026-11-23", "2026-11-23"), ("end", "2026-12-07", "2026-12-07")
    assert dates(STUDY) == [begun, ended]
    assert dates(replace(STUDY, ended=None)) == [begun]
    assert dates(replace(STUDY, began=None)) == [ended]


def test_each_file_has_its_number_names_and_sizes() -> None:
    root = made()
    assert [each.get("ID") for each in all_of(root, "fileDscr")] == ["F1", "F2"]
    told = [
        [each.text for each in all_of(root, f"fileDscr/fileTxt/{part}")]
        for part in ("fileName", "fileCont", "dimensns/caseQnty", "dimensns/varQnty")
    ]
    assert told == [
        ["cases.csv; cases.sav", "dials.csv; dials.sav"],
        ["住户。一行一户", "拨号。一行一次"],
        ["2", "0"],
        ["2", "1"],
    ]


def test_each_variable_belongs_to_its_file_and_the_weight_is_named() -> None:
    found = all_of(made(), "dataDscr/var")
    assert [dict(each.attrib) for each in found] == [
        {"ID": "F1.G1", "name": "G1", "files": "F1", "intrvl": "discrete"},
        {"ID": "F1.weight", "name": "weight", "files": "F1", "intrvl": "contin", "wgt": "wgt"},
        {"ID": "F2.started_at", "name": "started_at", "files": "F2", "intrvl": "contin"},
    ]
    assert [text(each, "labl") for each in found] == ["满意吗", "权重", "何时"]


def test_each_value_has_its_meaning_and_those_that_are_no_answer_are_marked() -> None:
    asked = all_of(made(), "dataDscr/var")[0]
    assert [each.get("missing") for each in all_of(asked, "catgry")] == [None, "Y"]
    assert [each.text for each in all_of(asked, "catgry/catValu")] == ["1", "98"]
    assert [each.text for each in all_of(asked, "catgry/labl")] == ["是", "说不清"]


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("code", {}, ("numeric", "other", "discrete")),
        ("code", {"a": "甲"}, ("character", "other", "discrete")),
        ("count", {}, ("numeric", "other", "contin")),
        ("decimal", {}, ("numeric", "other", "contin")),
        ("text", {}, ("character", "other", "discrete")),
        ("moment", {}, ("character", "time", "contin")),
    ],
)
def test_a_variable_says_how_it_is_written(kind: Kind, values: dict[str, str], told: tuple[str, ...]) -> None:
    variable = Variable("x", "某", kind, values)
    (entry,) = all_of(made([DataFile("f", "甲", "乙", [variable], [])]), "dataDscr/var")
    (written,) = all_of(entry, "varFormat")
    assert (written.get("type"), written.get("category"), entry.get("intrvl")) == told
