"""How many requests are taken from one telephone, one poster and one address before somebody has to call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback.cases.rules.requests import HelpRequest
from huying.base.i18n import lazy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = timedelta(days=30)
"""How long marks are kept."""
SAME_FOR = timedelta(hours=1)
"""The same words from the same hand within this time are one request, sent again."""
NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` requests of a kind within a time; of one urgency alone where that is named."""

    kind: str
    within: timedelta
    most: int
    urgency: str = ""


LIMITS = (
    Limit("contact", DAY, 10),
    Limit("contact", HOUR, 3, "life"),
    Limit("address", HOUR, 30),
    Limit("address", HOUR, 8, "life"),
    Limit("poster", HOUR, 60),
    Limit("poster", HOUR, 12, "life"),
)
"""A building behind one address may write in an evening what one hand can't mean."""
MESSAGES = Limit("number", DAY, 5)
"""Messages that strangers may cause to one telephone."""
KINDS = {
    "contact": lazy("同一个电话"),
    "address": lazy("同一个网络地址"),
    "poster": lazy("同一张海报"),
    "number": lazy("发往同一个电话的短信"),
    "code": lazy("同一个网络地址试错的编号"),
    "dial": lazy("同一个网络地址试错的电话编号"),
}
SENTENCE = lazy("这里刚才登记得太多，这一件没有登记上。请拨打 12345，或打海报上的电话，有人听您说。")
"""What somebody is told whose request is held back: never nothing, always a number."""


TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """That something of a kind and urgency came in at a moment."""

    kind: str
    urgency: str
    at: datetime


def exceeded(marks: Iterable[EarlierRequest], *, urgency: str, now: datetime) -> Limit | None:
    """Return the first limit that one more request of this urgency would pass, given what came before."""
    known = tuple(marks)
    for limit in LIMITS:
        if limit.urgency in {"", urgency} and _count(known, limit, now=now) >= limit.most:
            return limit
    return None


def _count(marks: tuple[EarlierRequest, ...], limit: Limit, *, now: datetime) -> int:
    return sum(
        mark.kind == limit.kind
        and timedelta() <= now - mark.at < limit.within  # what a clock ahead noted counts for nothing
        and limit.urgency in {"", mark.urgency}
        for mark in marks
    )


def content(request: HelpRequest, *, where: str) -> bytes:
    """Return what makes two requests the same one: all that is asked, and of which poster or grid."""
    fields = (
        where,
        request.category,
        request.text.strip(),
        request.location.strip(),
        request.urgency,
        request.contact or "",
    )
    return "\x1f".join(fields).encode()


def plain_location(text: str) -> str:
    """Return a location without what people write in different ways: width, case, blanks, signs."""
    return NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).lower())
