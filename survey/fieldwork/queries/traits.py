"""What decides which households an interviewer never calls: where they live or work, what they speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import InterviewerTrait, Stratum, WaveArea

STREET, LANGUAGE = "street", "language"


@dataclass(frozen=True, slots=True)
class Traits:
    """An interviewer's own strata (of their streets) and languages."""

    account_id: int
    strata: Sequence[str] = ()
    languages: Sequence[str] = ()


def of(session: Session, account_id: int, *, wave: str) -> Traits:
    """Return what is known of an interviewer, their streets as strata of a wave."""
    rows = _standing(session, account_id)
    streets = [row.value for row in rows if row.kind == STREET]
    languages = [row.value for row in rows if row.kind == LANGUAGE]
    strata = street_of_strata(session, wave).items() if streets else ()
    return Traits(account_id, [stratum for stratum, street in strata if street in streets], languages)


def street_of_strata(session: Session, label: str) -> Mapping[str, str]:
    """Return the street of each stratum of a wave, as the areas stood at its freeze."""
    areas = session.execute(
        select(WaveArea.code, WaveArea.parent_code, WaveArea.level).where(WaveArea.wave_label == label)
    ).all()
    above = {code: parent for code, parent, _level in areas}
    streets = {code for code, _parent, level in areas if level == STREET}
    rows = session.execute(select(Stratum.stratum, Stratum.grid_code).where(Stratum.wave_label == label))
    return {stratum: _street(grid, above, streets) for stratum, grid in rows.all()}


def _street(grid: str, above: Mapping[str, str | None], streets: set[str]) -> str:
    at: str | None = grid
    for _level in range(len(above)):
        if at is None or at in streets:
            break
        at = above.get(at)
    return at or ""


def _standing(session: Session, account_id: int) -> Sequence[InterviewerTrait]:
    trait = InterviewerTrait
    standing = select(trait).where(trait.account_id == account_id, trait.ended_at.is_(None))
    return session.scalars(standing.order_by(trait.kind, trait.value)).all()
