"""Conditions as XLSForm writes them, in XPath: `${A1} = '1' and (selected(${A2}, '3') or ${V1} = '2')`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NoReturn

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.fieldwork.questionnaire.items import ALWAYS, Condition, Every, Is, Some

LONGEST = 4000
DEEPEST = 10
NAME = r"\$\{\s*([A-Za-z_][\w.-]*)\s*\}"
TOKEN = re.compile(
    rf"\s*(?:([()])|(and|or)\b|{NAME}\s*=\s*['\"]?([0-9]{{1,3}})['\"]?"
    rf"|selected\(\s*{NAME}\s*,\s*['\"]([0-9]{{1,3}})['\"]\s*\))",
    re.ASCII,
)
Token = str | Is
Tokens = list[Token]


def write(condition: Condition, *, named: Callable[[str], str], several: frozenset[str]) -> str:
    """Return the condition in XPath, empty for always.

    `named` gives the name that a code has in the form, `several` are the codes with several answers.
    """
    if isinstance(condition, Is):
        return _comparison(condition, named=named, is_several=condition.code in several)
    parts = [write(part, named=named, several=several) for part in condition.parts]
    joined = (" and " if isinstance(condition, Every) else " or ").join(parts)
    return f"({joined})" if parts else ""


def read(text: str, *, of: str) -> Condition:
    """Return the condition that `text` states, empty for always; raise Invalid, naming the question `of`."""
    if not text.strip():
        return ALWAYS
    found, rest = _either(_tokens(text, of), of, depth=0)
    return found if not rest else _fail(of)


def _comparison(atom: Is, *, named: Callable[[str], str], is_several: bool) -> str:
    name = f"${{{named(atom.code)}}}"
    said = [f"selected({name}, '{value}')" if is_several else f"{name} = '{value}'" for value in atom.values]
    return said[0] if len(said) == 1 else f"({' or '.join(said)})"


def _tokens(text: str, of: str) -> Tokens:
    found: Tokens = []
    place, end = 0, len(text.rstrip())
    while place < end:
        token = TOKEN.match(text, place)
        if token is None or end > LONGEST:
            _fail(of)
        bracket, word, name, value, other, several = token.groups()
        found.append(bracket or word or Is(name or other, (int(value or several),)))
        place = token.end()
    return found


def _either(tokens: Tokens, of: str, *, depth: int) -> tuple[Condition, Tokens]:
    parts, rest = _joined(tokens, of, by="or", each=_both, depth=depth)
    return _one(parts) or Some(tuple(parts)), rest


def _both(tokens: Tokens, of: str, *, depth: int) -> tuple[Condition, Tokens]:
    parts, rest = _joined(tokens, of, by="and", each=_part, depth=depth)
    return parts[0] if len(parts) == 1 else Every(tuple(parts)), rest


Parse = Callable[..., tuple[Condition, Tokens]]


def _joined(tokens: Tokens, of: str, *, by: str, each: Parse, depth: int) -> tuple[list[Condition], Tokens]:
    part, tokens = each(tokens, of, depth=depth)
    parts = [part]
    while tokens[:1] == [by]:
        part, tokens = each(tokens[1:], of, depth=depth)
        parts.append(part)
    return parts, tokens


def _part(tokens: Tokens, of: str, *, depth: int) -> tuple[Condition, Tokens]:
    if not tokens or depth > DEEPEST:
        _fail(of)
    first, *rest = tokens
    if isinstance(first, Is):
        return first, rest
    if first != "(":
        _fail(of)
    found, rest = _either(rest, of, depth=depth + 1)
    return (found, rest[1:]) if rest[:1] == [")"] else _fail(of)


def _one(parts: Sequence[Condition]) -> Condition | None:
    """The comparison that alternatives of one question make together; the only part where there is one."""
    atoms = [part for part in parts if isinstance(part, Is)]
    if len(atoms) == len(parts) and len({atom.code for atom in atoms}) == 1:
        return Is(atoms[0].code, tuple(value for atom in atoms for value in atom.values))
    return parts[0] if len(parts) == 1 else None


def _fail(of: str) -> NoReturn:
    raise Invalid(
        _(
            "%(code)s 的 relevant 读不懂，只支持 ${A1} = '1'、selected(${A2}, '1')、and、or 和括号。",
            code=of[:20],
        )
    )
