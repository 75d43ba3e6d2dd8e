"""A reply is understood whatever its width, capitals, blanks and signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.messaging.replies import NO, OTHER, RESUME, STOP, YES, understood

STOPS = ("退订", "TD", "T", "不要再发", "STOP", "stopall", "UNSUBSCRIBE", "cancel", "END", "QUIT", "拒收")
NOISE = st.text(st.sampled_from(" \u3000\t\n\r.,!?。，！？…~-_*\u200b\ufeff（）"), max_size=3)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@given(st.sampled_from(STOPS), st.booleans(), st.booleans(), st.data())
def test_a_stop_word_stops_however_it_is_written(word, full, small, data):
    written = wide(word) if full else word
    written = written.lower() if small else written
    spaced = "".join(data.draw(NOISE) + sign for sign in written) + data.draw(NOISE)
    assert understood(spaced) == STOP


@pytest.mark.parametrize("text", ["请不要再发了谢谢", "你们别再发短信来", "退订退订", "TD退订"])
def test_a_sentence_that_says_stop_stops(text):
    assert understood(text) == STOP


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1", YES),
        ("１。", YES),
        (" 是 ", YES),
        ("2", NO),
        ("２", NO),
        ("不是", NO),
        ("恢复", RESUME),
        ("ＨＦ", RESUME),
        ("START", OTHER),
        ("楼上还在漏水", OTHER),
        ("12", OTHER),
        ("不想退订这个服务的费用", OTHER),
        ("特别好", OTHER),
        ("", OTHER),
    ],
)
def test_other_words_mean_what_they_say(text, meant):
    assert understood(text) == meant


@given(st.text())
def test_any_text_is_understood_as_something(text):
    assert understood(text) in {STOP, RESUME, YES, NO, OTHER}
