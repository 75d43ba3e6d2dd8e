"""Posters: two codes for one spot of one grid; issued, posted, retired, never reused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedback import codes, ledger
from feedback.models import Area, Badge, Poster
from feedback.posters.queries.posters import find
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.store import locks

REASONS = ("moved", "torn", "wrong", "overlaid")


def issue(
    session: Session,
    *,
    grid_code: str,
    location: str,
    now: datetime,
    payload: str | None = None,
    dial_payload: str | None = None,
    once: str | None = None,
) -> Poster:
    """Store a poster with two fresh codes, or with those of the given payloads.

    `once` marks one form: however often it is sent, there is one poster. Raise Conflict where a given code
    was ever used, Invalid for an unknown grid or a missing location.
    """
    area = session.get(Area, grid_code)
    if area is None or area.level != "grid" or area.retired_at is not None:
        raise Invalid(_("没有编号为 %(grid_code)s 的网格。", grid_code=grid_code))
    locks.hold(session, "posters")
    known = session.scalar(select(Poster).where(Poster.once == once)) if once else None
    if known is not None:
        return known
    code, dial_code = fresh_codes(session, payload=payload, dial_payload=dial_payload)
    poster = Poster(
        code=code,
        dial_code=dial_code,
        grid_code=grid_code,
        once=once,
        place=needed(location, otherwise=_("请填写张贴地点。")),
        issued_at=now,
    )
    session.add(poster)
    session.flush()
    ledger.write(session, "poster.issue", at=now, p=poster.dial_code, g=grid_code)
    return poster


def fresh_codes(
    session: Session, *, payload: str | None = None, dial_payload: str | None = None
) -> tuple[str, str]:
    """Return two codes that neither poster nor badge ever had, or those of the given payloads."""
    return (
        _unused(session, (Poster.code, Badge.code), codes.complete, codes.new_poster_code, payload),
        _unused(
            session,
            (Poster.dial_code, Badge.dial_code),
            codes.complete_dial,
            codes.new_dial_code,
            dial_payload,
        ),
    )


def mark_posted(session: Session, code: str, *, now: datetime, by: str | None = None) -> Poster:
    """Note that a poster hangs, and who hung it; the first time counts."""
    poster = find(session, code)
    _check_live(poster)
    if poster.posted_at is None:
        poster.posted_at, poster.posted_by = now, by
    session.flush()
    return poster


def retire(session: Session, code: str, *, reason: str, replaced_by: str | None, now: datetime) -> Poster:
    """Take a poster out of use; `replaced_by` is a code of the poster that hangs in its stead."""
    poster = find(session, code)
    _check_live(poster)
    if reason not in REASONS:
        raise Invalid(_("请选择停用原因。"))
    successor = find(session, replaced_by) if replaced_by else None
    if successor is not None and (successor is poster or successor.retired_at is not None):
        raise Invalid(_("新海报要是另一张还在用的海报。"))
    poster.retired_at, poster.retired_reason = now, reason
    poster.replaced_by = successor.code if successor else None
    session.flush()
    ledger.write(session, "poster.retire", at=now, p=poster.dial_code, g=poster.grid_code)
    return poster


def _unused(
    session: Session,
    columns: tuple[InstrumentedAttribute[str], ...],
    complete: Callable[[str], str],
    draw: Callable[[], str],
    payload: str | None,
) -> str:
    while True:
        code = draw() if payload is None else complete(payload)
        if not any(session.scalar(select(column).where(column == code)) for column in columns):
            return code
        if payload is not None:
            raise Conflict(_("编号 %(code)s 已经用过，请另选。", code=code))


def _check_live(poster: Poster) -> None:
    if poster.retired_at is not None:
        raise Conflict(_("这张海报已经停用了。"))
