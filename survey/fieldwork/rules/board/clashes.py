"""Appointments of the next hours, and those that more households want at once than seats can take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AT_ONCE = timedelta(minutes=10)
"""Appointments this close take a seat each: so long is a call, and so exact an appointment is kept."""
AHEAD = timedelta(hours=4)
"""How far the board looks."""


@dataclass(frozen=True, slots=True)
class ComingAppointment:
    """A time that a household asked for; with whom (a seat's account) and in what language, if it said so."""

    at: datetime
    pinned: int | None = None
    language: str = ""


class ClashKind(StrEnum):
    """What is short."""

    SEATS = "seats"
    LANGUAGE = "language"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class Clash:
    """From `start` on `wanted` appointments want a seat within ten minutes, and `able` can take them.

    `of` is the language, or the account of the seat that all of them want.
    """

    kind: ClashKind
    start: datetime
    wanted: int
    able: int
    of: str | int = ""


def clashes(coming: Sequence[ComingAppointment], *, seats: int, speakers: Mapping[str, int]) -> list[Clash]:
    """Return where appointments outnumber the seats that can take them, the earliest first.

    `seats` are those at work, `speakers` how many of them speak each language.
    """
    found = [*_of(ClashKind.SEATS, coming, able=lambda _of: seats, part=lambda _each: "")]
    foreign = [each for each in coming if each.language]
    found += _of(
        ClashKind.LANGUAGE,
        foreign,
        able=lambda language: speakers.get(str(language), 0),
        part=lambda each: each.language,
    )
    pinned = [each for each in coming if each.pinned is not None]
    found += _of(ClashKind.PINNED, pinned, able=lambda _seat: 1, part=lambda each: each.pinned or 0)
    return sorted(found, key=lambda clash: (clash.start, clash.kind, str(clash.of)))


def _of(
    kind: ClashKind,
    coming: Sequence[ComingAppointment],
    *,
    able: Callable[[str | int], int],
    part: Callable[[ComingAppointment], str | int],
) -> Iterator[Clash]:
    parts = {part(each) for each in coming}
    for one in sorted(parts, key=str):
        times = sorted(each.at for each in coming if part(each) == one)
        for start, wanted in _crowds(times, able=able(one)):
            yield Clash(kind, start, wanted, able(one), one)


def _crowds(times: Sequence[datetime], *, able: int) -> Iterator[tuple[datetime, int]]:
    """Yield the beginnings of ten minutes that hold more than `able`; those of one crowd are told once."""
    until = None
    for index, start in enumerate(times):
        wanted = sum(1 for at in times[index:] if at < start + AT_ONCE)
        if wanted > able and (until is None or start >= until):
            until = start + AT_ONCE
            yield start, wanted


def by_half_hour(coming: Sequence[ComingAppointment]) -> dict[datetime, int]:
    """Return how many appointments begin in each half hour that has any."""
    found: dict[datetime, int] = {}
    for each in sorted(coming, key=lambda one: one.at):
        start = each.at.replace(minute=each.at.minute // 30 * 30, second=0, microsecond=0)
        found[start] = found.get(start, 0) + 1
    return found
