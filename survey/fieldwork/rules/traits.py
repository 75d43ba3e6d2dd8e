"""What is known of an interviewer that decides whom they call: own streets, languages; and the extension."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.fieldwork.rules.languages import LANGUAGES

STREET, LANGUAGE, LINE = "street", "language", "line"
KINDS = (STREET, LANGUAGE, LINE)
LONGEST_LINE = 32
BETWEEN = re.compile(r"[\r\n,，、;；]+")


@dataclass(frozen=True, slots=True)
class StatedTraits:
    """What a supervisor states of an interviewer, by kind; a kind that isn't named stays as it is."""

    values: Mapping[str, frozenset[str]]


def streets(text: str, *, known: Mapping[str, str]) -> frozenset[str]:
    """Return the codes of the streets that a text names, by code or by name, one a line."""
    return frozenset(_street(each.strip(), known=known) for each in BETWEEN.split(text) if each.strip())


def _street(named: str, *, known: Mapping[str, str]) -> str:
    if named in known:
        return named
    found = [code for code, name in known.items() if name == named]
    if not found:
        raise Refused(_("没有“%(name)s”这个街道。", name=named), status=422)
    if len(found) > 1:
        raise Refused(_("叫“%(name)s”的街道不止一个，请写编码。", name=named), status=422)
    return found[0]


def languages(codes: Iterable[str]) -> frozenset[str]:
    """Return languages by their codes; raise Refused for one that isn't listed."""
    found = frozenset(code for code in codes if code)
    for code in sorted(found - LANGUAGES.keys()):
        raise Refused(_("没有“%(code)s”这种语言代码。", code=code), status=422)
    return found


def line(text: str) -> frozenset[str]:
    """Return the extension of a seat's telephone; none where the text is empty."""
    said = text.strip()
    if len(said) > LONGEST_LINE:
        raise Refused(_("分机号最多 %(most)s 个字。", most=LONGEST_LINE), status=422)
    return frozenset({said} if said else ())
