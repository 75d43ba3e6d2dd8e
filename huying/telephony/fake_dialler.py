"""A dialler for demonstrations and tests: no telephone, no network; the last digits say how a call goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from huying.base import clock
from huying.base.numbering import INVENTED
from huying.base.telephone_cells import EXTENSION_MARK
from huying.telephony import signing
from huying.telephony.dialler import (
    LIMIT_S,
    MUTED,
    RING_S,
    DiallerAbilities,
    DialResult,
    ProviderEvent,
    Resolve,
    accepted,
    refused,
)
from huying.telephony.http_dialler import HttpDialler
from huying.telephony.voice import Forged, Placed, WebRequest

Step = tuple[int, str, str, str]
"""After how many seconds which status, why it failed, what answered."""
BEFORE: tuple[Step, ...] = ((0, "initiated", "", ""), (1, "ringing", "", ""))
SCRIPTS: Mapping[str, tuple[Step, ...]] = MappingProxyType(
    {
        "0000": ((4, "in_progress", "", "human"), (4 + LIMIT_S, "completed", "", "human")),
        "0001": ((RING_S, "no_answer", "", ""),),
        "0002": ((3, "busy", "", ""),),
        "0003": ((2, "failed", "vacant", ""),),
        "0004": ((6, "in_progress", "", "machine"), (8, "completed", "", "machine")),
    }
)
"""How a call to a number that ends so goes on once it rings; any other is answered by somebody."""


@dataclass(frozen=True, slots=True)
class FakeDialler:
    """Nothing is kept between requests: what has happened follows from the number and the clock alone."""

    resolve: Resolve
    key: str
    now: Callable[[], datetime] = clock.now
    name: str = "fake"

    @property
    def abilities(self) -> DiallerAbilities:
        """Everything, in play."""
        return DiallerAbilities(
            bridges=True, records=True, detects_machines=True, reports_events=True, listens=True
        )

    def serves(self, number: str) -> bool:
        """Ring invented numbers alone."""
        return INVENTED.fullmatch(number.partition(EXTENSION_MARK)[0]) is not None

    def dial(
        self,
        dial_id: str,
        *,
        number_ref: str,
        interviewer: str,  # noqa: ARG002
        ring_s: int = RING_S,  # noqa: ARG002
        limit_s: int = LIMIT_S,  # noqa: ARG002
    ) -> DialResult:
        """Take every invented number."""
        return accepted(sid_of(dial_id)) if self.serves(self.resolve(number_ref)) else refused("not_served")

    def hang_up(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """End it, in play."""
        return Placed.ACCEPTED

    def start_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Record nothing, in play."""
        return Placed.ACCEPTED

    def stop_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Record nothing any more, in play."""
        return Placed.ACCEPTED

    def listen(self, dial_id: str, *, sid: str, supervisor: str, mode: str = MUTED) -> Placed:  # noqa: ARG002
        """Hear nothing, in play."""
        return Placed.ACCEPTED

    def reconcile(
        self,
        dial_id: str,
        *,
        number_ref: str,
        interviewer: str,  # noqa: ARG002
        since: datetime,
    ) -> tuple[ProviderEvent, ...] | None:
        """Return what the script says has happened until now."""
        number = self.resolve(number_ref)
        ending = number.partition(EXTENSION_MARK)[0][-4:]
        steps = (*BEFORE, *SCRIPTS.get(ending, SCRIPTS["0000"])) if self.serves(number) else ()
        passed = (self.now() - since).total_seconds()
        return tuple(self._said(dial_id, step) for step in steps if step[0] <= passed)

    def events(self, request: WebRequest, *, what: str) -> tuple[ProviderEvent, ...]:
        """Take what a test, or a demonstration's page, makes up; signed as for `http`."""
        found = HttpDialler(self.resolve, self.key, name=self.name).events(request, what=what)
        if any(event.sid != sid_of(event.dial_id) for event in found):
            raise Forged(signing.FORGED)
        return found

    def _said(self, dial_id: str, step: Step) -> ProviderEvent:
        _after, status, cause, heard = step
        raw = json.dumps({"id": dial_id, "status": status, "cause": cause, "heard": heard})
        return ProviderEvent(
            self.name, f"{dial_id}/{status}", dial_id, status, sid_of(dial_id), cause, heard, raw
        )


def sid_of(dial_id: str) -> str:
    """Return what the fake calls a dial."""
    return f"FA{dial_id}"
