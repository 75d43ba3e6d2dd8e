"""A password is long, not among the first that anybody would try, and kept as argon2 alone."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from huying.accounts import SHORTEST_PASSWORD, passwords
from huying.base.errors import Invalid


@given(st.text(max_size=SHORTEST_PASSWORD - 1))
def test_a_short_one_is_refused(password):
    with pytest.raises(Invalid, match="至少 10 个字符"):
        passwords.check(password, login="wang", name="王秀兰")


@pytest.mark.parametrize(
    "password",
    [
        *(
            "Password123",
            "QWERTYUIOP",
            "1234567890",
            "9876543210",
            "abcdefghijk",
            "aaaaaaaaaa",
            "abcabcabcabc",
        ),
        *("1q2w3e4r5t", "woaini1314", "5201314520", "qwertyuiopasdf", "1212121212"),
        *("Password2026", "P@ssw0rd!!", "2026-Wuhan", "huying@2026", "Chuntian2027!"),
        *("wangge20261127", "admin@123456", "monkey monkey", "SummerOffice#1"),
    ],
)
def test_one_of_the_commonest_is_refused(password):
    with pytest.raises(Invalid, match="太常见"):
        passwords.check(password, login="wang", name="王秀兰")


@pytest.mark.parametrize(
    "password", ["wangxiulan", "WangXiulan1", "wangxiulanwangxiulan", "王秀兰wangxiulan"]
)
def test_login_and_name_make_no_password(password):
    with pytest.raises(Invalid, match="不能由登录名或姓名组成"):
        passwords.check(password, login="wangxiulan", name="王秀兰")


@pytest.mark.parametrize(
    "password", ["yanshi-2026", "correct horse", "下雨天先收衣服再看文件", "wangxiulan-and-the-rain"]
)
def test_a_sentence_is_welcome(password):
    passwords.check(password, login="wangxiulan", name="王秀兰")


def test_what_is_kept_is_argon2_and_fits_this_password_alone():
    kept = passwords.hashed("correct horse")
    assert kept.startswith("$argon2id$")
    assert passwords.fits(kept, "correct horse")
    assert not passwords.fits(kept, "correct horse ")


def test_where_no_password_is_kept_none_fits():
    assert not passwords.fits("", "")
    assert not passwords.fits("", "correct horse")


def test_where_no_password_is_kept_to_try_one_costs_as_much():
    assert extract_parameters(passwords._nobody) == extract_parameters(passwords.hashed("correct horse"))


def test_the_list_of_the_commonest_holds_none_that_is_too_short_anyway():
    assert min(map(len, passwords.COMMON)) >= SHORTEST_PASSWORD


def test_far_more_than_ten_thousand_common_ones_are_refused():
    ends = [*map(str, range(2000, 2041)), "123", "1234", "123456", "@123", "888", "520", "!@#", "20260101"]
    forms = [f"{word}{sign}{end}" for word in passwords.WORDS for end in ends for sign in ("", "@", ".")]
    common = {form for form in forms if len(form) >= SHORTEST_PASSWORD}
    assert len(common) > 10_000
    assert [form for form in common if not passwords.is_a_word_with_figures(form)] == []


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789@!-. ", min_size=30, max_size=200))
def test_a_long_text_that_is_no_word_passes(password):
    assert not passwords.is_a_word_with_figures(f"xkq{password}vvj")
