"""One request to a carrier over HTTP, and what its failing says of the message: never there, or who knows."""

from __future__ import annotations

from collections.abc import Callable

from huying.base.asking import HttpAnswer, Unreached
from huying.messaging.carriers import UNKNOWN, Delivery, Sent

TOO_MANY = 429


def outcome(request: Callable[[], HttpAnswer], *, read: Callable[[bytes], Sent]) -> Sent:
    """Return what a request did to its message; `read` understands the body of a 2xx."""
    try:
        answer = request()
    except Unreached:
        return Sent(Delivery.LATER, "unreached")
    except OSError:
        return UNKNOWN
    if answer.status == TOO_MANY:
        return Sent(Delivery.LATER, "429")
    if answer.status >= 500:
        return UNKNOWN
    if answer.status >= 300:
        return Sent(Delivery.REFUSED, str(answer.status))
    try:
        return read(answer.body)
    except (ValueError, TypeError, KeyError, AttributeError):
        return UNKNOWN  # it was taken, by somebody who says it in words that nobody knows
