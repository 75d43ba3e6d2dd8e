"""Conditions as text, `(A1=1,2 & (V1=1 | E1A=1))`: what `str` writes of one, read back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.fieldwork.questionnaire.items import ALWAYS, Condition, Every, Is, Some

LONGEST = 1000
DEEPEST = 10
TOKEN = re.compile(r"\s*(?:([()&|])|([A-Za-z][A-Za-z0-9-]*)=([0-9]{1,3}(?:,[0-9]{1,3})*))")
Token = str | Is


def parse(text: str) -> Condition:
    """Return the condition that the text states, empty for always; raise Invalid where it states none."""
    if not text.strip():
        return ALWAYS
    tokens = _tokens(text)
    found, rest = _part(tokens, text, depth=0)
    return found if not rest else _fail(text)


def atoms(condition: Condition) -> Iterator[Is]:
    """Yield each comparison that the condition is made of."""
    if isinstance(condition, Is):
        yield condition
    else:
        for part in condition.parts:
            yield from atoms(part)


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        token = TOKEN.match(text, place)
        if token is None or end > LONGEST:
            _fail(text)
        sign, code, values = token.groups()
        found.append(sign or Is(code, tuple(map(int, values.split(",")))))
        place = token.end()
    return found


def _part(tokens: list[Token], text: str, *, depth: int) -> tuple[Condition, list[Token]]:
    if not tokens or depth > DEEPEST:
        _fail(text)
    first, *rest = tokens
    if isinstance(first, Is):
        return first, rest
    return _group(rest, text, depth=depth) if first == "(" else _fail(text)


def _group(tokens: list[Token], text: str, *, depth: int) -> tuple[Condition, list[Token]]:
    """What stands between brackets: nothing, one part, or parts that one sign joins."""
    if tokens[:1] == [")"]:
        return ALWAYS, tokens[1:]
    part, tokens = _part(tokens, text, depth=depth + 1)
    parts, signs = [part], set[Token]()
    while tokens and tokens[0] in {"&", "|"}:
        signs.add(tokens[0])
        part, tokens = _part(tokens[1:], text, depth=depth + 1)
        parts.append(part)
    if tokens[:1] != [")"] or len(signs) > 1:
        _fail(text)
    return (Some if signs == {"|"} else Every)(tuple(parts)), tokens[1:]


def _fail(text: str) -> NoReturn:
    raise Invalid(_("条件“%(text)s”读不懂，应当像 (A1=1,2 & (V1=1 | E1A=1)) 这样写。", text=text[:80]))
