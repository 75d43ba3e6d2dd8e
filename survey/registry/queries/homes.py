"""Households that may be one home: which are, which aren't, which nobody has decided on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from survey.models import HomeDecision, Household, Number
from survey.registry.rules import sealing, spellings
from survey.registry.rules.spellings import Home, Pair

Listed = tuple[tuple[str, str], ...]
"""Households that may be one home, by code and address."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Pairs that were decided on, and which code each merged one gave way to."""

    pairs: frozenset[Pair]
    merged: Mapping[str, str]


def decided(session: Session) -> Decided:
    """Return what registrars decided; of several decisions on two codes the last."""
    rows = session.execute(
        select(HomeDecision.code, HomeDecision.other, HomeDecision.keep).order_by(HomeDecision.id)
    ).all()
    last = {(code, other): keep for code, other, keep in rows}
    merged = {}
    for (code, other), keep in last.items():
        if keep is not None:
            merged[other if keep == code else code] = keep
    return Decided(frozenset(last), merged)


def registered(session: Session) -> Iterator[Home]:
    """Yield the households that are here, with the blind index of their number in force."""
    columns = (Household.code, Household.grid_code, Household.address, Number.blind_index)
    in_force = and_(Number.household_code == Household.code, Number.position == 1)
    rows = select(*columns).outerjoin(Number, in_force).where(Household.left_at.is_(None))
    for code, grid, address, index in session.execute(rows.execution_options(yield_per=5_000)):
        yield Home(code, grid, address, None if index is None else bytes(index))


def undecided(homes: Callable[[], Iterable[Home]], known: Decided) -> dict[Pair, tuple[str, str]]:
    """Return the pairs that may be one home and that nobody has decided on, with their addresses."""
    return {pair: where for pair, where in spellings.twins(homes).items() if pair not in known.pairs}


def listed(pairs: Mapping[Pair, tuple[str, str]]) -> list[Listed]:
    """Return the groups that pairs hold together, each household with its address."""
    address_of = {code: at for pair, where in pairs.items() for code, at in zip(pair, where, strict=True)}
    return [tuple((code, address_of[code]) for code in group) for group in spellings.groups(pairs)]


def twins_by_grid(session: Session) -> Mapping[str, int]:
    """Count by grid the households here that may be one home with another, undecided."""
    waiting = [code for pair in undecided(lambda: registered(session), decided(session)) for code in pair]
    found: Counter[str] = Counter()
    for some in sealing.chunks(sorted(set(waiting))):
        found.update(session.scalars(select(Household.grid_code).where(Household.code.in_(some))))
    return found


def groups(session: Session, *, most: int) -> tuple[int, list[Listed]]:
    """Return how many groups of households here wait for a decision, and the first of them."""
    found = listed(undecided(lambda: registered(session), decided(session)))
    return len(found), found[:most]


def open_groups(session: Session, found: Iterable[Listed]) -> list[Listed]:
    """Return of groups found in a file those in which a pair is undecided, without the merged ones."""
    known = decided(session)
    groups_left = []
    for group in found:
        left = tuple((code, address) for code, address in group if code not in known.merged)
        pairs = {(one[0], other[0]) for one, other in combinations(sorted(left), 2)}
        if pairs - known.pairs:
            groups_left.append(left)
    return groups_left
