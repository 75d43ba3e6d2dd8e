"""The households of a wave whose numbers all proved dead: the frame of its second phase."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from survey.models import IN_STRATUM, FrameUnit, SampledCase, Stratum
from survey.waves.queries import in_force, waves
from survey.waves.rules.records import record_context

DEAD = "frame_bad_contact"


@dataclass(frozen=True, slots=True)
class DeadNumber:
    """A household that no number reached: stratum and grid of the first wave, its record as frozen then."""

    household: str
    stratum: str
    grid: str
    record: bytes
    has_number: bool


def of(session: Session, label: str, *, vault: Vault) -> list[DeadNumber]:
    """Return those households of a wave by their codes; raise Refused before its end, and without any."""
    wave = waves.find(session, label)
    if wave.is_campaign or wave.ended_at is None or wave.state == "void":
        raise Refused(_("%(label)s 这一轮的访问还没有结束。", label=label))
    rows = session.execute(
        select(FrameUnit, Stratum.grid_code)
        .join(Stratum, IN_STRATUM)
        .join(SampledCase, SampledCase.unit == FrameUnit.unit)
        .where(FrameUnit.wave_label == label, in_force.outcome() == DEAD)
    )
    found = [_opened(unit, grid, vault) for unit, grid in rows]
    if not found:
        raise Refused(_("%(label)s 这一轮没有号码全都打不通的户。", label=label))
    return sorted(found, key=lambda each: each.household)


def _opened(unit: FrameUnit, grid: str, vault: Vault) -> DeadNumber:
    record = vault.open(unit.record, where=record_context(unit.unit)).encode()
    has_number = b'"tel":""' not in record
    return DeadNumber(str(unit.household_code), unit.stratum, grid, record, has_number)
