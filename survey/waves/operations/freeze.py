"""The freeze: the registry of this moment becomes the frame of a wave, with its design and its rules."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.base.telephone_cells import Telephone
from huying.deposit.sealing import Opener
from survey import campaign
from survey.drawing import arms, household
from survey.drawing.arms import Arms
from survey.drawing.frame import FrameRow
from survey.models import (
    OF_REGISTRY,
    Adult,
    Household,
    Number,
    Wave,
)
from survey.registry.rules.sealing import extension_context, seal_context
from survey.waves.operations import first_lines, framing, frozen_map, matching
from survey.waves.operations.framing import FramedUnit
from survey.waves.operations.matching import ListMatches
from survey.waves.queries import absences, eligible, opted_out, wordings
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import APART, WaveRules


class _Home(NamedTuple):
    """A household of the registry that may be drawn."""

    code: str
    grid: str
    address: str


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
    framing.check(session, request, alike=OF_REGISTRY, now=now)
    wordings.check(session, request.rules.wording)
    secret = frame_secret or secrets.token_bytes(household.SECRET_BYTES)
    homes = _homes(session, request.scope)
    if not homes:
        raise Refused(_("名册里没有可以抽的住户，不能冻结。"))
    sizes = request.sizes_among(eligible.counts(session, request.scope))
    listed = matching.match(session, request.scope, vault=vault, opener=opener, now=now)
    apart = _arms(homes, listed, request.rules)
    frame = list(_households(session, homes, arms=apart, codes=codes, secret=secret, vault=vault))
    design = framing.design(frame, sizes=sizes, arms=apart, rules=request.rules)
    wave = framing.new_wave(request, frame, design, secret=secret, now=now)
    first_lines.seal_files(session, wave, design, grids=sizes, apart=apart, request=request)
    absent = absences.find(session, present={home.grid for home in homes}, now=now)
    nophone = Counter(each.row.stratum for each in frame if not each.has_number)
    silent = set(session.scalars(opted_out.households()))
    optout = Counter(each.row.stratum for each in frame if each.household in silent)
    lines = first_lines.lines(session, wave, request, nophone=nophone, optout=optout, absent=absent)
    grid_of = {h: grid for grid in sizes for h in apart.strata(grid)}
    framing.enter(session, wave, frame, design, lines=lines, grid_of=grid_of, vault=vault)
    frozen_map.keep_absences(session, wave, absent)
    frozen_map.keep(session, wave)
    frozen_map.count(session, wave, vault=vault, opener=opener, now=now)
    of_household = {str(each.household): each.row.unit for each in frame}
    matching.store(session, wave, listed, units=of_household, now=now)
    return wave


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
) -> Iterator[FramedUnit]:
    units = framing.units([home.code for home in homes], given=codes)
    numbers, adults = (_telephones(session, model) for model in (Number, Adult))
    for code, grid, address in homes:
        tel, *also = _opened(numbers.get(code, ()), code, vault) or [""]
        record = household.record(
            addr=address, tel=tel, also=also, adults=_opened(adults.get(code, ()), code, vault) or None
        )
        commitment = household.commit(secret, unit=units[code], record=record)
        row = FrameRow(units[code], arms.stratum(code, grid=grid), commitment)
        yield FramedUnit(row, record, has_number=code in numbers or code in adults, household=code)


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
