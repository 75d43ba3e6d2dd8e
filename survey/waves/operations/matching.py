"""Workers' respondent lists met with the frame: a job does it through blind indexes, and nobody sees whom."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.deposit.sealing import Opener
from survey.deposits import rules as deposit_keys
from survey.models import AccessRecord, Adult, Household, ListEntry, ListMatch, Number, Wave
from survey.registry.operations import registry
from survey.waves.queries import eligible
from survey.waves.rules.frame_scope import FrameScope

JOB = "freeze"


@dataclass(frozen=True, slots=True)
class ListMatches:
    """Pairs (household, worker) of those who may be drawn and stand on a list; how many rows lists had."""

    pairs: frozenset[tuple[str, str]]
    rows: int

    @property
    def households(self) -> frozenset[str]:
        """Whoever stands on a list."""
        return frozenset(household for household, _staff in self.pairs)


def match(
    session: Session, scope: FrameScope, *, vault: Vault, opener: Opener | None, now: datetime
) -> ListMatches:
    """Return which eligible households stand on a list that was handed in before.

    A listed household is looked for in the list's own grid alone: by its number, else by its address.
    """
    listed = session.scalars(select(ListEntry).where(ListEntry.handed_in_at <= now)).all()
    if not listed:
        return ListMatches(frozenset(), 0)
    opener = opener or deposit_keys.opener(vault.keys)
    by_number, by_address = _numbers(session, scope), _addresses(session, scope)
    found: set[tuple[str, str]] = set()
    for entry in listed:
        number = _decrypted(opener, entry, "contact", entry.sealed_contact)
        homes = by_number.get((entry.grid_code, vault.index(number, purpose=registry.PURPOSE)), ())
        if not homes:
            address = _plain(_decrypted(opener, entry, "address", entry.sealed_address))
            homes = by_address.get((entry.grid_code, address), ())
        found.update((home, entry.staff_code) for home in homes)
    return ListMatches(frozenset(found), len(listed))


def _decrypted(opener: Opener, entry: ListEntry, column: str, sealed: str) -> str:
    return opener.open(sealed, table="lists", code=entry.code, column=column) if sealed else ""


def _numbers(session: Session, scope: FrameScope) -> dict[tuple[str, bytes], list[str]]:
    """Eligible households by grid and the blind index of a number of theirs."""
    here = eligible.households(session, scope)
    found: dict[tuple[str, bytes], list[str]] = {}
    for model in (Number, Adult):
        columns = select(Household.grid_code, model.blind_index, Household.code).join(
            model, model.household_code == Household.code
        )
        for grid, index, home in session.execute(columns.where(Household.code.in_(here), model.position > 0)):
            found.setdefault((grid, index), []).append(home)
    return found


def _addresses(session: Session, scope: FrameScope) -> dict[tuple[str, str], list[str]]:
    columns = select(Household.grid_code, Household.address, Household.code)
    here = eligible.households(session, scope)
    found: dict[tuple[str, str], list[str]] = {}
    for grid, address, home in session.execute(columns.where(Household.code.in_(here))):
        found.setdefault((grid, _plain(address)), []).append(home)
    return found


def _plain(address: str) -> str:
    return "".join(unicodedata.normalize("NFKC", address).split())


def store(
    session: Session, wave: Wave, matches: ListMatches, *, units: Mapping[str, str], now: datetime
) -> None:
    """Keep the match under the wave's own codes (household → unit), and that it was made."""
    if not matches.rows:
        return
    pairs = sorted((units[home], staff) for home, staff in matches.pairs)
    rows = [{"wave_label": wave.label, "unit": unit, "staff_code": staff} for unit, staff in pairs]
    if rows:
        session.execute(insert(ListMatch), rows)
    what = f"lists matched: {len(matches.households)} of {matches.rows}"
    session.add(AccessRecord(at=now, by=JOB, unit=wave.label, what=what))
    session.flush()
