"""Whether a letter's household is in the newest frame, and what the grids of the letters are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from survey.drawing.codes import ALPHABET, normalise
from survey.models import Area, FrameUnit, LetterCode, Wave

CHARACTERS = 12
"""Sixty random bits: of a billion guesses none is likely to be right among millions of households."""


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """Whether a letter's household is in the frame of a wave; nothing of a sample."""

    wave: str
    inside: bool


def in_newest_frame(session: Session, text: str) -> FrameAnswer:
    """Say whether the household of a letter is in the newest frame.

    Raises Invalid for what can't be a code, Refused where there is no such letter or no frame.
    """
    code = normalise(text)
    if len(code) != CHARACTERS or not set(code) <= set(ALPHABET):
        raise Invalid(_("信上的编号是 12 个字符，请对照信再输一遍。"))
    home = session.scalar(select(LetterCode.household_code).where(LetterCode.code == code))
    if home is None:
        raise Refused(_("没有这个编号的信。请对照信再输一遍；还是不对，请告诉我们。"))
    latest = select(Wave.label).where(Wave.state != "void").order_by(Wave.first_entry.desc()).limit(1)
    wave = session.scalar(latest)
    if wave is None:
        raise Refused(_("还没有冻结过名册，请过些时候再来。"))
    inside = select(FrameUnit.unit).where(FrameUnit.wave_label == wave, FrameUnit.household_code == home)
    return FrameAnswer(wave, session.scalar(inside) is not None)


def grid_names(session: Session) -> Mapping[str, str]:
    """Return the names of grids."""
    return dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
