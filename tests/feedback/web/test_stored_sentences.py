"""A sentence of ours that is stored is said in the language of whoever reads it, not of whoever caused it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.web.rules.sentences import SENTENCES, SIGN, said, stored
from huying.base.i18n import speaking
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import POSTER, Backstage


@given(st.text().filter(lambda text: not text.startswith(SIGN)))
def test_what_people_wrote_is_shown_as_it_is(text):
    assert said(text) == text


@given(st.text())
def test_nothing_that_begins_like_ours_breaks_a_page(text):
    assert isinstance(said(SIGN + text), str)


@pytest.mark.parametrize("code", SENTENCES)
def test_each_sentence_is_said_in_both_languages(code):
    kept = stored(code, name="城管局", text="管网归城管")
    with speaking("en"):
        english = said(kept)
    assert english != said(kept)
    assert english.isascii() or code == "others_matter"


def test_a_call_back_asked_for_in_english_is_read_in_chinese(resident: Visitor, backstage: Backstage) -> None:
    address = f"/unreached/{POSTER}?lang=en"
    page = resident.press(resident.open(address), POSTER, contact="+99913811111", wish="call_back")
    receipt = page.path
    assert "请给我回电。" in resident.open(f"{receipt}?lang=zh").text
    assert "Please call me back." in resident.open(f"{receipt}?lang=en").text
