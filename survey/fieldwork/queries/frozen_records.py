"""A sampled household as it was frozen: what is dialled, which adult was drawn, where it lives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from survey.drawing import household, sample
from survey.fieldwork.queries import deposited_units
from survey.fieldwork.queries.deposited_units import ToldUnit
from survey.models import Area, FrameUnit, SampledCase, Wave
from survey.waves.queries import waves
from survey.waves.rules.records import record_context


@dataclass(frozen=True, slots=True)
class FrozenRecord:
    """Address and numbers of a household, its listed adults' own, and the one drawn (None: no list).

    Adults stand by age, the oldest first; the drawn one is counted from 1.
    """

    address: str
    contacts: tuple[str, ...]
    adults: tuple[str, ...]
    drawn_adult: int | None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers to dial, in their order: the drawn adult's own first."""
        own = [self.adults[self.drawn_adult - 1]] if self.drawn_adult else []
        return tuple(dict.fromkeys(number for number in [*own, *self.contacts] if number))


def frozen_record(session: Session, wave: Wave, unit: str, *, vault: Vault) -> FrozenRecord:
    """Return a household's record; raise Refused where it isn't the one that the frame commits to.

    A campaign's unit commits to its deposited row: the number is opened there, while somebody holds the case.
    """
    row = session.get_one(FrameUnit, unit)
    text = vault.open(row.record, where=record_context(unit))
    if wave.frame_secret is not None:
        _check_commitment(wave.frame_secret, row, record=text.encode())
    fields: Mapping[str, Any] = json.loads(text)
    if (digest := fields.get("row")) is not None:
        found = deposited_units.row_of(session, wave, row, digest=digest)
        number = deposited_units.contact(session, wave, found, unit=unit, vault=vault)
        return FrozenRecord("", (number,), (), None)
    contacts, adults = (fields["tel"], *fields.get("also", ())), tuple(fields.get("adults", ()))
    return FrozenRecord(fields["addr"], contacts, adults, _drawn_adult(wave, unit, adults=len(adults)))


def respondent(session: Session, unit: str, *, vault: Vault) -> tuple[int, int] | None:
    """Return which listed adult of how many is to be asked; None where the registered contact is."""
    wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
    if wave.deposit_period is not None:
        return None
    record = frozen_record(session, wave, unit, vault=vault)
    return None if record.drawn_adult is None else (record.drawn_adult, len(record.adults))


def area_name(session: Session, unit: str) -> str:
    """Return the name of the community in which a household lives: never a door number."""
    case = session.get_one(SampledCase, unit)
    if named := told(session, unit).area:
        return named
    grid = waves.grid_of(session, case.wave_label, stratum=case.stratum)
    area = session.get(Area, grid)
    if area is None:
        return grid
    parent = session.get(Area, area.parent_code) if area.parent_code else None
    return parent.name if parent and parent.level == "community" else area.name


def told(session: Session, unit: str) -> ToldUnit:
    """Return what the script may say of a campaign's unit; nothing of a household."""
    wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
    return deposited_units.told(session, wave, session.get_one(FrameUnit, unit))


def _check_commitment(secret: bytes, row: FrameUnit, *, record: bytes) -> None:
    if household.commit(secret, unit=row.unit, record=record) != row.commitment:
        raise Refused(_("这一户的资料与冻结时封存的不一致，不能拨打，请告诉督导。"), status=500)


def _drawn_adult(wave: Wave, unit: str, *, adults: int) -> int | None:
    if not adults or wave.draw_key is None:
        return None
    return sample.person(wave.draw_key, unit=unit, adults=adults)
