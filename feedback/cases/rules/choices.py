"""Which departments a form about a case offers: those that matter here, and those somebody looked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST = 20
"""How many departments a list holds that nobody searched."""


@dataclass(frozen=True, slots=True)
class DepartmentChoices:
    """The departments offered, by code, and what was looked for; `more` than these can be called."""

    offered: Mapping[str, str]
    sought: str = ""
    found: int = 0
    more: bool = False


def choices(
    callable_: Mapping[str, str], named: Sequence[str], *, sought: str = "", chosen: str = "", own: str = ""
) -> DepartmentChoices:
    """Return whom a form offers: who was found by name or code, who matters here, who was chosen already.

    Where the remit names nobody, the first of all are offered, and the others are looked for.
    """
    others = {code: name for code, name in callable_.items() if code != own}
    found = [code for code, name in others.items() if sought and _fits(sought, code, name)][:MOST]
    near = [code for code in named if code in others] or list(others)[:MOST]
    kept = [chosen] if chosen in others else []
    codes = dict.fromkeys([*found, *near, *kept])
    return DepartmentChoices(
        {code: others[code] for code in codes}, sought, len(found), len(codes) < len(others)
    )


def _fits(sought: str, code: str, name: str) -> bool:
    wanted = unicodedata.normalize("NFKC", sought).strip().casefold()
    return bool(wanted) and (wanted in name.casefold() or wanted == code.casefold())
