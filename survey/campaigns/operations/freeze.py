"""A campaign's freeze: rows of the latest deposit, or a wave's dead numbers, become its frame."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from survey import campaign
from survey.campaigns.queries import dead_numbers, frames
from survey.campaigns.queries.dead_numbers import DeadNumber
from survey.campaigns.queries.frames import StandingRow
from survey.campaigns.rules.request import CampaignRequest
from survey.campaigns.rules.standing import RowStanding
from survey.drawing import household
from survey.drawing.arms import Arms
from survey.drawing.frame import FrameRow
from survey.kinds import PHASE2, TEST_CALL
from survey.models import OF_REGISTRY, Wave
from survey.waves.operations import first_lines, framing, frozen_map
from survey.waves.operations.framing import FramedUnit, FrameSource
from survey.waves.rules.freeze_request import FreezeRequest


@dataclass(frozen=True, slots=True)
class CampaignFrame:
    """What may be drawn: the units and whence they are, the area of each stratum, what the ledger is told."""

    units: Sequence[FramedUnit]
    source: FrameSource
    places: Mapping[str, str]
    told: Mapping[str, str]


def freeze(
    session: Session,
    asked: CampaignRequest,
    *,
    vault: Vault,
    now: datetime,
    codes: Mapping[str, str] | None = None,
    frame_secret: bytes | None = None,
) -> Wave:
    """Freeze the frame of a campaign, and log frame and design in the campaigns' ledger.

    `codes` (row or household → unit) and `frame_secret` are drawn afresh unless given. Raises Refused where
    nothing is to be asked, or another campaign runs.
    """
    campaign.campaign_lock(session)
    ends = asked.field_ends_at
    request = FreezeRequest(asked.label, {}, asked.rules, asked.beacon_source, field_ends_at=ends)
    framing.check(session, request, alike=~OF_REGISTRY, now=now)
    secret = frame_secret or secrets.token_bytes(household.SECRET_BYTES)
    if asked.kind == PHASE2:
        frame = _of_dead_numbers(session, asked, codes=codes, secret=secret, vault=vault)
    else:
        frame = _of_deposit(session, asked, codes=codes, secret=secret)
    return _enter(session, request, frame, sample=asked.sample, secret=secret, vault=vault, now=now)


def _of_deposit(
    session: Session, asked: CampaignRequest, *, codes: Mapping[str, str] | None, secret: bytes
) -> CampaignFrame:
    deposit = frames.latest(session)
    rows = frames.standing_rows(session, deposit, kind=asked.kind)
    silent = [each for each in rows if each.standing is RowStanding.SILENT]
    if not silent:
        raise Refused(_("最近一份交存文件里没有要核实的，不能冻结。"))
    units = framing.units([each.row.code for each in silent], given=codes)
    return CampaignFrame(
        [_row(each, units[each.row.code], kind=asked.kind, secret=secret) for each in silent],
        FrameSource(asked.kind, deposit_period=deposit.period),
        places={each.street: each.street for each in silent},
        told={"kind": asked.kind, "deposit": deposit.sha256},
    )


def _row(each: StandingRow, unit: str, *, kind: str, secret: bytes) -> FramedUnit:
    record = household.deposited(each.row.line.encode())
    row = FrameRow(unit, each.street, household.commit(secret, unit=unit, record=record))
    # No sealed contact is opened here: that there is none is told by an empty cell.
    has_number = kind == TEST_CALL or bool(each.row.cells["contact"])
    return FramedUnit(row, record, has_number=has_number, deposited=each.row.code)


def _of_dead_numbers(
    session: Session, asked: CampaignRequest, *, codes: Mapping[str, str] | None, secret: bytes, vault: Vault
) -> CampaignFrame:
    found = dead_numbers.of(session, asked.phase_of, vault=vault)
    units = framing.units([each.household for each in found], given=codes)
    return CampaignFrame(
        [_home(each, units[each.household], secret=secret) for each in found],
        FrameSource(PHASE2, phase_of=asked.phase_of),
        places={each.stratum: each.grid for each in found},
        told={"kind": PHASE2, "phase_of": asked.phase_of},
    )


def _home(each: DeadNumber, unit: str, *, secret: bytes) -> FramedUnit:
    row = FrameRow(unit, each.stratum, household.commit(secret, unit=unit, record=each.record))
    return FramedUnit(row, each.record, has_number=each.has_number, household=each.household)


def _enter(
    session: Session,
    request: FreezeRequest,
    frame: CampaignFrame,
    *,
    sample: int,
    secret: bytes,
    vault: Vault,
    now: datetime,
) -> Wave:
    """Design, log and store: of each stratum `sample` units, or all."""
    units, places = frame.units, frame.places
    held = Counter(each.row.stratum for each in units)
    sizes = {stratum: (min(n, sample), 0) for stratum, n in sorted(held.items())}
    design = framing.design(units, sizes=sizes, rules=request.rules)
    wave = framing.new_wave(request, units, design, secret=secret, now=now, source=frame.source)
    first_lines.seal_files(session, wave, design, grids=sizes, apart=Arms(), request=request, places=places)
    nophone = Counter(each.row.stratum for each in units if not each.has_number)
    lines = first_lines.lines(session, wave, request, nophone=nophone, optout={}, absent=(), told=frame.told)
    framing.enter(session, wave, units, design, lines=lines, grid_of=places, vault=vault)
    frozen_map.keep(session, wave)
    return wave
