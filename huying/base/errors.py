"""Refusals: every error that a person may meet carries a sentence and an HTTP status."""

from __future__ import annotations

from huying.base.i18n import Words


class Refused(Exception):
    """What was asked can't be done; `message` says why, in the words of the person who asked."""

    status = 409

    def __init__(self, message: Words, *, status: int | None = None) -> None:
        self.message = str(message)
        super().__init__(self.message)
        if status is not None:
            self.status = status


class Invalid(Refused):
    """The input has a fault that its author can mend."""

    status = 422


class Forbidden(Refused):
    """This account may not do this."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or not for this account."""

    status = 404


class Gone(Refused):
    """It existed and is over."""

    status = 410


class Conflict(Refused):
    """Somebody else was first, or the state has moved on."""

    status = 409
