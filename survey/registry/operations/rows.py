"""The rows of the registry: what is held of a household, how a stated one becomes rows, writing in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from huying.base.i18n import Lazy, lazy
from huying.base.phones import Vault
from huying.base.telephone_cells import Telephone
from survey.models import Adult, Household, Number
from survey.registry.rules.household_rows import HouseholdEntry
from survey.registry.rules.sealing import PURPOSE, chunks, extension_context, seal_context

ROW_PURPOSE = "household-row"


PARTS: Mapping[str, Lazy] = {
    "address": lazy("地址"),
    "phone": lazy("电话"),
    "noted": lazy("电话来源"),
    "adults": lazy("成年人电话"),
}
"""What of a household may change, as people call it."""


@dataclass(frozen=True, slots=True)
class StoredTelephone:
    """A stored number by the id of its row, its blind index, and its extension."""

    id: int
    index: bytes
    extension: str

    @property
    def same(self) -> tuple[bytes, str]:
        """What two rows of one number have in common."""
        return self.index, self.extension


@dataclass(frozen=True, slots=True)
class StoredHousehold:
    """What is held of a household: address, listed adults, and its numbers in force with who gave them when.

    `lowest` is the position of the latest superseded number, 0 where there is none.
    """

    address: str
    adults: tuple[StoredTelephone, ...]
    numbers: tuple[StoredTelephone, ...]
    noted: tuple[str, date | None, str]
    lowest: int


NOTHING_NOTED: tuple[str, date | None, str] = ("", None, "")


@dataclass(frozen=True, slots=True)
class RegistryRows:
    """Makes rows of stated households: `by` imports them `now`, the vault seals their numbers."""

    vault: Vault
    by: str
    now: datetime

    def digest(self, entry: HouseholdEntry) -> str:
        """Return what tells a changed row from an unchanged one."""
        # Keyed: a plain digest over an address and eleven digits could be guessed open.
        return self.vault.index(entry.text(), purpose=ROW_PURPOSE).hex()

    def index(self, number: str) -> bytes:
        """Return the blind index of a number."""
        return self.vault.index(number, purpose=PURPOSE)

    def differs(self, entry: HouseholdEntry, held: StoredHousehold) -> tuple[str, ...]:
        """Return which PARTS of a household a row states otherwise than they are held."""
        renumbered = self._differ(entry.numbers, held.numbers)
        noted = (entry.source, entry.day, entry.by or self.by) if entry.numbers else NOTHING_NOTED
        unlike = {
            "address": entry.address != held.address,
            "phone": renumbered,
            "noted": not renumbered and noted != held.noted,
            "adults": self._differ(entry.adults, held.adults),
        }
        return tuple(part for part, is_unlike in unlike.items() if is_unlike)

    def _differ(self, stated: Sequence[Telephone], held: Sequence[StoredTelephone]) -> bool:
        return self.told_apart(stated) != [each.same for each in held]

    def told_apart(self, stated: Sequence[Telephone]) -> list[tuple[bytes, str]]:
        """Return of each stated number what it and its stored row have in common."""
        return [(self.index(each.number), each.extension) for each in stated]

    def household(self, entry: HouseholdEntry, *, digest: str) -> dict[str, Any]:
        """Return the household's own row."""
        return {
            "code": entry.code,
            "grid_code": entry.grid,
            "address": entry.address,
            "row_hash": digest,
            "changed_at": self.now,
            "left_at": None,
        }

    def numbers(self, entry: HouseholdEntry) -> Iterator[dict[str, Any]]:
        """Yield the rows of the household's numbers."""
        for position, number in enumerate(entry.numbers, start=1):
            yield {
                **self._sealed(entry.code, number),
                "position": position,
                "source": entry.source,
                "source_date": entry.day,
                "source_by": entry.by or self.by,
                "recorded_at": self.now,
            }

    def adults(self, entry: HouseholdEntry) -> Iterator[dict[str, Any]]:
        """Yield the rows of the household's listed adults."""
        for position, number in enumerate(entry.adults, start=1):
            yield {**self._sealed(entry.code, number), "position": position}

    def _sealed(self, code: str, given: Telephone) -> dict[str, Any]:
        where = extension_context(code)
        return {
            "household_code": code,
            "sealed": self.vault.seal(given.number, where=seal_context(code)),
            "blind_index": self.index(given.number),
            "extension": self.vault.seal(given.extension, where=where) if given.extension else None,
        }


def held(session: Session, codes: Sequence[str], *, vault: Vault) -> dict[str, StoredHousehold]:
    """Return what is held of each of some households, at most CHUNK of them."""
    addresses = select(Household.code, Household.address).where(Household.code.in_(codes))
    numbers, adults = (_telephones(session, model, codes, vault) for model in (Number, Adult))
    noted, lowest = _noted(session, codes), _lowest(session, codes)
    return {
        code: StoredHousehold(
            address,
            tuple(adults.get(code, ())),
            tuple(numbers.get(code, ())),
            noted.get(code, NOTHING_NOTED),
            lowest.get(code, 0),
        )
        for code, address in session.execute(addresses)
    }


def _telephones(
    session: Session, model: type[Number] | type[Adult], codes: Sequence[str], vault: Vault
) -> dict[str, list[StoredTelephone]]:
    columns = select(model.household_code, model.id, model.blind_index, model.extension)
    in_force = columns.where(model.household_code.in_(codes), model.position > 0)
    found: dict[str, list[StoredTelephone]] = {}
    for code, key, index, sealed in session.execute(in_force.order_by(model.household_code, model.position)):
        extension = vault.open(sealed, where=extension_context(code)) if sealed else ""
        found.setdefault(code, []).append(StoredTelephone(key, bytes(index), extension))
    return found


def _noted(session: Session, codes: Sequence[str]) -> dict[str, tuple[str, date | None, str]]:
    columns = select(Number.household_code, Number.source, Number.source_date, Number.source_by)
    first = columns.where(Number.household_code.in_(codes), Number.position == 1)
    return {code: (source, day, by) for code, source, day, by in session.execute(first)}


def _lowest(session: Session, codes: Sequence[str]) -> dict[str, int]:
    superseded = select(Number.household_code, func.min(Number.position)).where(
        Number.household_code.in_(codes), Number.position < 0
    )
    return dict(session.execute(superseded.group_by(Number.household_code)).all())


def insert_all(session: Session, model: type[Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows that are new; all of them have the same columns."""
    given = list(rows)
    if given:
        session.execute(insert(model.__table__), given)


def revise(session: Session, households: Sequence[Mapping[str, Any]]) -> None:
    """Write households that are held already."""
    if not households:
        return
    table = cast("Table", Household.__table__)
    named = [{f"new_{name}": value for name, value in row.items()} for row in households]
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in households[0] if name != "code"}
    session.execute(update(table).where(table.c.code == bindparam("new_code")).values(values), named)


def supersede(session: Session, numbers: Mapping[int, int]) -> None:
    """Put numbers (id → new position) out of force: a swapped number must stay traceable."""
    if numbers:
        table = cast("Table", Number.__table__)
        moved = [{"number": key, "seal_context": position} for key, position in numbers.items()]
        session.execute(
            update(table).where(table.c.id == bindparam("number")).values(position=bindparam("seal_context")),
            moved,
        )


def forget_adults(session: Session, codes: Sequence[str]) -> None:
    """Delete the listed adults of some households: the file lists them anew."""
    if codes:
        session.execute(delete(Adult).where(Adult.household_code.in_(codes)))


def leave(session: Session, codes: Sequence[str], *, now: datetime) -> None:
    """Note that households have left."""
    for some in chunks(codes):
        gone = update(Household).where(Household.code.in_(some)).values(left_at=now, changed_at=now)
        session.execute(gone.execution_options(synchronize_session=False))
