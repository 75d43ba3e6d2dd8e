"""What a call has come to: a fold of all that was said of it, in whatever order, however often."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from huying.telephony.dialler import CAUSES, ENDS, HEARD, ON_THE_WAY, ProviderEvent

RANKS = {status: rank for rank, status in enumerate((*ON_THE_WAY, *reversed(ENDS)))}


@dataclass(frozen=True, slots=True)
class CallState:
    """Where a call stands; `cause` and `heard` as in its events."""

    status: str = "requested"
    cause: str = ""
    heard: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self.status in ENDS


def fold(events: Iterable[ProviderEvent]) -> CallState:
    """Return what the events say together; order and repetition change nothing, unknown statuses neither."""
    known = [event for event in events if event.status in RANKS]
    status = max((event.status for event in known), key=RANKS.__getitem__, default="requested")
    told = {event.cause for event in known if event.status == status}
    return CallState(status, _first(told, CAUSES), _first({event.heard for event in known}, HEARD))


def _first(said: Collection[str], order: Iterable[str]) -> str:
    return next((each for each in order if each in said), "")
