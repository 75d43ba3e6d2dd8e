"""The resident's word: by which door it may be said, until when it may be changed, when it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback.cases.rules.invitations import UNASKED
from huying.base.i18n import Lazy, lazy

CHANGEABLE = timedelta(hours=24)
"""For so long an answer may be changed in silence: meanwhile it shows nowhere."""
ANY_WORD = ("solved", "not_solved", "unsure")
OVER = ("confirmed", "unconfirmed")
"""States whose pages look alike, so that nobody reads from one whether the resident said solved."""
STILL_NOT = ("not_solved",)
CHANNELS: Mapping[str, Lazy] = {
    "link": lazy("短信链接"),
    "telephone": lazy("话务员代填"),
    "receipt": lazy("回执编号"),
    "late": lazy("过期后说没解决"),
}

EVENTS = frozenset({"confirm", "contest", "unsure"})
"""Steps that a resident's word makes."""


def channel_of(actor: str) -> str:
    """Return by which channel a word came, from who did its step; the link where nothing else is said."""
    _resident, _colon, channel = actor.partition(":")
    return channel or ("link" if actor == "resident" else "telephone")


@dataclass(frozen=True, slots=True)
class Door:
    """By which channel somebody with the receipt, or a link that is over, may speak now, and what to say."""

    channel: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """The invitation of a case's round: until when it may be answered first, and whether it was."""

    expires_at: datetime
    answered_at: datetime | None = None


def settles_at(answered_at: datetime, *, solved: str, urgency: str) -> datetime:
    """Return when an answer first given then takes effect: in a day, but "not solved" of danger at once."""
    at_once = solved == "not_solved" and urgency == "life"
    return answered_at if at_once else answered_at + CHANGEABLE


def changeable(answered_at: datetime | None, *, expires_at: datetime, now: datetime) -> bool:
    """Tell whether a link takes an answer now: the first until it expires, another for a day after that."""
    return now < expires_at if answered_at is None else now < answered_at + CHANGEABLE


def door(state: str, *, source: str, invited: Invited | None, now: datetime) -> Door | None:
    """Return how whoever holds the receipt may speak now, or None where the link is the way, or no matter.

    Without an invitation the receipt says it all. Once an answer is in effect or a link is over, "not solved"
    always has a door.
    """
    if source in UNASKED or state not in {"declared", *OVER}:
        return None
    if state == "declared" and invited is None:
        return Door("receipt", ANY_WORD)
    if state == "declared" and invited is not None and _still_open(invited, now=now):
        return None
    return Door("late", STILL_NOT)


def _still_open(invited: Invited, *, now: datetime) -> bool:
    return invited.answered_at is not None or now < invited.expires_at
