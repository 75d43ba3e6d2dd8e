"""A preview is opened, and codes of cards are made: kept as keyed digests, shown once, ended by time."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict, Gone
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey import campaign
from survey.drawing import result_entries
from survey.judged.rules import cards as rules
from survey.models import CardCode, ScorePreview
from survey.scores.operations import releasing as scores
from survey.scores.queries import export, previews
from survey.scores.rules.steps import Told, silent
from survey.waves.queries import waves

KEY = "judged-cards"


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A code that was made just now, in groups: it is shown once."""

    unit: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class FollowedCode:
    """A code that holds: of which wave, of which area, until when appeals are taken."""

    label: str
    unit: str
    preview_ends: datetime


def open_preview(
    session: Session, label: str, *, by: str, now: datetime, told: Told = silent
) -> ScorePreview:
    """Freeze a wave's scores where they aren't yet, and let the judged look; publishing waits till the end.

    The ledger has the frozen release's digest before anybody saw it. Raises Conflict where the judged look
    already, or the score is public.
    """
    made = scores.estimate(session, label, now=now, told=told)
    campaign.campaign_lock(session)
    wave = waves.locked(session, label, states=("drawn", "closed"))
    if wave.state == "closed":
        raise Conflict(_("得分已经公布，不能再先给被评的人看。"))
    if previews.of(session, label) is not None:
        raise Conflict(_("被评的人已经可以看了。"))
    ends = now + rules.PREVIEW
    line = result_entries.preview(wave=label, sha256=export.digest_of(made), until=clock.day(ends))
    entry = wave.ledger.append(session, line, at=now)
    preview = ScorePreview(wave_label=label, opened_by=by, opened_at=now, ends_at=ends, entry=entry)
    session.add(preview)
    session.flush()
    return preview


def make_codes(
    session: Session, label: str, units: Sequence[tuple[str, str]], *, keys: Keyring, by: str, now: datetime
) -> list[MadeCode]:
    """Return a new code for the card of each of the areas, given as code and name; codes of before end.

    Raises Conflict before the judged may look, and when codes have run out.
    """
    campaign.campaign_lock(session)
    preview = previews.of(session, label)
    if preview is None:
        raise Conflict(_("还没有开始给被评的人看。"))
    ends = rules.expires_at(preview.ends_at)
    if now >= ends:
        raise Conflict(_("这一轮的卡已经过期，不再发编号。"))
    _end(session, label, [unit for unit, _name in units], now=now)
    made = [MadeCode(unit, name, rules.new_code()) for unit, name in units]
    same = {"wave_label": label, "made_by": by, "made_at": now, "expires_at": ends}
    session.add_all(CardCode(unit=each.unit, digest=_digest(each.code, keys), **same) for each in made)
    session.flush()
    return [MadeCode(each.unit, each.name, rules.grouped(each.code)) for each in made]


def followed(session: Session, text: str, *, keys: Keyring, now: datetime) -> FollowedCode:
    """Return what a code opens; raise Gone where it never was, ended or is too old."""
    code = rules.read_code(text)
    row = session.execute(
        select(CardCode.wave_label, CardCode.unit, ScorePreview.ends_at)
        .join(ScorePreview, ScorePreview.wave_label == CardCode.wave_label)
        .where(CardCode.digest == _digest(code, keys))
        .where(CardCode.ended_at.is_(None), CardCode.expires_at > now)
    ).one_or_none()
    if row is None:
        raise Gone(_("没有这个编号，或者它已经作废、过期。请对照纸条再输一遍，还不行就向测评单位要新的。"))
    return FollowedCode(*row)


def _end(session: Session, label: str, units: Sequence[str], *, now: datetime) -> None:
    live = (CardCode.wave_label == label, CardCode.ended_at.is_(None), CardCode.unit.in_(units))
    session.execute(update(CardCode).where(*live).values(ended_at=now))
    session.flush()


def _digest(code: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), code.encode(), sha256)
