"""What an account of the independent side is made of."""

from __future__ import annotations

import pytest

from huying.base.errors import Invalid
from survey.roles import ASSESSOR, INTERVIEWER
from survey.web.rules import StaffAccount


@pytest.mark.parametrize("code", [None, ""])
def test_an_interviewer_has_a_code(code):
    with pytest.raises(Invalid, match="访问员要有工号"):
        StaffAccount("caller", "某人", INTERVIEWER, code)


@pytest.mark.parametrize("code", ["八〇一", "8 01", "8" * 17, "801\n"])
def test_a_code_is_letters_and_digits(code):
    with pytest.raises(Invalid, match="16 位"):
        StaffAccount("caller", "某人", INTERVIEWER, code)


def test_others_need_none():
    assert StaffAccount("assessor", "某人", ASSESSOR).code is None
