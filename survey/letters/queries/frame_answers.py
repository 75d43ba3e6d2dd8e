"""Whether a letter's household was registered at the newest freeze, and what grids of letters are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from survey.drawing.codes import ALPHABET, normalise
from survey.models import (
    OF_REGISTRY,
    Area,
    FrameUnit,
    Household,
    LetterCode,
    OutsideLetter,
    RegistryEvent,
    RegistryImport,
    Wave,
)
from survey.registry.rules import spellings

CHARACTERS = 12
"""Sixty random bits: of a billion guesses none is likely to be right among millions of households."""


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """Whether a letter's household was registered at a wave's freeze; nothing of a sample or a rest."""

    wave: str
    inside: bool


def at_newest_freeze(session: Session, text: str) -> FrameAnswer:
    """Say whether the household of a letter was registered when the newest frame was frozen.

    Raises Invalid for what can't be a code, Refused where there is no such letter or no frame.
    """
    code = normalise(text)
    if len(code) != CHARACTERS or not set(code) <= set(ALPHABET):
        raise Invalid(_("信上的编号是 12 个字符，请对照信再输一遍。"))
    homes = _households_of(session, code)
    latest = select(Wave).where(OF_REGISTRY, Wave.state != "void").order_by(Wave.first_entry.desc()).limit(1)
    wave = session.scalar(latest)
    if wave is None:
        raise Refused(_("还没有冻结过名册，请过些时候再来。"))
    return FrameAnswer(wave.label, any(_was_registered(session, wave, each) for each in homes))


def _households_of(session: Session, code: str) -> Sequence[str]:
    home = session.scalar(select(LetterCode.household_code).where(LetterCode.code == code))
    if home is not None:
        return [home]
    outside = session.get(OutsideLetter, code)
    if outside is None:
        raise Refused(_("没有这个编号的信。请对照信再输一遍；还是不对，请告诉我们。"))
    return _homes_at(session, outside)


def _homes_at(session: Session, letter: OutsideLetter) -> Sequence[str]:
    """Return the households of our registry that live at another register's address, however it is spelt."""
    rows = select(Household.code, Household.address).where(Household.grid_code == letter.grid_code)
    return [code for code, at in session.execute(rows) if spellings.plain(at) == letter.plain]


def _was_registered(session: Session, wave: Wave, home: str) -> bool:
    """Whether the registry held a household at a freeze; whether it rests is nobody's business."""
    unit = select(FrameUnit.unit).where(FrameUnit.wave_label == wave.label, FrameUnit.household_code == home)
    if session.scalar(unit) is not None:
        return True
    moves = (
        select(RegistryEvent.kind, RegistryImport.entry)
        .join(RegistryImport, RegistryImport.id == RegistryEvent.import_id)
        .where(RegistryEvent.household_code == home, RegistryEvent.kind.in_(("new", "left")))
        .order_by(RegistryEvent.id)
    )
    rows = session.execute(moves).all()
    before = [kind for kind, entry in rows if entry is not None and entry < wave.first_entry]
    if rows:
        # Whoever moves leaves one grid and is new in the other; the order within an import says nothing.
        return before.count("new") > before.count("left")
    household = session.get(Household, home)
    return household is not None and (household.left_at is None or household.left_at > wave.frozen_at)


def grid_names(session: Session) -> Mapping[str, str]:
    """Return the names of grids."""
    return dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
