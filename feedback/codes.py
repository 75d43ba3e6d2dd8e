"""Codes that people scan, dial, read out and type: posters and receipts over GF(32), dial codes by Damm.

A code is an address, not a secret; the rating token alone is one. Reed and Solomon 1960; Damm 2004.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from huying.base.errors import Invalid
from huying.base.i18n import _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
POSTER_LENGTH = 8
RECEIPT_LENGTH = 12
TOKEN_LENGTH = 16
DIAL_DIGITS = (5, 6)
CITY_LINE = "12345"
DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)

Draw = Callable[[int], int]
"""Draws an integer from 0 to below its argument. A demonstration passes a seeded one."""

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKALIKE = str.maketrans("OIL", "011")
_DIGITS = frozenset("0123456789")


def _powers() -> Iterator[int]:
    """Yield α⁰ … α³⁰ with α = 2, reduced by x⁵ = x²+1."""
    power = 1
    for _power in range(31):
        yield power
        power <<= 1
        power ^= 0b100101 if power > 31 else 0


_EXP = tuple(_powers())
_LOG = {power: exponent for exponent, power in enumerate(_EXP)}


def multiply(a: int, b: int) -> int:
    """Return the product of two elements of GF(32) = GF(2)[x]/(x⁵+x²+1); each is 0–31."""
    return _EXP[(_LOG[a] + _LOG[b]) % 31] if a and b else 0


def syndromes(code: str) -> tuple[int, int]:
    """Return c(α) and c(α²) of a word over ALPHABET, highest power first; both are 0 for a code word."""
    first = second = 0
    for symbol in code:
        first = multiply(first, 2) ^ _VALUES[symbol]
        second = multiply(second, 4) ^ _VALUES[symbol]
    return first, second


def normalise(text: str) -> str | None:
    """Return `text` as eight symbols of ALPHABET, or None; whether it is a code word is not yet asked."""
    return _symbols(text, length=POSTER_LENGTH)


def is_poster_code(text: str) -> bool:
    """Tell whether `text`, already normalised, may stand on a poster: a code word, not all digits."""
    return _is_code_word(text, length=POSTER_LENGTH) and not _DIGITS.issuperset(text)


def complete(payload: str) -> str:
    """Return the poster code of six symbols; raise Invalid where it would read like a dial code."""
    code = _complete(payload, length=POSTER_LENGTH)
    if _DIGITS.issuperset(code):
        raise Invalid(_("全是数字的海报码会和电话编号混淆，请另选。"))
    return code


def new_poster_code(*, draw: Draw = secrets.randbelow) -> str:
    """Return a fresh poster code: 30 random bits and two check symbols, never all digits."""
    while True:
        code = _with_checks(_random_symbols(POSTER_LENGTH - 2, draw=draw))
        if not _DIGITS.issuperset(code):
            return code


def normalise_receipt(text: str) -> str | None:
    """Return `text` as twelve symbols of ALPHABET, or None."""
    return _symbols(text, length=RECEIPT_LENGTH)


def is_receipt(text: str) -> bool:
    """Tell whether `text`, already normalised, is a receipt: twelve symbols whose two checks hold."""
    return _is_code_word(text, length=RECEIPT_LENGTH)


def complete_receipt(payload: str) -> str:
    """Return the receipt of ten symbols."""
    return _complete(payload, length=RECEIPT_LENGTH)


def new_receipt(*, draw: Draw = secrets.randbelow) -> str:
    """Return a fresh receipt: 50 random bits and two check symbols."""
    return _with_checks(_random_symbols(RECEIPT_LENGTH - 2, draw=draw))


def print_receipt(code: str) -> str:
    """Return a receipt as people copy it: `XXXX-XXXX-XXXX`."""
    return "-".join(code[start : start + 4] for start in range(0, RECEIPT_LENGTH, 4))


def normalise_token(text: str) -> str | None:
    """Return `text` as sixteen symbols of ALPHABET, or None; a token carries no check."""
    return _symbols(text, length=TOKEN_LENGTH)


def new_token(*, draw: Draw = secrets.randbelow) -> str:
    """Return a fresh rating token: 80 random bits in sixteen symbols. It is a secret; store its hash only."""
    return _random_symbols(TOKEN_LENGTH, draw=draw)


def damm(digits: str) -> int:
    """Return the Damm digit of a run of digits; 0 where the run already ends with its own."""
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return interim


def normalise_dial(text: str) -> str | None:
    """Return `text` as the six or seven digits of a dial code, or None."""
    digits = _squeeze(text)
    fits = len(digits) - 1 in DIAL_DIGITS and _DIGITS.issuperset(digits)
    return digits if fits else None


def is_dial_code(text: str) -> bool:
    """Tell whether `text`, already normalised, may be a dial code: an allowed payload and its Damm digit."""
    return _is_dial_payload(text[:-1]) and text[-1] in _DIGITS and damm(text) == 0


def complete_dial(payload: str) -> str:
    """Return the dial code of five or six digits; raise Invalid for a leading 0 and for 12345."""
    if not _is_dial_payload(payload):
        raise Invalid(_("电话编号须为 5 或 6 位数字，首位不为 0，且不能是 12345。"))
    return f"{payload}{damm(payload)}"


def new_dial_code(*, digits: int = 5, draw: Draw = secrets.randbelow) -> str:
    """Return a fresh dial code with `digits` (5 or 6) random payload digits and one check digit."""
    if digits not in DIAL_DIGITS:
        raise Invalid(_("电话编号只能取 5 位或 6 位，另加 1 位校验。"))
    least = 10 ** (digits - 1)
    while True:
        payload = str(least + draw(9 * least))
        if payload != CITY_LINE:
            return complete_dial(payload)


def print_dial(code: str) -> str:
    """Return a dial code in two groups, 3+3 or 3+4, as it is printed and read out."""
    return f"{code[:3]} {code[3:]}"


def _is_dial_payload(digits: str) -> bool:
    plain = len(digits) in DIAL_DIGITS and _DIGITS.issuperset(digits)
    return plain and digits[0] != "0" and digits != CITY_LINE


def _squeeze(text: str) -> str:
    """Return `text` in half width without spaces and hyphens of any kind."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if not char.isspace() and unicodedata.category(char) != "Pd")


def _symbols(text: str, *, length: int) -> str | None:
    symbols = _squeeze(text).upper().translate(_LOOKALIKE)
    return symbols if len(symbols) == length and _VALUES.keys() >= set(symbols) else None


def _is_code_word(text: str, *, length: int) -> bool:
    return len(text) == length and _VALUES.keys() >= set(text) and syndromes(text) == (0, 0)


def _complete(payload: str, *, length: int) -> str:
    if len(payload) != length - 2 or not _VALUES.keys() >= set(payload):
        raise Invalid(
            _("编码须为 %(value)s 个字符，只用数字和除 I、L、O、U 以外的大写字母。", value=length - 2)
        )
    return _with_checks(payload)


def _with_checks(payload: str) -> str:
    """Append m(X)·X² mod g(X), where g = (X−α)(X−α²) = X²+6X+8."""
    return payload + _spell(_remainder([_VALUES[symbol] for symbol in payload]))


def _remainder(message: Sequence[int]) -> tuple[int, int]:
    high = low = 0
    for value in message:
        lead = value ^ high
        high, low = low ^ multiply(6, lead), multiply(8, lead)
    return high, low


def _spell(values: Sequence[int]) -> str:
    return "".join(ALPHABET[value] for value in values)


def _random_symbols(length: int, *, draw: Draw) -> str:
    return _spell([draw(len(ALPHABET)) for _ in range(length)])
