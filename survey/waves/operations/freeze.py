"""The freeze: the registry of this moment becomes the frame of a wave, with its design and its rules."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.base.telephone_cells import Telephone
from huying.deposit.sealing import Opener
from survey import campaign
from survey.drawing import arms, household
from survey.drawing import codes as unit_codes
from survey.drawing import design as designs
from survey.drawing import frame as frames
from survey.drawing.arms import Arms, Cap
from survey.drawing.beacon import check_source, instant
from survey.drawing.design import DesignRow
from survey.drawing.fields import UNIT, WAVE
from survey.drawing.frame import FrameRow
from survey.models import (
    LEDGER,
    Adult,
    FrameUnit,
    Household,
    Number,
    Stratum,
    Wave,
)
from survey.registry.rules.sealing import extension_context, seal_context
from survey.waves.operations import first_lines, frozen_map, matching
from survey.waves.operations.matching import ListMatches
from survey.waves.queries import absences, eligible, opted_out, wordings
from survey.waves.rules import event_clock, field_span
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest, GridSizes
from survey.waves.rules.records import record_context
from survey.waves.rules.wave_rules import APART, WaveRules

NO_LABELS = frozenset({".", "..", "calendar", "freeze", "plan"})
"""Labels that would lead somewhere else as part of an address; so does a table's ending."""

MOST_REPLICATE = 10**9
"""What the databases' whole numbers hold; far more than any stratum has."""


class _Home(NamedTuple):
    """A household of the registry that may be drawn."""

    code: str
    grid: str
    address: str


@dataclass(frozen=True, slots=True)
class _FrameHousehold:
    """A household of the frame, its record in clear: it is sealed before it is stored."""

    row: FrameRow
    household: str
    record: bytes
    has_number: bool


def freeze(
    session: Session,
    request: FreezeRequest,
    *,
    vault: Vault,
    now: datetime,
    codes: Mapping[str, str] | None = None,
    frame_secret: bytes | None = None,
    opener: Opener | None = None,
) -> Wave:
    """Freeze every household that is here into the frame of a new wave, and log frame and design.

    Each arm of a grid has the sizes of the grid. Households outside the scope are not in the frame. `codes`
    (household → unit) and `frame_secret` are drawn afresh unless given. Workers' lists are matched with
    `opener`, by default our own key. Raises Refused where another wave is open, the design doesn't fit or
    nobody is registered.
    """
    campaign.campaign_lock(session)
    _check(session, request, now=now)
    secret = frame_secret or secrets.token_bytes(household.SECRET_BYTES)
    homes = _homes(session, request.scope)
    if not homes:
        raise Refused(_("名册里没有可以抽的住户，不能冻结。"))
    sizes = request.sizes_among(eligible.counts(session, request.scope))
    listed = matching.match(session, request.scope, vault=vault, opener=opener, now=now)
    apart = _arms(homes, listed, request.rules)
    frame = list(_households(session, homes, arms=apart, codes=codes, secret=secret, vault=vault))
    design = _design(frame, sizes=sizes, arms=apart, rules=request.rules)
    wave = _wave(request, frame, design, secret=secret, now=now)
    first_lines.seal_files(session, wave, design, grids=sizes, apart=apart, request=request)
    absent = absences.find(session, present={home.grid for home in homes}, now=now)
    nophone = Counter(each.row.stratum for each in frame if not each.has_number)
    silent = set(session.scalars(opted_out.households()))
    optout = Counter(each.row.stratum for each in frame if each.household in silent)
    lines = first_lines.lines(session, wave, request, nophone=nophone, optout=optout, absent=absent)
    wave.first_entry = LEDGER.extend(session, lines, at=now)
    session.add(wave)
    session.flush()
    frozen_map.keep_absences(session, wave, absent)
    _store_strata(session, wave, design, grid_of={h: grid for grid in sizes for h in apart.strata(grid)})
    _store_units(session, wave, frame, vault=vault)
    frozen_map.keep(session, wave)
    frozen_map.count(session, wave, vault=vault, opener=opener, now=now)
    matching.store(session, wave, listed, units={each.household: each.row.unit for each in frame}, now=now)
    return wave


def _check(session: Session, request: FreezeRequest, *, now: datetime) -> None:
    label = request.label
    WAVE.check(label)
    if label in NO_LABELS or label.endswith(".csv"):
        raise Invalid(_("轮次名称不能是 %(label)s：它的页面会打不开，请换一个。", label=label))
    wordings.check(session, request.rules.wording)
    check_source(request.beacon_source)
    event_clock.check_coming(request.beacon_source, now=now)
    if session.get(Wave, label):
        raise Conflict(_("已经有 %(label)s 这一轮了，名称不能重用。", label=label))
    # A wave's entries must stand together in the ledger, so that its bundle tells nothing of another.
    running = session.scalar(select(Wave.label).where(Wave.state.in_(("frozen", "called", "drawn"))))
    if running is not None:
        raise Conflict(_("%(running)s 这一轮还没有结束，不能同时冻结另一轮。", running=running))
    if request.field_ends_at is not None and request.field_ends_at <= now:
        raise Invalid(_("访问截止的时间已经过去了。"))


def _wave(
    request: FreezeRequest,
    frame: Sequence[_FrameHousehold],
    design: Sequence[DesignRow],
    *,
    secret: bytes,
    now: datetime,
) -> Wave:
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
    )


def _homes(session: Session, scope: FrameScope) -> list[_Home]:
    """Everybody who may be drawn, by the registry's code."""
    here = select(Household.code, Household.grid_code, Household.address)
    here = here.where(Household.code.in_(eligible.households(session, scope)))
    return [_Home(*row) for row in session.execute(here.order_by(Household.code))]


def _arms(homes: Sequence[_Home], listed: ListMatches, rules: WaveRules) -> Arms:
    if rules.lists != APART:
        return Arms()
    grid_of = {home.code: home.grid for home in homes}
    return arms.arms(grid_of, listed=listed.households, cap=rules.armcap)


def _households(
    session: Session,
    homes: Sequence[_Home],
    *,
    arms: Arms,
    codes: Mapping[str, str] | None,
    secret: bytes,
    vault: Vault,
) -> Iterator[_FrameHousehold]:
    units = _units([home.code for home in homes], given=codes)
    numbers, adults = (_telephones(session, model) for model in (Number, Adult))
    for code, grid, address in homes:
        tel, *also = _opened(numbers.get(code, ()), code, vault) or [""]
        record = household.record(
            addr=address, tel=tel, also=also, adults=_opened(adults.get(code, ()), code, vault) or None
        )
        commitment = household.commit(secret, unit=units[code], record=record)
        row = FrameRow(units[code], arms.stratum(code, grid=grid), commitment)
        yield _FrameHousehold(row, code, record, has_number=code in numbers or code in adults)


def _units(households: list[str], *, given: Mapping[str, str] | None) -> Mapping[str, str]:
    if given is None:
        return dict(zip(households, unit_codes.new_unit_codes(len(households)), strict=True))
    missing = sorted(set(households) - set(given))
    if missing:
        raise Invalid(
            _("编码文件里没有 %(missing)s 这一户（共缺 %(n)s 户）。", missing=missing[0], n=len(missing))
        )
    used = [UNIT.check(given[code]) for code in households]
    if len(set(used)) < len(used):
        raise Invalid(_("编码文件里有两户用了同一个编码。"))
    return given


_Sealed = tuple[bytes, bytes | None]
"""A number and its extension."""


def _telephones(session: Session, model: type[Number] | type[Adult]) -> dict[str, list[_Sealed]]:
    """Return what is in force of each household, in order."""
    found: dict[str, list[_Sealed]] = {}
    columns = select(model.household_code, model.sealed, model.extension).where(model.position > 0)
    for code, sealed, extension in session.execute(columns.order_by(model.household_code, model.position)):
        found.setdefault(code, []).append((sealed, extension))
    return found


def _opened(found: Iterable[_Sealed], code: str, vault: Vault) -> list[str]:
    """Return numbers as texts, with their extensions as RFC 3966 writes them."""
    return [
        str(
            Telephone(
                vault.open(sealed, where=seal_context(code)),
                vault.open(extension, where=extension_context(code)) if extension else "",
            )
        )
        for sealed, extension in found
    ]


def _design(
    frame: Sequence[_FrameHousehold], *, sizes: GridSizes, arms: Arms, rules: WaveRules
) -> list[DesignRow]:
    for stratum, (_n, replicate) in sizes.items():
        if replicate > MOST_REPLICATE:
            raise Invalid(
                _("层 %(stratum)s 的补充批户数太大：%(replicate)s。", stratum=stratum, replicate=replicate)
            )
    held = Counter(each.row.stratum for each in frame)
    plan = arms.sizes(sizes, held=held, rules=Cap(rules.armcap, rules.most, rules.late))
    design = [DesignRow(stratum, held[stratum], n, r) for stratum, (n, r) in plan.items()]
    designs.check(design, sizes=held)
    return sorted(design, key=lambda row: row.stratum)


def _store_strata(
    session: Session, wave: Wave, design: list[DesignRow], *, grid_of: Mapping[str, str]
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


def _store_units(session: Session, wave: Wave, frame: Sequence[_FrameHousehold], *, vault: Vault) -> None:
    units = [
        {
            "unit": each.row.unit,
            "wave_label": wave.label,
            "stratum": each.row.stratum,
            "commitment": each.row.c,
            "household_code": each.household,
            "record": vault.seal(each.record.decode(), where=record_context(each.row.unit)),
        }
        for each in frame
    ]
    session.execute(insert(FrameUnit), units)
    session.flush()
