"""Which workers a form offers: those nearby, and those somebody looked for; never all there are."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

MOST_NEAR, MOST_FOUND, LONGEST_SOUGHT = 60, 20, 64


def offered(
    workers: Mapping[str, str], near: Collection[str], *, sought: str = "", chosen: Collection[str] = ()
) -> dict[str, str]:
    """Return whom a list holds, by code: found by name or code, of `near`, and chosen already.

    `workers` are all who may be chosen; where none of them is near, the first of them are offered.
    """
    wanted = unicodedata.normalize("NFKC", sought).strip().casefold()
    found = [code for code, name in workers.items() if wanted and _fits(wanted, code, name)][:MOST_FOUND]
    close = [code for code in workers if code in near] or list(workers)
    kept = [code for code in workers if code in chosen]
    return {code: workers[code] for code in dict.fromkeys([*found, *close[:MOST_NEAR], *kept])}


def found_only(workers: Mapping[str, str], sought: str) -> dict[str, str]:
    """Return those of `workers` whose name or code holds what is sought; all where nothing is."""
    wanted = unicodedata.normalize("NFKC", sought).strip().casefold()
    return {code: name for code, name in workers.items() if not wanted or _fits(wanted, code, name)}


def _fits(wanted: str, code: str, name: str) -> bool:
    return wanted in name.casefold() or wanted in code.casefold()
