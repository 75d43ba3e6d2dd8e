"""A questionnaire is a file: it comes back as it was written, and each of its faults has a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.fieldwork.questionnaire import files, shipped, versions
from survey.fieldwork.questionnaire.conditions import parse
from survey.fieldwork.questionnaire.faults import faults
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import ALWAYS, Condition, Every, Is, Some
from survey.fieldwork.questionnaire.versions import V0, V1

Change = Callable[[dict[str, Any]], object]
EVERY = pytest.mark.parametrize("form", versions.EVERY, ids=lambda each: each.name)


def a_condition() -> st.SearchStrategy[Condition]:
    atom = st.builds(
        Is, st.sampled_from(["A1", "S-A", "E5H"]), st.lists(st.integers(0, 99), min_size=1).map(tuple)
    )
    parts = st.recursive(
        atom,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda found: Every(tuple(found))),
            st.lists(inner, min_size=2, max_size=3).map(lambda found: Some(tuple(found))),
        ),
        max_leaves=8,
    )
    return st.one_of(st.just(ALWAYS), parts)


def changed(change: Change, form: Questionnaire = V1) -> bytes:
    """The file of a new version in which something is different."""
    told = json.loads(files.write(form)) | {"digest": "whole", "name": "v2"}
    change(told)
    return json.dumps(told, ensure_ascii=False).encode()


def item(told: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in told["items"] if each["code"] == code)
    return found


def faults_of(change: Change) -> tuple[str, ...]:
    return faults(files.read(changed(change)))


@EVERY
def test_what_is_written_is_read_back_to_the_same_words(form: Questionnaire) -> None:
    again = files.read(files.write(form))
    assert again.every_item == form.every_item
    assert again.wording_hash == form.wording_hash
    assert files.write(again) == files.write(form) == (shipped.KEPT / f"{form.name}.json").read_bytes()


@given(a_condition())
def test_a_condition_is_read_back_as_it_was_written(condition: Condition) -> None:
    assert parse(str(condition)) == condition


@pytest.mark.parametrize(
    "text", ["A1", "A1=", "(A1=1", "A1=1)", "(A1=1 & V1=1 | E1=1)", "& A1=1", "(" * 40, "A1=1,"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="读不懂"):
        parse(text)


def test_the_questionnaire_that_is_asked_has_no_fault_and_a_whole_translation() -> None:
    assert faults(V1) == ()
    assert set(V1.translations["en"]) == set(V1.words)


def test_the_first_questionnaire_lacks_what_scores_are_made_of_today() -> None:
    assert any("B1A" in fault for fault in faults(V0))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: item(told, "A1").update(text="您知道这里有网格员吗？"),
        lambda told: item(told, "E5")["options"][0].update(label="网格员没上报"),
        lambda told: item(told, "E5").update(read=False),
        lambda told: item(told, "E3").update(asked_if="E1=1"),
        lambda told: item(told, "S2A")["options"][1].pop("ends"),
        lambda told: told["texts"].update(END="谢谢您。"),
        lambda told: told["probes"].update(A2="还有吗？"),
        lambda told: told["orders"].update(early="A4A"),
        lambda told: told.update(walked=False),
        lambda told: told["screening"].pop(),
    ],
)
def test_a_change_of_one_word_or_rule_is_another_questionnaire(change: Change) -> None:
    assert files.read(changed(change)).wording_hash != files.read(changed(lambda told: None)).wording_hash


def test_a_translation_is_no_measurement_and_changes_no_digest() -> None:
    other = files.read(changed(lambda told: told.pop("translations")))
    assert other.wording_hash == files.read(changed(lambda told: None)).wording_hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: item(told, "A3").update(asked_if="A9=1"), "A3 的条件提到 A9，没有这一题"),
        (lambda told: item(told, "A3").update(asked_if="V1=1"), "V1，它却在后面才问：绕成了圈"),
        (lambda told: item(told, "S-B").update(asked_if="S-A=1"), "S-A，它却在后面才问：绕成了圈"),
        (lambda told: item(told, "A3").update(asked_if="A1=7"), "A1=7，没有这个选项"),
        (lambda told: item(told, "A3").update(code="A1"), "题号 A1 用了 2 次"),
        (lambda told: item(told, "A3").update(code="S-A"), "题号 S-A 用了 2 次"),
        (lambda told: told["orders"].update(rotated=["S-A", "S-A"]), "挨在一起"),
        (lambda told: told["orders"].update(overall=["G1", "G1"], early="G1"), "排在 G1 后面"),
        (lambda told: told["orders"].update(early="D4"), "总体评价的几题应当各写一次"),
        (lambda told: item(told, "A3")["options"][1].update(value=1), "A3：选项 1 写了 2 次"),
        (lambda told: item(told, "S2A")["options"][1].pop("ends"), "访问：S2A=2 应当以 not_eligible 结束"),
        (lambda told: item(told, "D4").update(asked_if="D3=1"), "答了 D3=2 以后没有下一题"),
        (lambda told: item(told, "S2A").update(asked_if="()"), None),
        (lambda told: item(told, "A5").update(asked_if="(A4=3 & A1=3)"), "都问不到 A5"),
        (lambda told: item(told, "E1")["options"][1].update(ends="refused"), "E1=2 应当结束，却还有题要问"),
        (lambda told: told["translations"]["en"].pop("您知道您住的地方有网格员吗？"), "译文 en 缺少“您知道"),
        (
            lambda told: told["translations"]["en"].update({V1.texts["VERIFY"]: "Call us."}),
            "和原文的【】不一样",
        ),
        (lambda told: told["translations"].update(english={}), "译文的语言“english”"),
        (lambda told: item(told, "A1").update(text="【网格员】是谁？"), "A1：没有办法填上【网格员】"),
        (lambda told: told["texts"].pop("END"), "缺少话术 END"),
        (lambda told: told["texts"].update(END="【红包】"), "没有办法填上【红包】"),
        (lambda told: told["items"].remove(item(told, "G1C")), "缺少 G1C"),
        (lambda told: item(told, "E4")["options"].pop(), "E4 缺少选项 4"),
        (lambda told: told["calls"].pop("resumed"), "通话（resumed）：缺少 C1"),
        (
            lambda told: told["calls"]["first"][3]["options"][2].pop("ends"),
            "通话（first）：S3=3 应当以 not_in 结束",
        ),
        (lambda told: told["orders"].update(swapped="E9"), "次序、筛选或者追问里的 E9"),
        (lambda told: told["orders"].update(rotated=["S-A", "S-C"]), "挨在一起"),
        (lambda told: told["orders"].update(rotated=[]), "轮换的几题（rotated）"),
        (lambda told: item(told, "G1")["options"].reverse(), "G1：五级的选项应当依次"),
        (lambda told: item(told, "E5")["options"].reverse(), "E5：对调的前两个选项"),
        (lambda told: item(told, "D4").update(most=0), "D4：数字要有范围"),
        (lambda told: item(told, "A1").update(dont_know=8), "A1：“不知道”的选项 8 没有"),
        (lambda told: item(told, "A1")["options"][0].update(value=98), "98、99 是说不清"),
        (lambda told: item(told, "A1").update(kind="text"), "A1：单选、多选要有选项"),
        (lambda told: item(told, "A1")["options"][0].update(label=" "), "没有文字"),
        (lambda told: item(told, "A5").update(code="a5"), "题号“a5”"),
        (lambda told: item(told, "A5").update(code="C1"), "题号 C1 通话里有，访问里也有"),
        (lambda told: told.update(name="第二版"), "问卷的名字“第二版”"),
    ],
)
def test_each_fault_has_a_sentence(change: Change, said: str | None) -> None:
    found = faults_of(change)
    assert found == () if said is None else any(said in fault for fault in found), found


def test_several_faults_are_said_at_once_and_many_missing_translations_are_counted() -> None:
    def many(told: dict[str, Any]) -> None:
        told["translations"]["yue"] = {}
        item(told, "A3").update(asked_if="A9=1")

    found = faults_of(many)
    assert any("没有这一题" in fault for fault in found)
    assert sum("译文 yue 缺少" in fault for fault in found) == 5
    assert f"译文 yue 一共缺少 {len(V1.words)} 处。" in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(format="other/1"), "“format”应当是"),
        (lambda told: told.pop("name"), "缺少“name”"),
        (lambda told: told.update(walked="yes"), "“walked”应当是true 或 false"),
        (lambda told: told.update(items={}), "“items”应当是一列对象"),
        (lambda told: told.update(texts=[]), "“texts”应当是一个对象"),
        (lambda told: told.update(screening=[1]), "“screening”应当是一列文字"),
        (lambda told: told.update(digest="half"), "“digest”只能是"),
        (lambda told: item(told, "A1").update(kind="stars"), "题目 A1：“kind”只能是"),
        (lambda told: item(told, "A1").update(textt="?"), "不认识“textt”"),
        (lambda told: item(told, "A1").update(text=5), "题目 A1：“text”应当是一段文字"),
        (lambda told: item(told, "D4").update(most=True), "“most”应当是0 到 999 的整数"),
        (lambda told: item(told, "A1")["options"][0].update(ends="soon"), "“ends”只能是"),
        (lambda told: told["calls"].update(later=[]), "不认识“later”"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_where(change: Change, said: str) -> None:
    with pytest.raises(Invalid, match=said.replace("(", r"\(")):
        files.read(changed(change))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "第 1 行不是 JSON"),
        (b"[]", "不是一个 JSON 对象"),
        (b"\xff\xfe", "不是 UTF-8"),
        (b'{"name":"a","name":"b"}', "“name”写了两次"),
        (b"[" * 100_000, "不是"),
        (b" " * (files.LARGEST + 1), "太大了"),
        (b'{"name":"\\ud800"}', "不能保存的字符"),
        (b'{"texts":{"\\udfff":"a"}}', "不能保存的字符"),
        (b'{"name":"a\\u0000"}', "不能保存的字符"),
        (b'{"\\ud800":1,"\\ud800":2}', "写了两次"),
    ],
)
def test_bytes_that_are_no_questionnaire_are_refused_kindly(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        files.read(data)


def test_a_form_of_too_many_ways_is_not_walked_for_ever() -> None:
    """Seven questions of five answers that others hang on, all independent: nobody checks 78,125 ways."""

    def wild(told: dict[str, Any]) -> None:
        five = item(told, "S-A")["options"]
        for number in range(7):
            options = [{**each} for each in five]
            more = {"code": f"Z{number}", "text": "?", "kind": "single", "options": options}
            told["items"][2:2] = [more]
        for number in range(7):
            for value in range(1, 6):
                told["items"].insert(
                    9,
                    {
                        "code": f"Y{number}{value}",
                        "text": "?",
                        "kind": "text",
                        "asked_if": f"Z{number}={value}",
                    },
                )

    assert any("走法超过" in fault for fault in faults_of(wild))


def test_the_kept_files_belong_to_the_package() -> None:
    assert sorted(each.name for each in Path(shipped.KEPT).iterdir()) == ["v0.json", "v1.json"]


def test_a_questionnaire_without_translations_is_asked_all_the_same() -> None:
    assert faults(replace(V1, translations={})) == ()
