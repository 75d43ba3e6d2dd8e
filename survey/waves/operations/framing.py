"""A frame on its way into the ledger and the tables: of households, of deposited rows, of dead numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.base.phones import Vault
from survey.drawing import codes as unit_codes
from survey.drawing import design as designs
from survey.drawing import frame as frames
from survey.drawing.arms import Arms, Cap
from survey.drawing.beacon import check_source, instant
from survey.drawing.design import DesignRow
from survey.drawing.fields import UNIT, WAVE
from survey.drawing.frame import FrameRow
from survey.kinds import HOUSEHOLDS
from survey.models import FrameUnit, Stratum, Wave
from survey.waves.rules import event_clock, field_span
from survey.waves.rules.freeze_request import FreezeRequest, GridSizes
from survey.waves.rules.records import record_context
from survey.waves.rules.wave_rules import WaveRules

NO_LABELS = frozenset({".", "..", "calendar", "freeze", "log", "plan"})
"""Labels that would lead somewhere else as part of an address; so does a table's ending."""
MOST_REPLICATE = 10**9
"""What the databases' whole numbers hold; far more than any stratum has."""


@dataclass(frozen=True, slots=True)
class FramedUnit:
    """A unit of the frame, its record in clear: it is sealed before it is stored.

    It is a household of the registry, or the row of a deposit with that code.
    """

    row: FrameRow
    record: bytes
    has_number: bool
    household: str | None = None
    deposited: str | None = None


@dataclass(frozen=True, slots=True)
class FrameSource:
    """What the units are, and whence: the registry, the deposit of a period, the dead numbers of a wave."""

    kind: str = HOUSEHOLDS
    deposit_period: str | None = None
    phase_of: str | None = None


REGISTRY = FrameSource()


def check(session: Session, request: FreezeRequest, *, alike: ColumnElement[bool], now: datetime) -> None:
    """Raise where label or event won't do, or another wave runs in the ledger: those that are `alike`."""
    label = request.label
    WAVE.check(label)
    if label in NO_LABELS or label.endswith(".csv"):
        raise Invalid(_("轮次名称不能是 %(label)s：它的页面会打不开，请换一个。", label=label))
    check_source(request.beacon_source)
    event_clock.check_coming(request.beacon_source, now=now)
    if session.get(Wave, label):
        raise Conflict(_("已经有 %(label)s 这一轮了，名称不能重用。", label=label))
    # A wave's entries must stand together in the ledger, so that its bundle tells nothing of another.
    running = select(Wave.label).where(Wave.state.in_(("frozen", "called", "drawn")), alike)
    if (other := session.scalar(running.limit(1))) is not None:
        raise Conflict(_("%(running)s 这一轮还没有结束，不能同时冻结另一轮。", running=other))
    if request.field_ends_at is not None and request.field_ends_at <= now:
        raise Invalid(_("访问截止的时间已经过去了。"))


def units(codes: list[str], *, given: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return a unit's code for each household or row: drawn afresh, or as `given`."""
    if given is None:
        return dict(zip(codes, unit_codes.new_unit_codes(len(codes)), strict=True))
    missing = sorted(set(codes) - set(given))
    if missing:
        raise Invalid(
            _("编码文件里没有 %(missing)s 这一户（共缺 %(n)s 户）。", missing=missing[0], n=len(missing))
        )
    used = [UNIT.check(given[code]) for code in codes]
    if len(set(used)) < len(used):
        raise Invalid(_("编码文件里有两户用了同一个编码。"))
    return given


def design(
    frame: Sequence[FramedUnit], *, sizes: GridSizes, rules: WaveRules, arms: Arms | None = None
) -> list[DesignRow]:
    """Return the design of a frame, by stratum; raise Invalid where the sizes don't fit."""
    for stratum, (_n, replicate) in sizes.items():
        if replicate > MOST_REPLICATE:
            raise Invalid(
                _("层 %(stratum)s 的补充批户数太大：%(replicate)s。", stratum=stratum, replicate=replicate)
            )
    held = Counter(each.row.stratum for each in frame)
    plan = (arms or Arms()).sizes(sizes, held=held, rules=Cap(rules.armcap, rules.most, rules.late))
    found = [DesignRow(stratum, held[stratum], n, r) for stratum, (n, r) in plan.items()]
    designs.check(found, sizes=held)
    return sorted(found, key=lambda row: row.stratum)


def new_wave(
    request: FreezeRequest,
    frame: Sequence[FramedUnit],
    design: Sequence[DesignRow],
    *,
    secret: bytes,
    now: datetime,
    source: FrameSource = REGISTRY,
) -> Wave:
    """Return the wave of a frame and its design; it isn't stored yet."""
    return Wave(
        label=request.label,
        state="frozen",
        frame_root=frames.frame_root(frames.build(each.row for each in frame)),
        frame_size=len(frame),
        design_sha256=designs.digest(designs.build(design)),
        rules=request.rules.text(),
        frame_secret=secret,
        beacon_source=request.beacon_source,
        field_ends_at=request.field_ends_at or field_span.end(instant(request.beacon_source)),
        frozen_at=now,
        kind=source.kind,
        deposit_period=source.deposit_period,
        phase_of=source.phase_of,
    )


def enter(
    session: Session,
    wave: Wave,
    frame: Sequence[FramedUnit],
    design: Sequence[DesignRow],
    *,
    lines: Sequence[bytes],
    grid_of: Mapping[str, str],
    vault: Vault,
) -> None:
    """Log the first lines of a wave, and store it with its strata and its units."""
    wave.first_entry = wave.ledger.extend(session, lines, at=wave.frozen_at)
    session.add(wave)
    session.flush()
    _store_strata(session, wave, design, grid_of=grid_of)
    _store_units(session, wave, frame, vault=vault)


def _store_strata(
    session: Session, wave: Wave, design: Sequence[DesignRow], *, grid_of: Mapping[str, str]
) -> None:
    for row in design:
        session.add(
            Stratum(
                wave_label=wave.label,
                stratum=row.stratum,
                grid_code=grid_of[row.stratum],
                frame_size=row.units,
                sample_size=row.sample,
                replicate_size=row.replicate,
                released=0,
            )
        )
    session.flush()


def _store_units(session: Session, wave: Wave, frame: Sequence[FramedUnit], *, vault: Vault) -> None:
    rows = [
        {
            "unit": each.row.unit,
            "wave_label": wave.label,
            "stratum": each.row.stratum,
            "commitment": each.row.c,
            "household_code": each.household,
            "row_code": each.deposited,
            "record": vault.seal(each.record.decode(), where=record_context(each.row.unit)),
        }
        for each in frame
    ]
    session.execute(insert(FrameUnit), rows)
    session.flush()
