"""Every form of the public side reads a telephone number by one strict rule, with a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from wtforms import SelectField

from feedback.cases.forms.resident import HelpForm
from feedback.roster.forms import PostPhoneForm
from feedback.worker.forms import ListForm, VisitForm
from huying.web.forms import Form

DAMAGED = (
    ("1380000000", "10 位"),
    ("138000000010", "12 位"),
    ("138O0000001", "有字母"),
    ("13800000001.0", "多了“.0”"),
    ("1.38E+10", "科学计数法"),
    ("138****8000", "被遮住了"),
    ("11111111111", "全都一样"),
    ("12345", "服务热线"),
    ("95588", "服务热线"),
    ("55551234", "没有写区号"),
    ("13800000001、13800000002", "只能写一个号码"),
    ("021-55551234 转 801", "记不下分机号"),
)
FIELDS: tuple[tuple[type[Form], str, Callable[[str], str]], ...] = (
    (HelpForm, "contact", str),
    (PostPhoneForm, "number", str),
    (VisitForm, "phone", str),
    (ListForm, "rows", lambda number: f"{number},某路 1 号".replace("、", " ")),
)


@pytest.fixture
def asked(app: Flask) -> Callable[[type[Form], str, str], str]:
    """Fill in one field of a form and return what is said of it."""

    def ask(form: type[Form], field: str, text: str) -> str:
        with app.test_request_context("/", method="POST", data={field: text}):
            filled = form()
            for each in filled:
                if isinstance(each, SelectField) and each.choices is None:
                    each.choices = []
            filled.validate()
            return "".join(map(str, filled[field].errors))

    return ask


@pytest.mark.parametrize(("form", "field", "write"), FIELDS, ids=[each[0].__name__ for each in FIELDS])
def test_a_damaged_number_is_refused_with_what_is_wrong(
    asked: Callable[[type[Form], str, str], str],
    form: type[Form],
    field: str,
    write: Callable[[str], str],
) -> None:
    for number, sentence in DAMAGED:
        assert sentence in asked(form, field, write(number)), number
    assert asked(form, field, write("021-5555 1234")) == ""
