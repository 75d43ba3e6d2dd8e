"""A card of the judged, made from a release alone: what it tells is what the release shows, or less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.judged.queries import appeals, composites, holders, hours
from survey.judged.queries.appeals import ReadAppeal
from survey.judged.queries.holders import Holder
from survey.judged.queries.hours import CardHours
from survey.judged.rules import cards as rules
from survey.models import Wave
from survey.scores.queries import previews, releases, standings
from survey.scores.queries.desk import ReadRelease, ReadReleases
from survey.scores.queries.standings import GridStandings
from survey.scores.rules import consequences
from survey.scores.rules.consequences import CONDUCT, ConsequenceEvidence, LookedAt, ReleaseStanding
from survey.scores.rules.differences import waves_of
from survey.scores.rules.pipeline import ALL, CITY, GRID, OVERALL, RATED, STREET
from survey.scores.rules.release import ScoreRow
from survey.waves.queries import waves

MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """How much of a figure is the grid's own, how many answers make it half, what one more would change."""

    share: float
    needed: int
    one_more: float


@dataclass(frozen=True, slots=True)
class JudgedCard:
    """What whoever is judged sees of one area in a wave's last release.

    `rows` are its items and `beside` those of the area above that say of departments; `counts` says how many
    were drawn and answered at all. `conditions` are looked at for a worker alone, None above grids.
    """

    wave: Wave
    number: int
    made_at: datetime
    unit: str
    name: str
    level: str
    type: str
    counts: ScoreRow
    pooled: Sequence[str]
    rows: Sequence[ScoreRow]
    beside: Sequence[ScoreRow]
    own: OwnPart | None
    conditions: Sequence[LookedAt] | None
    holders: Sequence[Holder]
    hours: CardHours | None
    appeals: Sequence[ReadAppeal]
    preview_ends: datetime
    open: bool

    @property
    def conduct(self) -> ScoreRow | None:
        """The worker's own figure."""
        return next((row for row in self.rows if row.item == CONDUCT), None)

    @property
    def is_shared(self) -> bool:
        """Whether several held the grid while its figures were gathered: nobody can tell whose they are."""
        return len({each.staff for each in self.holders}) > 1

    @property
    def may_follow(self) -> bool:
        """Whether anything may follow for a person: for one person, where all conditions hold."""
        looked_at = self.conditions
        return looked_at is not None and not self.is_shared and all(each.why is None for each in looked_at)

    @property
    def is_public(self) -> bool:
        """Whether everybody can see the release."""
        return self.wave.state == "closed"


def card(session: Session, read: ReadReleases, label: str, unit: str, *, now: datetime) -> JudgedCard:
    """Return an area's card; raise NotFound where the release has no such area, or a level without cards."""
    wave, preview = waves.find(session, label), previews.of(session, label)
    release, rows = releases.get(session, label), read.of(session, label).rows.get(unit, ())
    if preview is None or not rows or rows[0].level not in rules.LEVELS:
        raise NotFound(_("没有这张卡。"))
    head = _counts_row(rows)
    worker = head.level == GRID
    known = standings.of(release, item=CONDUCT) if worker else None
    mine = [row for row in rows if row.den == RATED and row.item in rules.ITEMS[head.level]]
    return JudgedCard(
        wave=wave,
        number=release.number,
        made_at=release.made_at,
        unit=unit,
        name=head.name,
        level=head.level,
        type=head.type,
        counts=head,
        pooled=waves_of(head),
        rows=mine,
        beside=_beside(session, read, label, unit) if worker else (),
        own=_own(mine, known),
        conditions=_conditions(session, read, wave, mine, known, now=now) if worker else None,
        holders=holders.of(session, unit, since=_begin(session, waves_of(head), wave), until=_end(wave, now)),
        hours=hours.of(session, unit=unit, level=head.level, above=_street(read.of(session, label), unit)),
        appeals=appeals.of_card(session, label, unit),
        preview_ends=preview.ends_at,
        open=now < preview.ends_at and not appeals.is_open(session, label, unit),
    )


def areas(session: Session, read: ReadReleases, label: str, *, inside: str) -> list[tuple[str, str]]:
    """Return the areas with cards in one and itself, as code and name; raise NotFound where there is none.

    Of the city these are its streets: grids are handed out from street to street.
    """
    found = read.of(session, label)
    codes = [inside, *_below(found.desk.parts, inside)]
    known = [found.desk.rows[code] for code in codes if code in found.desk.rows]
    if inside not in found.desk.rows:
        raise NotFound(_("这一轮的得分里没有这个区域。"))
    levels = {CITY, STREET} if found.desk.rows[inside].level == CITY else set(rules.LEVELS)
    return [(row.unit, row.name) for row in known if row.level in levels]


def offices(session: Session, read: ReadReleases, label: str) -> list[ScoreRow]:
    """Return the city and the streets of a release: whoever is handed the cards of what lies in them."""
    rows = read.of(session, label).desk.rows.values()
    return sorted((row for row in rows if row.level in {CITY, STREET}), key=lambda row: (row.level, row.unit))


def _below(parts: Mapping[str, Sequence[str]], code: str) -> list[str]:
    return [each for part in parts.get(code, ()) for each in (part, *_below(parts, part))]


def _counts_row(rows: Sequence[ScoreRow]) -> ScoreRow:
    """The row that says how many were drawn and how many answered at all."""
    return next((row for row in rows if (row.item, row.den) == (OVERALL, ALL)), rows[0])


def _street(found: ReadRelease, unit: str) -> str:
    """The street that a grid lies in; nothing where none is known."""
    return next((row.unit for row in found.desk.above(unit) if row.level == STREET), "")


def _beside(session: Session, read: ReadReleases, label: str, unit: str) -> tuple[ScoreRow, ...]:
    """What the street above says of departments; the city where no street is known."""
    found = read.of(session, label)
    above = [row for row in found.desk.above(unit) if row.level in {STREET, CITY}]
    if not above:
        return ()
    rows = found.rows[above[-1].unit]
    return tuple(row for row in rows if (row.item, row.den) == (rules.DEPARTMENT, RATED))


def _own(rows: Sequence[ScoreRow], known: GridStandings | None) -> OwnPart | None:
    row = next((each for each in rows if each.item == CONDUCT), None)
    if row is None or row.low is None or row.n is None or known is None or known.needed is None:
        return None
    share, more = consequences.share_of_own(row.n, known.needed), consequences.one_more(row.n, known.needed)
    return OwnPart(share, known.needed, more)


def _conditions(
    session: Session,
    read: ReadReleases,
    wave: Wave,
    rows: Sequence[ScoreRow],
    known: GridStandings | None,
    *,
    now: datetime,
) -> tuple[LookedAt, ...] | None:
    row = next((each for each in rows if each.item == CONDUCT), None)
    if row is None or known is None:
        return None
    pooled = waves_of(row)
    preview = previews.of(session, wave.label)
    found = ConsequenceEvidence(
        item=row.item,
        n=row.n,
        waves=len(pooled),
        months=(_end(wave, now) - _begin(session, pooled, wave)) / MONTH,
        now=_shown(row, known),
        before=_before(session, read, wave.label, row.unit),
        z_between=composites.z_between(
            session, read.of(session, wave.label), releases.get(session, wave.label), row.unit
        ),
        footnotes=frozenset(row.footnotes.split(";")),
        hearing=appeals.hearing(
            session, wave.label, row.unit, preview_ends=preview.ends_at if preview else None, now=now
        ),
    )
    return consequences.look(found)


def _shown(row: ScoreRow, known: GridStandings) -> ReleaseStanding | None:
    """Where a figure stands; of one that isn't shown nothing is told."""
    return known.by_grid.get(row.unit) if row.low is not None else None


def _before(session: Session, read: ReadReleases, label: str, unit: str) -> ReleaseStanding | None:
    former = releases.before(session, label)
    if former is None:
        return None
    rows = read.of(session, former.wave_label).rows.get(unit, ())
    row = next((each for each in rows if (each.item, each.den) == (CONDUCT, RATED)), None)
    return None if row is None else _shown(row, standings.of(former, item=CONDUCT))


def _begin(session: Session, pooled: Sequence[str], wave: Wave) -> datetime:
    first = session.get(Wave, pooled[0]) if pooled else None
    return (first or wave).drawn_at or wave.frozen_at


def _end(wave: Wave, now: datetime) -> datetime:
    return wave.ended_at or wave.closed_at or now
