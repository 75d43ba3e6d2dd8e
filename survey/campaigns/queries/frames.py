"""The rows that a campaign may draw, by street; and what is known of the others without a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.campaigns.rules import standing
from survey.campaigns.rules.standing import RowStanding
from survey.deposits import queries as deposits
from survey.deposits.queries import FramedRow
from survey.kinds import TABLES
from survey.models import Area, Deposit, Wave, WaveArea

STREET = "street"
UNPLACED = "unplaced"
"""The stratum of rows whose place nobody knows, or that lie in no street."""


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row of a deposit that counts: the street it lies in, and how it stands."""

    row: FramedRow
    street: str
    standing: RowStanding


def latest(session: Session) -> Deposit:
    """Return the latest deposit; raise Refused before the first."""
    found = deposits.latest(session)
    if found is None:
        raise Refused(_("还没有收过交存文件，没有可以核实的。"))
    return found


def standing_rows(session: Session, deposit: Deposit, *, kind: str) -> list[StandingRow]:
    """Return the rows of a deposit that count for a kind of campaign, by code; places as they are now."""
    streets = streets_of(session.execute(select(Area.code, Area.parent_code, Area.level)).all())
    return _standing(session, deposit, kind=kind, streets=streets)


def counted(session: Session, wave: Wave) -> Mapping[str, Counter[RowStanding]]:
    """Return of each street how many rows of a campaign's deposit stood how, places as at its freeze."""
    places = select(WaveArea.code, WaveArea.parent_code, WaveArea.level).where(
        WaveArea.wave_label == wave.label
    )
    deposit = session.get_one(Deposit, wave.deposit_period)
    streets = streets_of(session.execute(places).all())
    found: dict[str, Counter[RowStanding]] = {}
    for each in _standing(session, deposit, kind=wave.kind, streets=streets):
        found.setdefault(each.street, Counter())[each.standing] += 1
    return found


def _standing(
    session: Session, deposit: Deposit, *, kind: str, streets: Mapping[str, str]
) -> list[StandingRow]:
    found = []
    for row in deposits.rows(session, deposit.period, table=TABLES[kind]):
        how = standing.of(kind, row.cells, made_at=deposit.made_at)
        if how is not None:
            found.append(StandingRow(row, streets.get(row.area, UNPLACED), how))
    return found


def streets_of(areas: Sequence[tuple[str, str | None, str]]) -> dict[str, str]:
    """Return the street in which each area lies; areas above the streets have none."""
    above = {code: parent for code, parent, _level in areas}
    level = {code: each for code, _parent, each in areas}
    found = {}
    for code in above:
        at: str | None = code
        for _step in range(len(above)):
            if at is None or level.get(at) == STREET:
                break
            at = above.get(at)
        if at is not None and level.get(at) == STREET:
            found[code] = at
    return found
