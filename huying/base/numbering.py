"""One telephone number, read strictly: what can't be dialled is refused with the sentence that mends it."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy

INVENTED = re.compile(r"\+999[0-9]{8,11}")
"""Country code 999 is assigned to nobody: such a number can't be dialled. Demonstrations use no other."""

CHINA, CHINESE = "CN", "+86"
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
DASHES = re.compile("[‐-―−﹣ー]")
BLANKS = re.compile(r"\s+")
AS_FORMULA = re.compile(r'="([^"]*)"')
"""How programs keep a spreadsheet from taking a number for a quantity."""

BETWEEN = re.compile(r"[-() ]")
DIGITS = re.compile(r"[0-9]+")
COMMON = re.compile(r"1(?:3[0-9]|5[0-35-9]|8[0-9])[0-9]{8}")
"""Mobile numbers as nearly every row has them: the library takes longer than all the rest of a row."""

MOBILE_START = re.compile(r"1[3-9]")
MOBILE_DIGITS = 11
SHORT = re.compile(r"[19][0-9]{2,5}")
TOLL_FREE = re.compile(r"800[0-9]{7}")
NATIONWIDE = re.compile(r"400[0-9]{7}")
LOCAL = re.compile(r"[2-9][0-9]{6,7}")
LEAST_LOCAL = 7
"""Digits of a subscriber's number; a shorter one behind an area code is a hotline's."""

SIGNS = (
    (
        re.compile(r"[0-9](?:[.][0-9]+)?E[+]?[0-9]+", re.IGNORECASE),
        lazy("号码被表格软件改成了科学计数法，后面的数字丢了：请把这一列设成文本重填。"),
    ),
    (
        re.compile(r"[+0-9 -]+[.]0+"),
        lazy("号码后面多了“.0”，是表格软件把它当成了数：请把这一列设成文本重填。"),
    ),
    (
        re.compile(r".*(?:[*•●○■█□?×]|[xX]{2,}|#{2,}|_{2,}|\.{3,}).*"),
        lazy("号码有几位被遮住了（如 138****8000）：请写完整的号码。"),
    ),
    (
        re.compile(r"(?=.*[0-9])[-+() 0-9A-Za-z]*[A-Za-z][-+() 0-9A-Za-z]*"),
        lazy("号码里有字母（常是 O 当成 0、l 当成 1）：请改成数字。"),
    ),
    (re.compile(r".*[^-+() 0-9].*"), lazy("号码里有不是数字的字：请只写号码。")),
    (re.compile(r".*[0-9+].*[+].*"), lazy("加号只能写在号码的最前面。")),
)
"""What a number may not look like, and the sentence for it, in the order in which they are looked for."""


def tidy(text: str) -> str:
    """Return a number's text in half-width signs, dashes and blanks alike, without what nobody sees."""
    if text.isascii() and text.isdigit():
        return text
    narrow = unicodedata.normalize("NFKC", UNSEEN.sub("", text))
    plain = BLANKS.sub(" ", DASHES.sub("-", narrow)).strip().removeprefix("'")
    wrapped = AS_FORMULA.fullmatch(plain)
    return wrapped[1].strip() if wrapped else plain


def read_one(text: str, *, region: str = CHINA, allowed: str = "real") -> str:
    """Return one number without extension as E.164; raise Invalid with the sentence that mends it."""
    if region == CHINA and COMMON.fullmatch(text):
        return CHINESE + text
    plain = tidy(text)
    _check_signs(plain)
    bare = BETWEEN.sub("", plain)
    if allowed == "invented" and INVENTED.fullmatch(bare):
        return bare
    _check_digits(bare.removeprefix("+"))
    if region != CHINA:
        return _written(_library(bare, region))
    return _chinese(plain, bare)


def is_landline(e164: str) -> bool:
    """Tell whether a number is a subscriber's line with an area code."""
    if INVENTED.fullmatch(e164):
        return e164.startswith("+9992")
    return _type(phonenumbers.parse(e164, None)) != PhoneNumberType.MOBILE


def _check_signs(plain: str) -> None:
    if not plain:
        raise Invalid(_("没有写号码。"))
    for pattern, sentence in SIGNS:
        if pattern.fullmatch(plain):
            raise Invalid(sentence)


def _check_digits(digits: str) -> None:
    if len(digits) >= LEAST_LOCAL and len(set(digits)) == 1:
        raise Invalid(_("号码的数字全都一样，不是真号码。"))


def _chinese(plain: str, bare: str) -> str:
    """Return a number as it is dialled in China, or from abroad with its country."""
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith(CHINESE):
        return _from_abroad(bare.removeprefix(CHINESE))
    if bare.startswith("+"):
        return _written(_library(bare, None))
    if bare.startswith("86") and len(bare) == len("86") + MOBILE_DIGITS:
        return _mobile(bare.removeprefix("86"))
    if MOBILE_START.match(bare) and len(bare) > len("95588") + 1:
        return _mobile(bare)
    if bare.startswith("0"):
        return _after_zero(plain, bare)
    return _rest(bare)


def _from_abroad(national: str) -> str:
    if MOBILE_START.match(national):
        return _mobile(national)
    return _landline(national.removeprefix("0"))


def _mobile(digits: str) -> str:
    if len(digits) != MOBILE_DIGITS:
        raise Invalid(_("手机号应当是 11 位，这里有 %(n)d 位：少了或多了数字。", n=len(digits)))
    number = _found(CHINESE + digits)
    if number is None or _type(number) != PhoneNumberType.MOBILE:
        raise Invalid(_("没有这个号段的手机号：请核对前三位。"))
    return CHINESE + digits


def _after_zero(plain: str, bare: str) -> str:
    if MOBILE_START.match(bare[1:]):
        # Taken, a land line with one digit too many would become somebody's mobile.
        raise Invalid(_("手机号前面不要加 0。"))
    return _landline(bare[1:], groups=DIGITS.findall(plain))


def _landline(national: str, *, groups: list[str] | None = None) -> str:
    """Return a land line by area code and subscriber's number; `groups` are its digits as written."""
    number = _found(CHINESE + national)
    if number is None or _type(number) != PhoneNumberType.FIXED_LINE:
        raise Invalid(_("固定电话的区号或位数不对：区号 3 到 4 位，后面的号码 7 到 8 位。"))
    area = phonenumbers.length_of_geographical_area_code(number)
    local = national[area:]
    if len(local) < LEAST_LOCAL:
        raise Invalid(_service())
    # 031-87654321 has lost a digit, though 0318-7654321 is a number.
    if groups and len(groups) > 1 and len(groups[0]) <= len("0318") and len(groups[0]) != area + 1:
        raise Invalid(_("固定电话的区号不对：请核对“-”前面的几位。"))
    _check_digits(local)
    return CHINESE + national


def _rest(bare: str) -> str:
    """Return what begins with neither 0 nor a mobile's digits: a nationwide number, or a sentence."""
    if NATIONWIDE.fullmatch(bare):
        return _written(_library(bare, CHINA))
    if SHORT.fullmatch(bare) or TOLL_FREE.fullmatch(bare):
        raise Invalid(_service())
    if LOCAL.fullmatch(bare):
        raise Invalid(_("固定电话没有写区号，应写成 010-82345678 这样。"))
    if _found(CHINESE + bare):
        raise Invalid(_("少了最前面的数字：区号要从 0 写起（如 021），手机号要有 11 位。"))
    raise Invalid(_incomplete())


def _service() -> str:
    return _("这是服务热线的号码（如 110、12345、95588），不是一个人或一户的电话。")


def _incomplete() -> str:
    return _("这个电话号码不完整，请检查后重新填写。")


def _library(bare: str, region: str | None) -> PhoneNumber:
    number = _found(bare, region)
    if number is None:
        raise Invalid(_incomplete())
    return number


def _found(text: str, region: str | None = None) -> PhoneNumber | None:
    """Return a number that the numbering plan of its country knows."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _type(number: PhoneNumber) -> int:
    return phonenumbers.number_type(number)


def _written(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
