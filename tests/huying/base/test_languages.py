"""Chinese first, English second; a link switches, without script, and no sentence lacks its translation."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from huying.base import i18n
from huying.base.i18n import _, _n, lazy, speaking

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "huying.po"
PLACES = re.compile(r"%\((\w+)\)")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS: dict[str, Any] = {"_": None, "lazy": None, "mark": None, "_n": (1, 1)}
CHINESE = re.compile("[\u4e00-\u9fff\uff00-\uffef\u3000-\u303f]")


@cache
def marked() -> dict[str, str]:
    """Return every marked sentence and where it stands."""
    options = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    found: dict[str, str] = {}
    for folder in ("huying", "feedback", "survey", "demo", "templates"):
        messages = extract_from_dir(ROOT / folder, METHODS, options, keywords=KEYWORDS)
        for path, _line, message, _comments, _context in messages:
            found[message if isinstance(message, str) else message[0]] = f"{folder}/{path}"
    return found


@pytest.fixture(scope="module")
def translations() -> dict[str, tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        each.id if isinstance(each.id, str) else each.id[0]: (
            (each.string,) if isinstance(each.string, str) else tuple(each.string)
        )
        for each in catalogue
        if each.id
    }


def test_every_sentence_has_its_translation(translations):
    missing = {text: where for text, where in marked().items() if not all(translations.get(text, ("",)))}
    assert missing == {}


def test_the_catalogue_holds_nothing_that_nobody_says(translations):
    assert set(translations) - set(marked()) == set()


def test_a_translation_has_the_places_of_its_sentence(translations):
    for text, said in translations.items():
        for each in said:
            assert set(PLACES.findall(each)) == set(PLACES.findall(text)), text


def test_a_translation_holds_no_chinese_but_names_of_columns(translations):
    quoted = re.compile(r"户编号|网格编号|地址|电话来源|电话登记日期|登记人|成年人电话|电话|中文")
    left = {
        text: said for text, said in translations.items() if CHINESE.search(quoted.sub("", " ".join(said)))
    }
    assert left == {}


def test_the_source_is_said_where_nothing_else_is_asked_for():
    assert _("没有这个网格。") == "没有这个网格。"


def test_a_sentence_is_said_in_the_language_that_is_spoken():
    with speaking("en"):
        assert _("没有这个网格。") == "There is no such grid."
    assert _("没有这个网格。") == "没有这个网格。"


def test_values_take_their_places():
    with speaking("en"):
        assert _("请不要超过 %(length)s 个字。", length=5) == "No more than 5 characters, please."


def test_a_language_that_isnt_offered_is_the_source():
    with speaking("fr"):
        assert i18n.language() == i18n.SOURCE


def test_a_later_sentence_waits_for_its_language():
    later = lazy("请不要超过 %(length)s 个字。", length=5)
    assert str(later) == "请不要超过 5 个字。"
    with speaking("en"):
        assert f"{later}" == "No more than 5 characters, please."


def test_english_counts_one_and_many():
    text = "最近一份制于 %(n)d 天前，按时。"
    with speaking("en"):
        assert "1 day ago" in _n(text, n=1)
        assert "2 days ago" in _n(text, n=2)
    assert _n(text, n=1) == "最近一份制于 1 天前，按时。"


def test_what_isnt_in_the_catalogue_is_said_as_it_is():
    with speaking("en"):
        assert _("没有人写过的话") == "没有人写过的话"


def test_two_languages_are_offered_the_source_first():
    assert i18n.LANGUAGES == {"zh": "中文", "en": "English"}
    assert i18n.TAGS == {"zh": "zh-Hans", "en": "en"}
    assert i18n.SOURCE == i18n.language() == "zh"


def test_a_block_leaves_the_language_as_it_found_it():
    with speaking("en"):
        with pytest.raises(ValueError, match="broken"), speaking("zh"):
            raise ValueError("broken")
        assert i18n.language() == "en"
    assert i18n.language() == "zh"


def test_a_sign_of_percent_stays_where_no_values_are_given():
    assert _("涨了 5%") == "涨了 5%"
    assert _("涨了 %(n)d%%", n=5) == "涨了 5%"


def test_other_values_stand_beside_a_count():
    assert _n("%(n)d 户，%(who)s", n=2, who="王") == "2 户，王"


def test_a_later_sentence_is_a_value_and_takes_places_as_forms_do():
    assert lazy("%(a)s和%(b)s", a=1, b=2) == i18n.Lazy("%(a)s和%(b)s", (("a", 1), ("b", 2)))
    assert i18n.Lazy("请选择") == lazy("请选择")
    assert i18n.Lazy("最多 %(max)d 个") % {"max": 3} == "最多 3 个"


def test_a_marked_sentence_is_stored_as_it_is():
    with speaking("en"):
        assert i18n.mark("没有这个网格。") == "没有这个网格。"
