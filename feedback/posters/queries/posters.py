"""Posters, read: by either code, by a word and a state, the latest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.models import Area, Inspection, Poster
from feedback.web.queries import lookups
from huying.base.errors import Gone, NotFound
from huying.base.i18n import _, lazy

UNKNOWN = lazy("没有这个编号。")
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class FoundPosters:
    """One page of the posters that were looked for."""

    rows: Sequence[Poster]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // A_PAGE))


def find(session: Session, text: str) -> Poster:
    """Return the poster of either code, however it was typed, retired or not; raise NotFound."""
    has_code = _has_code(text)
    poster = session.scalar(select(Poster).where(has_code)) if has_code is not None else None
    if poster is None:
        raise NotFound(UNKNOWN)
    return poster


def scanned(session: Session, text: str) -> Poster:
    """Return the poster of a code as a QR symbol holds it; raise NotFound, for a dialled code too.

    Dialled codes are few: whoever tried them all by this way would have every worker's number.
    """
    code = codes.normalise(text)
    if code is None or not codes.is_poster_code(code):
        raise NotFound(UNKNOWN)
    return find(session, code)


def in_use(session: Session, text: str) -> Poster:
    """Return the poster that somebody scanned; raise Gone where it is retired, NotFound for no such code."""
    poster = scanned(session, text)
    if poster.retired_at is not None:
        raise Gone(_("这张海报已停用，请拨打 12345，或扫附近的新海报。"))
    return poster


def latest(session: Session, *, most: int) -> Sequence[Poster]:
    """Return the latest posters, the newest first."""
    return session.scalars(select(Poster).order_by(Poster.id.desc()).limit(most)).all()


def search(session: Session, *, word: str, state: str, page: int) -> FoundPosters:
    """Return a page (from 1) of the posters that fit a word and are in a state; empty fits all."""
    wanted = [*_of_word(word), *_in_state(state)]
    total = session.scalar(select(func.count()).select_from(Poster).where(*wanted)) or 0
    page = max(1, min(page, -(-total // A_PAGE) or 1))
    rows = select(Poster).where(*wanted).order_by(Poster.retired_at.is_not(None), Poster.id.desc())
    return FoundPosters(session.scalars(rows.limit(A_PAGE).offset((page - 1) * A_PAGE)).all(), total, page)


def area_names(session: Session, found: Iterable[Poster]) -> dict[str, str]:
    """Return the names of the areas that posters hang in, by the code of their grid."""
    return {code: lookups.area_name(session, code) for code in {poster.grid_code for poster in found}}


def _of_word(word: str) -> Sequence[ColumnElement[bool]]:
    """Return what a word asks of a poster: a code of it, where it hangs, or its grid's name."""
    if not word:
        return []
    dial, code = codes.normalise_dial(word), codes.normalise(word)
    named = select(Area.code).where(Area.name.contains(word, autoescape=True))
    either = [Poster.place.contains(word, autoescape=True), Poster.grid_code.in_(named)]
    either += [Poster.dial_code == dial] if dial else []
    either += [Poster.code == code] if code else []
    return [or_(*either)]


def _in_state(state: str) -> Sequence[ColumnElement[bool]]:
    live = Poster.retired_at.is_(None)
    waiting = select(Inspection.poster_id).where(Inspection.done_at.is_(None))
    return {
        "unproven": [live, Poster.proofed_at.is_(None), Poster.posted_at.is_(None)],
        "proven": [live, Poster.proofed_at.is_not(None), Poster.posted_at.is_(None)],
        "hanging": [live, Poster.posted_at.is_not(None)],
        "look": [live, Poster.id.in_(waiting)],
        "retired": [Poster.retired_at.is_not(None)],
    }.get(state, [])


def _has_code(text: str) -> ColumnElement[bool] | None:
    dial, code = codes.normalise_dial(text), codes.normalise(text)
    if dial is not None and codes.is_dial_code(dial):
        return Poster.dial_code == dial
    if code is not None and codes.is_poster_code(code):
        return Poster.code == code
    return None
