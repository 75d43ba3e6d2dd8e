"""Workers' respondent lists met with the frame: a job does it through blind indexes, and nobody sees whom."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from huying.deposit.sealing import Opener
from huying.phones import Vault
from survey.models import AccessRecord, Adult, FrameUnit, Household, ListEntry, ListMatch, Number, Wave
from survey.operations import recipient, registry

JOB = "freeze"


def match(session: Session, wave: Wave, *, vault: Vault, opener: Opener | None, now: datetime) -> int:
    """Store which units of the frame stand on a list that was handed in before; return how many.

    A listed household is looked for in the list's own grid alone: by its number, else by its address.
    """
    listed = session.scalars(select(ListEntry).where(ListEntry.handed_in_at <= now)).all()
    if not listed:
        return 0
    opener = opener or recipient.opener(vault.keys)
    by_number, by_address = _numbers(session, wave.label), _addresses(session, wave.label)
    found: set[tuple[str, str]] = set()
    for entry in listed:
        number = _opened(opener, entry, "contact", entry.sealed_contact)
        units = by_number.get((entry.grid_code, vault.index(number, purpose=registry.PURPOSE)), ())
        if not units:
            address = _plain(_opened(opener, entry, "address", entry.sealed_address))
            units = by_address.get((entry.grid_code, address), ())
        found.update((unit, entry.staff_code) for unit in units)
    _store(session, wave, pairs=sorted(found), of=len(listed), now=now)
    return len(found)


def _opened(opener: Opener, entry: ListEntry, column: str, sealed: str) -> str:
    return opener.open(sealed, table="lists", code=entry.code, column=column) if sealed else ""


def _numbers(session: Session, label: str) -> dict[tuple[str, bytes], list[str]]:
    """Units of the frame by grid and the blind index of a number of theirs."""
    found: dict[tuple[str, bytes], list[str]] = {}
    for model in (Number, Adult):
        columns = select(FrameUnit.stratum, model.blind_index, FrameUnit.unit).join(
            model, model.household_code == FrameUnit.household_code
        )
        for grid, index, unit in session.execute(
            columns.where(FrameUnit.wave_label == label, model.position > 0)
        ):
            found.setdefault((grid, index), []).append(unit)
    return found


def _addresses(session: Session, label: str) -> dict[tuple[str, str], list[str]]:
    columns = select(FrameUnit.stratum, Household.address, FrameUnit.unit).join(
        Household, Household.code == FrameUnit.household_code
    )
    found: dict[tuple[str, str], list[str]] = {}
    for grid, address, unit in session.execute(columns.where(FrameUnit.wave_label == label)):
        found.setdefault((grid, _plain(address)), []).append(unit)
    return found


def _plain(address: str) -> str:
    return "".join(unicodedata.normalize("NFKC", address).split())


def _store(session: Session, wave: Wave, *, pairs: Sequence[tuple[str, str]], of: int, now: datetime) -> None:
    rows = [{"wave_label": wave.label, "unit": unit, "staff_code": staff} for unit, staff in pairs]
    if rows:
        session.execute(insert(ListMatch), rows)
    what = f"lists matched: {len({unit for unit, _ in pairs})} of {of}"
    session.add(AccessRecord(at=now, by=JOB, unit=wave.label, what=what))
    session.flush()
