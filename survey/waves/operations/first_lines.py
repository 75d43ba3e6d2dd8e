"""The first lines of a wave in the ledger, and the files whose digests they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from huying.base import clock
from survey.drawing import entries, exclude
from survey.drawing.arms import Arms
from survey.drawing.beacon import instant
from survey.drawing.binding import NOTHING, digest
from survey.drawing.design import DesignRow
from survey.drawing.fields import STRATUM
from survey.models import (
    Wave,
)
from survey.registry.queries import margins
from survey.waves.queries import eligible, holidays, sealing, terms
from survey.waves.queries.absences import Absence
from survey.waves.rules import field_span
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest, GridSizes

VOICE = "household"
"""Whose voice a unit counts, where nothing else is said."""


def seal_files(
    session: Session,
    wave: Wave,
    design: Sequence[DesignRow],
    *,
    grids: GridSizes,
    apart: Arms,
    request: FreezeRequest,
    places: Mapping[str, str] | None = None,
) -> None:
    """Keep terms, groups and outcomes of the wave as they are published.

    `places` names the area of each stratum where strata aren't grids or their arms.
    """
    days = holidays.coming(session, now=wave.frozen_at)
    more = sealing.more_terms(margins.chosen(session, request.margins), calendar=days)
    wave.terms = terms.now(session, wave.rules, grids=grids, split=apart.split, more=more).decode()
    grid_of = places or {h: grid for grid in grids for h in apart.strata(grid)}
    wave.groups = sealing.groups_tsv(session, design, grid_of=grid_of, rules=request.rules).decode()
    wave.codes = sealing.CODES.decode()


def lines(
    session: Session,
    wave: Wave,
    request: FreezeRequest,
    *,
    nophone: Mapping[str, int],
    optout: Mapping[str, int],
    absent: Sequence[Absence],
    told: Mapping[str, str] | None = None,
) -> list[bytes]:
    """Return what opens a wave in the ledger: its frame, who was left out, its design.

    `nophone` counts by stratum who had no number, `optout` who wished no call ever again; `absent` are
    the grids that no frame holds; `told` is what a campaign's frame is made of.
    """
    rules = request.rules
    terms_digest, groups, codes = (
        digest((text or "").encode()) for text in (wave.terms, wave.groups, wave.codes)
    )
    event = instant(wave.beacon_source)
    bound = field_span.binding(
        rules,
        event=event,
        ends=wave.field_ends_at or field_span.end(event),
        groups=groups,
        terms=terms_digest,
        codes=codes,
    )
    return [
        entries.frame(
            n=wave.frame_size,
            root=wave.frame_root,
            wave=wave.label,
            at=clock.stamp(wave.frozen_at),
            nophone=nophone,
            optout=optout,
            absent=[(each.grid, each.since) for each in absent if STRATUM.fits(each.grid)],
            told=told,
        ),
        *_left_out(session, request.scope),
        entries.design(
            attempts=rules.attempts,
            sha256=wave.design_sha256,
            beacon=wave.beacon_source,
            plan=rules.plan,
            most=rules.most,
            item=rules.item or NOTHING,
            voice=rules.voice or VOICE,
            binding=bound,
        ),
    ]


def _left_out(session: Session, scope: FrameScope) -> list[bytes]:
    """The entry of those who were called of late, if there are any."""
    waves = eligible.rested(session, scope)
    units = eligible.excluded(session, waves)
    if not units:
        return []
    return [entries.exclude(n=len(units), sha256=exclude.digest(exclude.build(units)), waves=waves)]
