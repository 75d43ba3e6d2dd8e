"""Which household a row means that lacks a code or an address: found by grid and address, or given a code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from huying.base.phones import Vault
from huying.base.register_codes import folded
from huying.sheets import Faults
from survey.models import Household
from survey.registry.rules import addresses, sealing
from survey.registry.rules.file import HEADINGS, RegistryFile
from survey.registry.rules.household_rows import HouseholdEntry

PURPOSE = "household-code"
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS = 12
_Home = tuple[str, str]
"""A grid and an address as it is compared."""


def completed(session: Session, stated: RegistryFile, *, vault: Vault) -> RegistryFile:
    """Return a file whose every household has its code, and its address where the registry has one.

    What is found twice, in the file or in the registry, is a fault. A code is drawn with a key from grid and
    address: the same file again means the same households.
    """
    if all(entry.code and entry.address for entry in stated.entries):
        return stated
    faults = Faults(list(stated.faults))
    held = _addresses(session, [entry.code for entry in stated.entries if not entry.address])
    entries = [
        entry if entry.address else replace(entry, address=held.get(entry.code, ""))
        for entry in stated.entries
    ]
    remembering = Vault(sealing.RegistryKeys(vault.keys.folder))
    uncoded = [entry for entry in entries if not entry.code]
    coded = _coded(session, uncoded, vault=remembering, faults=faults)
    refused = {fault.line for fault in faults}
    found = (coded.get(entry.line, entry) for entry in entries if entry.line not in refused)
    return replace(stated, entries=tuple(found), faults=faults)


def as_held(entries: Sequence[HouseholdEntry], known: Collection[str]) -> Sequence[HouseholdEntry]:
    """Return the entries under the codes that are held: h00001 is the household H00001."""
    if all(entry.code in known for entry in entries):
        return entries
    spelt = {folded(code): code for code in known}
    return [
        entry
        if entry.code in known or folded(entry.code) not in spelt
        else replace(entry, code=spelt[folded(entry.code)])
        for entry in entries
    ]


def _coded(
    session: Session, entries: Sequence[HouseholdEntry], *, vault: Vault, faults: Faults
) -> dict[int, HouseholdEntry]:
    """Return the entries without a code, by their line, with one."""
    known, taken = _homes(session, {entry.grid for entry in entries})
    seen: dict[_Home, int] = {}
    found = {}
    for entry in entries:
        home = (entry.grid, addresses.compared(entry.address))
        codes = known.get(home, [])
        if (before := seen.setdefault(home, entry.line)) != entry.line:
            again = _("和第 %(line)s 行是同一网格的同一地址，又没有户编号", line=before)
            faults.add(entry.line, again, HEADINGS["address"])
        elif len(codes) > 1:
            several = _("名册里这个地址有几户：请写户编号（%(codes)s）", codes="、".join(codes[:5]))
            faults.add(entry.line, several, HEADINGS["household"])
        else:
            code = codes[0] if codes else _drawn(home, vault=vault, taken=taken)
            found[entry.line] = replace(entry, code=code)
    return found


def _homes(session: Session, grids: Collection[str]) -> tuple[Mapping[_Home, list[str]], set[str]]:
    """Return the households of some grids by address, those here before those that left; and all codes."""
    homes: dict[_Home, list[str]] = {}
    gone: dict[_Home, list[str]] = {}
    taken = set()
    columns = select(Household.code, Household.grid_code, Household.address, Household.left_at)
    for code, grid, address, left in session.execute(columns.order_by(Household.code)):
        taken.add(code)
        if grid in grids and address:
            place = homes if left is None else gone
            place.setdefault((grid, addresses.compared(address)), []).append(code)
    return {**gone, **homes}, taken


def _addresses(session: Session, codes: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in sealing.chunks(list(codes)):
        rows = select(Household.code, Household.address).where(Household.code.in_(some))
        found |= dict(session.execute(rows).all())
    return found


def _drawn(home: _Home, *, vault: Vault, taken: Collection[str]) -> str:
    """Return the code of a new household: one that no other has."""
    for turn in range(100):
        number = int.from_bytes(vault.index("\t".join([*home, str(turn)]), purpose=PURPOSE))
        code = "H" + "".join(SIGNS[number >> 5 * place & 31] for place in range(DIGITS))
        if code not in taken:
            break
    return code
