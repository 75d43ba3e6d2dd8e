"""The forms that a field of a table or of a log entry may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from huying.base.errors import Invalid
from huying.base.i18n import Words, _, lazy

BIGGEST = 2**53
"""Whole numbers stay below this, so that every JSON reader keeps them exact."""


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A pattern that a text must match as a whole, and what people call the field."""

    pattern: re.Pattern[str]
    name: Words

    def fits(self, text: object) -> bool:
        """Whether `text` is a string of this form."""
        return isinstance(text, str) and self.pattern.fullmatch(text) is not None

    def check(self, text: str) -> str:
        """Return `text`; raise Invalid where it has another form."""
        if not self.fits(text):
            raise Invalid(_("%(name)s的格式不对：%(text)s。", name=self.name, text=repr(text)))
        return text


def _form(pattern: str, name: Words) -> FieldForm:
    return FieldForm(re.compile(pattern), name)


UNIT = _form(r"[0-9A-Z]{14}", lazy("抽样单元编码"))
STRATUM = _form(r"[0-9A-Za-z._-]{1,32}", lazy("层编码"))
WAVE = _form(r"[0-9A-Za-z._-]{1,32}", lazy("轮次名称"))
PARTY = _form(r"[a-z0-9-]{1,64}", lazy("参与方名称"))
SOURCE = _form(r"[!-~]{1,200}", lazy("公开随机值的来源"))
VALUE = _form(r"[!-~]{1,200}", lazy("公开随机值"))
OUTCOME = _form(r"[a-z][a-z0-9_]{0,31}", lazy("处置码"))
HASH = _form(r"[0-9a-f]{64}", lazy("摘要"))
NONCE = _form(r"[0-9a-f]{32}", lazy("随机盐"))
HEX = _form(r"(?:[0-9a-f]{2})+", lazy("十六进制数据"))
WHOLE = _form(r"0|[1-9][0-9]*", lazy("整数"))
ITEM = _form(r"[0-9A-Za-z._-]{1,32}", lazy("题目编码"))
STAFF = _form(r"[0-9A-Za-z._-]{1,32}", lazy("访问员工号"))
REASON = _form(r"[a-z][a-z0-9_]{0,31}|[0-9a-f]{64}", lazy("原因（只能是编码或加盐摘要）"))
DAY = _form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", lazy("日期"))
MINUTE = _form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", lazy("时间"))
INSTANT = _form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}", lazy("时刻"))
SPAN = _form(r"[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]", lazy("时段"))
WINDOW = _form(r"W[1-4]|X", lazy("拨打时段"))
ROLE = _form(r"[0-9A-Za-z._:-]{1,64}", lazy("经手人"))
DECIMAL = _form(r"none|[0-9]+\.[0-9]+", lazy("得分"))
SIGNATURE = _form(r"[A-Za-z0-9+/]{86}==", lazy("签名"))
VKEY = _form(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}", lazy("公钥"))


def whole(number: int, *, name: Words, least: int = 0) -> int:
    """Return `number`; raise Invalid unless it is an integer from `least` to 2⁵³ − 1."""
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number < BIGGEST:
        raise Invalid(
            _(
                "%(name)s应当是不小于 %(least)s 的整数：%(number)s。",
                name=name,
                least=least,
                number=repr(number),
            )
        )
    return number


def decimal(text: str, *, name: Words, least: int = 0) -> int:
    """Return the integer that `text` writes in decimal, without sign or leading zero."""
    # Sixteen digits reach 2⁵³; longer texts are refused before they are turned into a number.
    if not WHOLE.fits(text) or len(text) > 16:
        raise Invalid(
            _(
                "%(name)s应当是不小于 %(least)s 的整数：%(text)s。",
                name=name,
                least=least,
                text=repr(text[:40]),
            )
        )
    return whole(int(text), name=name, least=least)


def day(text: str) -> str:
    """Return `text`, a civil day `YYYY-MM-DD` that exists."""
    return _real(DAY, text)


def minute(text: str) -> str:
    """Return `text`, a civil time `YYYY-MM-DDTHH:MM` that exists."""
    return _real(MINUTE, text)


def instant(text: str) -> str:
    """Return `text`, an instant `YYYY-MM-DDTHH:MM:SS±HH:MM` that exists."""
    return _real(INSTANT, text)


def _real(form: FieldForm, text: str) -> str:
    form.check(text)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(_("%(name)s不存在：%(text)s。", name=form.name, text=repr(text))) from None
    return text
