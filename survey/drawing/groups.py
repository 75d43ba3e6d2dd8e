"""`groups.tsv`: the groups of strata for which answers are counted, sealed before the draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing import tables
from survey.drawing.fields import STRATUM

NAME = "groups.tsv"
LEAST_ANSWERS = 30
"""The fewest answers that a group is planned for."""
LEAST_STRATA = 12
"""The fewest strata whose answers are told together: of five or ten, `w` and `c` give single ones away."""

Groups = Mapping[str, Sequence[str]]


def build(groups: Groups) -> bytes:
    """Return `groups.tsv`: group TAB stratum, sorted; raise Invalid where a stratum stands twice."""
    rows = sorted((group, stratum) for group, strata in groups.items() for stratum in strata)
    strata = [stratum for _group, stratum in rows]
    if len(set(strata)) < len(strata):
        raise Invalid(_("每一层只能属于一个计票组。"))
    data = tables.build(rows)
    parse(data)
    return data


def parse(data: bytes) -> dict[str, list[str]]:
    """Return the groups of `groups.tsv`; raise Invalid naming the first wrong line."""
    found: dict[str, list[str]] = {}
    for group, stratum in tables.parse(data, name=NAME, width=2, read=_row, order=lambda row: row):
        found.setdefault(group, []).append(stratum)
    return found


def _row(fields: Sequence[str]) -> tuple[str, str]:
    return STRATUM.check(fields[0]), STRATUM.check(fields[1])


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) that the `design` entry records."""
    return sha256(data).hexdigest()


def by_street(
    planned: Mapping[str, int], *, street_of: Mapping[str, str], type_of: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return the groups of strata with so many answers planned: streets, and types within large ones.

    A street is split by types only where each of them is planned for thirty answers of twelve strata; streets
    that are too small go together with the next. A group bears the code of its first street, and the place of
    its type.
    """
    found: dict[str, list[str]] = {}
    for street, strata in _gathered(planned, street_of).items():
        kinds = _gathered(strata, type_of)
        if len(kinds) > 1 and all(_enough(held, planned) for held in kinds.values()):
            found |= {f"{street[:28]}.{place}": held for place, held in enumerate(kinds.values(), start=1)}
        else:
            found[street] = strata
    return _joined(found, planned)


def _gathered(strata: Iterable[str], key: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for stratum in sorted(strata):
        found.setdefault(key.get(stratum, ""), []).append(stratum)
    return dict(sorted(found.items()))


def _enough(strata: Sequence[str], planned: Mapping[str, int]) -> bool:
    return len(strata) >= LEAST_STRATA and sum(planned[stratum] for stratum in strata) >= LEAST_ANSWERS


def _joined(groups: Mapping[str, list[str]], planned: Mapping[str, int]) -> dict[str, list[str]]:
    """Let what is too small go together with the next, and the last with the one before it."""
    found: dict[str, list[str]] = {}
    name, held = "", list[str]()
    for group, strata in groups.items():
        name, held = name or group, held + strata
        if _enough(held, planned):
            found[name or "all"] = held
            name, held = "", []
    if held:
        last = next(reversed(found), name or "all")
        found[last] = found.get(last, []) + held
    return found
