"""The registry's quality, grid by grid, in counts alone: it tells of no household, number or address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

from sqlalchemy import Row, Select, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.deposit.sealing import Opener
from survey.deposits import rules as deposit_keys
from survey.models import Adult, Area, Attempt, Deposit, FrameUnit, Household, Number, Post, Wave
from survey.registry.queries import homes
from survey.registry.rules.number_states import number_state
from survey.registry.rules.sealing import PURPOSE, RegistryKeys, chunks

LATELY, QUARTER = timedelta(days=30), timedelta(days=90)
"""How far back a change of number counts."""

NOT_WORKING, BAD = "number_suspect", "bad"
"""How an attempt ends that met no working number, and what a number is after two such days."""

HERE = Household.left_at.is_(None)
IN_FORCE = Number.position > 0


@dataclass(frozen=True, slots=True)
class Quality:
    """What is amiss in a grid, counted in households of it; `adults` counts listed adults' numbers.

    `missing`: no number in force. `shared`: a number that another household has too. `staff`: a number, the
    household's or an adult's, that a post of the last deposit has. `changed_30`, `changed_90`: another
    number than before, in as many days. `unreachable`: in the waves that are over, the last attempts
    met no working number on two days, and no number was recorded since. `twins`: may be one home with
    another household, undecided.
    """

    households: int
    missing: int
    shared: int
    staff: int
    changed_30: int
    changed_90: int
    adults: int
    unreachable: int
    twins: int = 0

    def __add__(self, other: Quality) -> Quality:
        return Quality(*(mine + others for mine, others in zip(astuple(self), astuple(other), strict=True)))


COUNTED = tuple(field.name for field in fields(Quality))
NOTHING = Quality(*(0 for _ in COUNTED))


@dataclass(frozen=True, slots=True)
class GridQuality:
    """A grid by code and name, with its counts."""

    code: str
    name: str
    counts: Quality


@dataclass(frozen=True, slots=True)
class Report:
    """Every grid with households, by code, and the city's totals; `unopened` contacts are left out."""

    grids: tuple[GridQuality, ...]
    total: Quality
    unopened: int


@dataclass(frozen=True, slots=True)
class _Staff:
    """The blind indexes of the numbers that posts have, and how many contacts didn't open."""

    indexes: frozenset[bytes]
    unopened: int


def report(session: Session, *, vault: Vault, now: datetime, opener: Opener | None = None) -> Report:
    """Count what is amiss in the registry as it stands; the contacts of posts are opened by nobody else."""
    staff = _staff(session, vault=vault, opener=opener)
    changed = list(_changes(session, since=now - QUARTER))
    counted: dict[str, Mapping[str, int]] = {
        "households": _per_grid(session, select(Household.grid_code, func.count()).where(HERE)),
        "missing": _missing(session),
        "shared": _shared(session),
        "staff": _owned(session, staff.indexes),
        "changed_30": Counter(grid for grid, at in changed if at >= now - LATELY),
        "changed_90": Counter(grid for grid, _at in changed),
        "adults": _per_grid(session, _of_grids(Adult.id)),
        "unreachable": _unreachable(session),
        "twins": homes.twins_by_grid(session),
    }
    names = dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
    grids = tuple(
        GridQuality(grid, names.get(grid, ""), Quality(*(counted[what].get(grid, 0) for what in COUNTED)))
        for grid in sorted(counted["households"])
    )
    return Report(grids, sum((grid.counts for grid in grids), NOTHING), staff.unopened)


def _per_grid(session: Session, counts: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(counts.group_by(Household.grid_code)).all())


def _of_grids(counted: InstrumentedAttribute[int]) -> Select[str, int]:
    return select(Household.grid_code, func.count(counted)).join(Household.adults).where(HERE)


def _missing(session: Session) -> dict[str, int]:
    numbered = select(Number.id).where(Number.household_code == Household.code, IN_FORCE).exists()
    return _per_grid(session, select(Household.grid_code, func.count()).where(HERE, ~numbered))


def _shared(session: Session) -> dict[str, int]:
    several = (
        select(Number.blind_index)
        .join(Household, Household.code == Number.household_code)
        .where(HERE, IN_FORCE)
        .group_by(Number.blind_index)
        .having(func.count(distinct(Number.household_code)) > 1)
    )
    sharing = select(Household.grid_code, func.count(distinct(Household.code))).join(Household.numbers)
    return _per_grid(session, sharing.where(HERE, IN_FORCE, Number.blind_index.in_(several)))


def _staff(session: Session, *, vault: Vault, opener: Opener | None) -> _Staff:
    latest = select(func.max(Deposit.period)).scalar_subquery()
    posts = select(Post.code, Post.sealed_contact).where(Post.period == latest, Post.sealed_contact != "")
    rows = session.execute(posts).all()
    opener = (opener or deposit_keys.opener(vault.keys)) if rows else None
    indexing = Vault(RegistryKeys(vault.keys.folder))
    found: set[bytes] = set()
    unopened = 0
    for code, sealed in rows:
        number = _decrypted(opener, code, sealed)
        if number is None:
            unopened += 1
        else:
            found.add(indexing.index(number, purpose=PURPOSE))
    return _Staff(frozenset(found), unopened)


def _decrypted(opener: Opener | None, code: str, sealed: str) -> str | None:
    """Return a post's number; None where it was sealed to a key that isn't ours, which the report counts."""
    if opener is None:
        return None
    try:
        return opener.open(sealed, table="posts", code=code, column="contact")
    except Refused:
        return None


def _owned(session: Session, indexes: Iterable[bytes]) -> Counter[str]:
    """Count the households that have one of these numbers; a household with two of them once."""
    owned: dict[str, str] = {}
    for some in chunks(sorted(indexes)):
        for model in (Number, Adult):
            columns = select(Household.code, Household.grid_code).join(
                model, model.household_code == Household.code
            )
            owned.update(
                session.execute(columns.where(HERE, model.position > 0, model.blind_index.in_(some))).all()
            )
    return Counter(owned.values())


def renumbered(session: Session, *, since: datetime | None) -> Mapping[str, int]:
    """Count by grid the households whose number is another than before, changed after an instant."""
    earliest = datetime.min.replace(tzinfo=UTC)
    changed = _changes(session, since=earliest)
    return Counter(grid for grid, at in changed if since is None or at > since)


def _changes(session: Session, *, since: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the grid of each household whose numbers have changed since, and when they last did."""
    replaced = select(Number.household_code).where(Number.position < 0)
    columns = select(
        Household.code, Household.grid_code, Number.position, Number.blind_index, Number.recorded_at
    ).join(Household.numbers)
    rows = session.execute(columns.where(HERE, Household.code.in_(replaced)).order_by(Household.code)).all()
    for _code, of_one in groupby(rows, key=itemgetter(0)):
        numbers = sorted(of_one, key=_age)
        # What one file brought of a household was recorded in one moment.
        told = [(at, [row[3] for row in some]) for at, some in groupby(numbers, key=itemgetter(4))]
        times = [at for (_before, former), (at, later) in pairwise(told) if former != later]
        if times and times[-1] >= since:
            yield numbers[0][1], times[-1]


def _age(row: Row[str, str, int, bytes, datetime]) -> tuple[bool, int]:
    """Sort a household's numbers as they came: -1, -2, …, then 1, 2, … in force."""
    return row[2] > 0, abs(row[2])


def _unreachable(session: Session) -> Counter[str]:
    """Count the households whose number proved bad in waves that are over, and was recorded before."""
    doubtful = (
        select(FrameUnit.household_code)
        .join(Attempt, Attempt.unit == FrameUnit.unit)
        .where(Attempt.code == NOT_WORKING)
    )
    columns = (
        select(Household.code, Household.grid_code, Attempt.dialled_at, Attempt.code)
        .join(Household.numbers)
        .join(FrameUnit, FrameUnit.household_code == Household.code)
        .join(Wave, Wave.label == FrameUnit.wave_label)
        .join(Attempt, Attempt.unit == FrameUnit.unit)
        .where(HERE, Number.position == 1, Wave.state == "closed", Household.code.in_(doubtful))
        .where(Attempt.code.is_not(None), Attempt.dialled_at >= Number.recorded_at)
        .order_by(Household.code)
    )
    found: Counter[str] = Counter()
    for (_code, grid), tries in groupby(session.execute(columns).all(), key=itemgetter(0, 1)):
        if number_state([(at, code) for _home, _grid, at, code in tries if at and code]) == BAD:
            found[grid] += 1
    return found
