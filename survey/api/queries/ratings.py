"""Counts of volunteered ratings by place, as the last deposit before a wave's first release told them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.deposit.tables import RATINGS
from survey.api.queries.kept import KeptAnswers
from survey.api.queries.releases import parents
from survey.api.rules import ratings
from survey.api.rules.ratings import ITEMS, TYPE, Counts, RatedCount, RatingPlace, RatingShare
from survey.models import Deposit, RatingCount, ScoreRelease, Wave, WaveArea
from survey.scores.rules.areas import EVERYTHING
from survey.scores.rules.pipeline import CITY, GRID, STREET

COLUMNS = [column.name for column in RATINGS.columns]


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Shares of raters of a wave, from the deposit of a period."""

    wave: str
    period: str
    rows: tuple[RatingShare, ...]


class RatingTables:
    """The tables of ratings that were asked for last: a city's deposit has a hundred thousand rows."""

    def __init__(self) -> None:
        self._kept = KeptAnswers(6)

    def of(self, session: Session, label: str) -> RatingTable:
        """Return the table of a wave; raise NotFound where no deposit came before its scores."""
        deposit = _deposit(session, label)
        if deposit is None:
            raise NotFound(_("这一轮的得分定下以前没有收到评价的数目。"))
        former = _before(session, label)
        earlier = None if former is None else _deposit(session, former)
        key = (label, deposit.sha256, earlier.sha256 if earlier else "")
        return self._kept.get(key, lambda: _table(session, label, deposit, earlier))


def _table(session: Session, label: str, deposit: Deposit, earlier: Deposit | None) -> RatingTable:
    places = _Places.of(session, label)
    now = _counts(session, places, deposit.period)
    then = _counts(session, places, earlier.period) if earlier else {item: {} for item in ITEMS}
    rows = [row for item in ITEMS for row in ratings.shares(item, now[item], then[item])]
    return RatingTable(label, deposit.period, tuple(rows))


def _deposit(session: Session, label: str) -> Deposit | None:
    """The last deposit that was accepted before a wave's first release: later ones would change a table."""
    made = select(ScoreRelease.made_at).where(ScoreRelease.wave_label == label).scalar_subquery()
    found = select(Deposit).where(Deposit.accepted_at <= made).order_by(Deposit.period.desc()).limit(1)
    return session.scalar(found)


def _before(session: Session, label: str) -> str | None:
    here = select(Wave.first_entry).where(Wave.label == label).scalar_subquery()
    earlier = select(ScoreRelease.wave_label).join(Wave, Wave.label == ScoreRelease.wave_label)
    return session.scalar(earlier.where(Wave.first_entry < here).order_by(Wave.first_entry.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class _Places:
    """The places that each grid counts for, as the map stood at a wave's freeze."""

    city: RatingPlace
    of_grid: Mapping[str, tuple[RatingPlace, RatingPlace]]

    @classmethod
    def of(cls, session: Session, label: str) -> _Places:
        areas = {
            each.code: each for each in session.scalars(select(WaveArea).where(WaveArea.wave_label == label))
        }
        tree = parents(session, label)
        city = next((each for each in areas.values() if each.level == CITY), None)
        streets = {code: _street(code, areas, tree) for code, each in areas.items() if each.level == GRID}
        kinds = {code: RatingPlace(TYPE, areas[code].grid_type, areas[code].grid_type) for code in streets}
        whole = RatingPlace(CITY, city.code, city.name) if city else RatingPlace(CITY, EVERYTHING, _("全部"))
        return cls(whole, {code: (streets[code], kinds[code]) for code in sorted(streets)})


def _street(grid: str, areas: Mapping[str, WaveArea], tree: Mapping[str, str | None]) -> RatingPlace:
    code: str | None = grid
    seen: set[str] = set()
    while code is not None and code not in seen:
        seen.add(code)
        if code in areas and areas[code].level == STREET:
            return RatingPlace(STREET, code, areas[code].name)
        code = tree.get(code)
    return RatingPlace(STREET, "", "")


def _counts(session: Session, places: _Places, period: str) -> Mapping[str, Counts]:
    """Counts by item and place; a grid that isn't on the wave's map counts for nothing."""
    found: dict[str, dict[RatingPlace, RatedCount]] = {item: _empty(places) for item in ITEMS}
    for grid, item, options in _lines(session, period):
        if item in found and grid in places.of_grid:
            counts = found[item]
            for place in (places.city, *places.of_grid[grid]):
                counts[place] = counts[place].plus(options)
    return found


def _empty(places: _Places) -> dict[RatingPlace, RatedCount]:
    found: dict[RatingPlace, RatedCount] = defaultdict(RatedCount)
    found[places.city] = RatedCount()
    for level in (0, 1):
        for pair in sorted(places.of_grid.values(), key=lambda pair: pair[level].unit):
            found[pair[level]] = RatedCount()
    return found


def _lines(session: Session, period: str) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    rows = select(RatingCount.area_code, RatingCount.line).where(RatingCount.period == period)
    for grid, line in session.execute(rows):
        cells = dict(zip(COLUMNS, line.rstrip("\n").split("\t"), strict=True))
        yield grid, cells["item"], json.loads(cells["options"])
