"""A campaign's freeze: rows of the latest deposit, or a wave's dead numbers, become its frame."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from survey import campaign
from survey.campaigns.queries import dead_numbers, frames
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
    request = FreezeRequest(
        asked.label, {}, asked.rules, asked.beacon_source, field_ends_at=asked.field_ends_at
    )
    framing.check(session, request, alike=~OF_REGISTRY, now=now)
    secret = frame_secret or secrets.token_bytes(household.SECRET_BYTES)
    if asked.kind == PHASE2:
        return _of_dead_numbers(session, asked, request, codes=codes, secret=secret, vault=vault, now=now)
    deposit = frames.latest(session)
    silent = [
        each
        for each in frames.standing_rows(session, deposit, kind=asked.kind)
        if each.standing is RowStanding.SILENT
    ]
    if not silent:
        raise Refused(_("最近一份交存文件里没有要核实的，不能冻结。"))
    frame = _rows(silent, asked=asked, codes=codes, secret=secret)
    source = FrameSource(asked.kind, deposit_period=deposit.period)
    places = {each.street: each.street for each in silent}
    told = {"kind": asked.kind, "deposit": deposit.sha256}
    return _enter(
        session,
        asked,
        request,
        frame,
        source=source,
        places=places,
        told=told,
        secret=secret,
        vault=vault,
        now=now,
    )


def _rows(
    silent: Sequence[StandingRow], *, asked: CampaignRequest, codes: Mapping[str, str] | None, secret: bytes
) -> list[FramedUnit]:
    units = framing.units([each.row.code for each in silent], given=codes)
    return [_row(each, units[each.row.code], kind=asked.kind, secret=secret) for each in silent]


def _row(each: StandingRow, unit: str, *, kind: str, secret: bytes) -> FramedUnit:
    record = household.deposited(each.row.line.encode())
    row = FrameRow(unit, each.street, household.commit(secret, unit=unit, record=record))
    # No sealed contact is opened here: that there is none is told by an empty cell.
    has_number = kind == TEST_CALL or bool(each.row.cells["contact"])
    return FramedUnit(row, record, has_number=has_number, deposited=each.row.code)


def _of_dead_numbers(
    session: Session,
    asked: CampaignRequest,
    request: FreezeRequest,
    *,
    codes: Mapping[str, str] | None,
    secret: bytes,
    vault: Vault,
    now: datetime,
) -> Wave:
    found = dead_numbers.of(session, asked.phase_of, vault=vault)
    units = framing.units([each.household for each in found], given=codes)
    frame = []
    for each in found:
        unit = units[each.household]
        row = FrameRow(unit, each.stratum, household.commit(secret, unit=unit, record=each.record))
        frame.append(FramedUnit(row, each.record, has_number=each.has_number, household=each.household))
    return _enter(
        session,
        asked,
        request,
        frame,
        source=FrameSource(PHASE2, phase_of=asked.phase_of),
        places={each.stratum: each.grid for each in found},
        told={"kind": PHASE2, "phase_of": asked.phase_of},
        secret=secret,
        vault=vault,
        now=now,
    )


def _enter(
    session: Session,
    asked: CampaignRequest,
    request: FreezeRequest,
    frame: Sequence[FramedUnit],
    *,
    source: FrameSource,
    places: Mapping[str, str],
    told: Mapping[str, str],
    secret: bytes,
    vault: Vault,
    now: datetime,
) -> Wave:
    """Design, log and store; `places` names the area of each stratum, `told` what the frame is made of."""
    held = Counter(each.row.stratum for each in frame)
    sizes = {stratum: (min(n, asked.sample), 0) for stratum, n in sorted(held.items())}
    design = framing.design(frame, sizes=sizes, rules=request.rules)
    wave = framing.new_wave(request, frame, design, secret=secret, now=now, source=source)
    first_lines.seal_files(session, wave, design, grids=sizes, apart=Arms(), request=request, places=places)
    nophone = Counter(each.row.stratum for each in frame if not each.has_number)
    lines = first_lines.lines(session, wave, request, nophone=nophone, optout={}, absent=(), told=told)
    framing.enter(session, wave, frame, design, lines=lines, grid_of=places, vault=vault)
    frozen_map.keep(session, wave)
    return wave
