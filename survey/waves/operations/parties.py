"""One-time links of parties: made for one purpose, stored as a keyed digest, used once, ended by time."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Gone
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey.drawing.fields import PARTY
from survey.models import Party, PartyLink, Wave
from survey.waves.operations import draw
from survey.waves.queries import waves
from survey.waves.rules import event_clock
from survey.waves.rules import parties as rules

KEY = "party-links"
STATES = {rules.SEAL: ("frozen",), rules.OPEN: ("called",)}
"""In which state of a wave a link of each purpose can be used."""


@dataclass(frozen=True, slots=True)
class FollowedLink:
    """A link that holds: whose it is, in which wave, what it is good for, until when."""

    wave: Wave
    party: str
    purpose: str
    expires_at: datetime


def make_link(session: Session, label: str, *, party: str, keys: Keyring, by: str, now: datetime) -> str:
    """Return the token of a new link for a party; those of before that weren't used are void.

    Before the event it takes a digest, after it the part of a party that sealed one. Raises Conflict where
    the party did already what the link would be for.
    """
    wave = waves.locked(session, label, states=("frozen", "called"))
    purpose = rules.SEAL if wave.state == "frozen" else rules.OPEN
    _check(session, wave, PARTY.check(party), purpose=purpose, now=now)
    session.execute(
        delete(PartyLink).where(
            PartyLink.wave_label == label, PartyLink.party == party, PartyLink.used_at.is_(None)
        )
    )
    token = secrets.token_urlsafe(24)
    ends = rules.expires_at(purpose, source=wave.beacon_source, now=now)
    row = {"wave_label": label, "party": party, "purpose": purpose, "digest": _digest(token, keys)}
    session.add(PartyLink(**row, made_by=by, made_at=now, expires_at=ends))
    session.flush()
    return token


def _check(session: Session, wave: Wave, party: str, *, purpose: str, now: datetime) -> None:
    row = session.get(Party, (wave.label, party))
    if purpose == rules.SEAL:
        event_clock.check_before(wave.beacon_source, now=now)
        if row is not None:
            raise Conflict(_("%(party)s 已经封存过密钥份额了。", party=party))
    elif row is None:
        raise Conflict(_("%(party)s 没有封存过密钥份额。", party=party))
    elif row.part is not None:
        raise Conflict(_("%(party)s 已经公开过密钥份额了。", party=party))


def followed(session: Session, token: str, *, keys: Keyring, now: datetime) -> FollowedLink:
    """Return what a link is good for; raise Gone where it was used, is too old, never was, or isn't due."""
    found = session.execute(
        select(PartyLink, Wave)
        .join(Wave, Wave.label == PartyLink.wave_label)
        .where(PartyLink.digest == _digest(token, keys))
        .where(PartyLink.used_at.is_(None), PartyLink.expires_at > now)
    ).first()
    if found is None or found[1].state not in STATES[found[0].purpose]:
        raise Gone(_("这个链接已经用过、过了期，或者这一步已经过去。请向抽签官要一个新的。"))
    link, wave = found
    return FollowedLink(wave, link.party, link.purpose, link.expires_at)


def take(
    session: Session, token: str, *, purpose: str, what: str, keys: Keyring, now: datetime
) -> FollowedLink:
    """Log what a party brings by its link: its digest, or after the event its part."""
    if purpose == rules.SEAL:
        return hand_in(session, token, commitment=what, keys=keys, now=now)
    return open_part(session, token, part=what, keys=keys, now=now)


def hand_in(session: Session, token: str, *, commitment: str, keys: Keyring, now: datetime) -> FollowedLink:
    """Log the digest that a party hands in by its link, which is used up."""
    link = _used(session, token, purpose=rules.SEAL, keys=keys, now=now)
    draw.commit(session, link.wave.label, party=link.party, commitment=commitment, now=now)
    return link


def open_part(session: Session, token: str, *, part: str, keys: Keyring, now: datetime) -> FollowedLink:
    """Log the part that a party opens by its link, which is used up."""
    link = _used(session, token, purpose=rules.OPEN, keys=keys, now=now)
    draw.reveal(session, link.wave.label, party=link.party, part=part, now=now)
    return link


def _used(session: Session, token: str, *, purpose: str, keys: Keyring, now: datetime) -> FollowedLink:
    link = followed(session, token, keys=keys, now=now)
    row = PartyLink
    mine = row.digest == _digest(token, keys)
    taken = session.execute(
        update(row)
        .where(mine, row.used_at.is_(None), row.purpose == purpose)
        .values(used_at=now)
        .returning(row.id)
    ).all()
    if not taken:
        raise Gone(_("这个链接已经用过、过了期，或者这一步已经过去。请向抽签官要一个新的。"))
    return link


def _digest(token: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), token.encode(), sha256)
