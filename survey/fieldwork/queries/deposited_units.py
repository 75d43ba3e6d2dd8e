"""A campaign's unit as it was deposited: what its script says of it, and the number that its seal holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from huying.base.clock import local
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.base.telephone_cells import Telephone
from survey.deposits import queries as deposits
from survey.deposits import rules as deposit_keys
from survey.deposits.queries import FramedRow
from survey.kinds import TABLES, TEST_CALL
from survey.models import Area, FrameUnit, SampledCase, Wave
from survey.waves.rules import wave_rules

COMMUNITY = "community"
DATES = ("opened", "visited")
"""Columns that hold when it happened."""


@dataclass(frozen=True, slots=True)
class ToldUnit:
    """What a script may say of a unit: what it was about and on which day, and where; "" for what is none."""

    matter: str = ""
    day: str = ""
    area: str = ""


def row_of(session: Session, wave: Wave, unit: FrameUnit, *, digest: str) -> FramedRow:
    """Return the deposited row of a unit; raise Refused where it isn't the one that the frame commits to."""
    found = deposits.row(session, str(wave.deposit_period), table=TABLES[wave.kind], code=str(unit.row_code))
    if sha256(found.line.encode()).hexdigest() != digest:
        raise Refused(_("这一行与冻结时封存的不一致，不能拨打，请告诉督导。"), status=500)
    return found


def contact(session: Session, wave: Wave, row: FramedRow, *, unit: str, vault: Vault) -> str:
    """Return the number of a unit, "" for none; raise Refused while nobody holds its case.

    Of a poster it is the sealed line that every resident dials, with the poster's own code behind it.
    """
    case = session.get(SampledCase, unit)
    if case is None or case.holder_id is None:
        raise Refused(_("这一户还没有人接手，联系方式不能打开。"))
    if wave.kind == TEST_CALL:
        return str(Telephone(wave_rules.read(wave.rules).hotline, row.code))
    if not (sealed := row.cells["contact"]):
        return ""
    opener = deposit_keys.opener(vault.keys)
    return opener.open(sealed, table=row.table, code=row.code, column="contact")


def told(session: Session, wave: Wave, unit: FrameUnit) -> ToldUnit:
    """Return what the script may say of a unit; nothing of a household."""
    if unit.row_code is None:
        return ToldUnit()
    found = deposits.row(session, str(wave.deposit_period), table=TABLES[wave.kind], code=unit.row_code)
    cells = found.cells
    at = next((cells[name] for name in DATES if cells.get(name)), "")
    return ToldUnit(cells.get("category", ""), _day(at), _area(session, found.area))


def _day(at: str) -> str:
    """The day as people say it."""
    return f"{local(datetime.fromisoformat(at)):%-m月%-d日}" if at else ""


def _area(session: Session, code: str) -> str:
    area = session.get(Area, code) if code else None
    parent = session.get(Area, area.parent_code) if area and area.parent_code else None
    if parent is not None and parent.level == COMMUNITY:
        return parent.name
    return area.name if area else ""
