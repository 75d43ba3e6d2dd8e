"""Click-to-call over one small signed JSON contract: for a domestic provider's platform, or a PBX.

docs/telephony.md describes the contract for whoever writes the other half.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from huying.base import asking, clock
from huying.base.asking import HttpAnswer, Unreached
from huying.telephony import signing
from huying.telephony.dialler import (
    CAUSES,
    HEARD,
    LIMIT_S,
    MUTED,
    RING_S,
    TOO_MANY,
    UNKNOWN,
    DiallerAbilities,
    DialResult,
    ProviderEvent,
    Resolve,
    Seat,
    accepted,
    cause_of_sip,
    refused,
)
from huying.telephony.voice import Forged, Placed, WebRequest

JSON = "application/json"
LONGEST = 64
NEVER_HEARD, TOO_MANY_REQUESTS = 404, 429
REASONS = ("vacant", "blocked", "not_served")
"""Why a platform refuses a dial, as far as it matters; anything else is a fault of ours."""

Ask = Callable[[str, Mapping[str, str], bytes | None], HttpAnswer]
"""Posts a body, or gets without one; raises Unreached where nobody is there, OSError where nothing comes."""


def ask(url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
    """Ask over HTTPS, waiting ten seconds at most."""
    return asking.ask(url, headers, body=body)


def by_code(code: str) -> str:
    """Return the interviewer's code: a platform that knows its agents needs no more."""
    return code


@dataclass(frozen=True, slots=True)
class HttpDialler:
    """Speaks the contract with the platform at `address`; both sign with `key`.

    `can` is what it can do beside bridging: `record`, `listen`, `detect`.
    """

    resolve: Resolve
    key: str = field(repr=False)
    address: str = ""
    base_url: str = ""
    can: frozenset[str] = frozenset()
    seat: Seat = by_code
    send: Ask = ask
    name: str = "http"

    @property
    def abilities(self) -> DiallerAbilities:
        """Bridges and tells; the rest as the platform can."""
        return DiallerAbilities(
            bridges=True,
            records="record" in self.can,
            detects_machines="detect" in self.can,
            reports_events=True,
            listens="listen" in self.can,
        )

    def serves(self, number: str) -> bool:  # noqa: ARG002
        """Leave it to the platform."""
        return True

    def dial(
        self,
        dial_id: str,
        *,
        number_ref: str,
        interviewer: str,
        ring_s: int = RING_S,
        limit_s: int = LIMIT_S,
    ) -> DialResult:
        """Ask the platform for one call; it takes one identity once, however often it is asked."""
        wanted = {
            "id": dial_id,
            "agent": self.seat(interviewer),
            "number": self.resolve(number_ref),
            "ring": ring_s,
            "limit": limit_s,
            "events": f"{self.base_url}/dialler/{self.name}/status",
        }
        try:
            answer = self._ask("/dials", wanted)
        except Unreached:
            return refused("unreached")
        except OSError:
            return UNKNOWN
        return _taken(answer)

    def hang_up(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Have the platform end it; one that it doesn't know is over."""
        return self._do(dial_id, "hang-up", {})

    def start_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Have the platform record, if it can."""
        return self._do(dial_id, "record", {"on": True}) if self.abilities.records else Placed.REFUSED

    def stop_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Have the platform record no longer."""
        return self._do(dial_id, "record", {"on": False}) if self.abilities.records else Placed.ACCEPTED

    def listen(self, dial_id: str, *, sid: str, supervisor: str, mode: str = MUTED) -> Placed:  # noqa: ARG002
        """Have the platform join a supervisor, if it can."""
        wanted = {"supervisor": self.seat(supervisor), "mode": mode}
        return self._do(dial_id, "listen", wanted) if self.abilities.listens else Placed.REFUSED

    def reconcile(
        self,
        dial_id: str,
        *,
        number_ref: str,  # noqa: ARG002
        interviewer: str,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> tuple[ProviderEvent, ...] | None:
        """Ask what became of a dial; a platform that never heard of it says 404."""
        try:
            answer = self._ask(f"/dials/{quote(dial_id)}")
        except (OSError, Unreached):
            return None
        if answer.status == NEVER_HEARD:
            return ()
        try:
            return (self._event(json.loads(answer.body), dial_id),) if answer.status < 300 else None
        except signing.UNREADABLE:
            return None

    def events(self, request: WebRequest, *, what: str) -> tuple[ProviderEvent, ...]:
        """Return the events of a signed body; raise Forged for an unsigned, old or malformed one."""
        signing.check(self.key, request.body, request.headers.get(signing.HEADER, ""), now=clock.now())
        try:
            said = json.loads(request.body)
            many = said if isinstance(said, list) else [said]
            found = tuple(self._event(each, str(each["id"])) for each in many)
        except signing.UNREADABLE as error:
            raise Forged(signing.FORGED) from error
        if what != "status" or not all(0 < len(event.dial_id) <= LONGEST for event in found):
            raise Forged(signing.FORGED)
        return found

    def _event(self, said: Mapping[str, Any], dial_id: str) -> ProviderEvent:
        status = str(said["status"]).replace("-", "_")[:LONGEST]
        sip, cause, heard = (str(said.get(name, ""))[:LONGEST] for name in ("sip", "cause", "heard"))
        return ProviderEvent(
            self.name,
            f"{dial_id}/{said.get('seq', '')}/{status}"[: 2 * LONGEST],
            dial_id,
            status,
            str(said.get("sid", ""))[:LONGEST],
            cause if cause in CAUSES else cause_of_sip(sip),
            heard if heard in HEARD else "",
            json.dumps(said, ensure_ascii=False, sort_keys=True),
        )

    def _do(self, dial_id: str, what: str, wanted: Mapping[str, object]) -> Placed:
        try:
            status = self._ask(f"/dials/{quote(dial_id)}/{what}", wanted).status
        except Unreached:
            return Placed.REFUSED
        except OSError:
            return Placed.UNKNOWN
        if status >= 500:
            return Placed.UNKNOWN
        gone = what == "hang-up" and status == NEVER_HEARD
        return Placed.ACCEPTED if status < 300 or gone else Placed.REFUSED

    def _ask(self, path: str, wanted: Mapping[str, object] | None = None) -> HttpAnswer:
        body = None if wanted is None else json.dumps(wanted, ensure_ascii=False).encode()
        signed = path.encode() if body is None else body
        headers = {"Content-Type": JSON, signing.HEADER: signing.sign(self.key, signed, at=clock.now())}
        return self.send(f"{self.address}{path}", headers, body)


def _taken(answer: HttpAnswer) -> DialResult:
    """Return what an answer to a dial says; one that was taken but can't be read was taken all the same."""
    if answer.status == TOO_MANY_REQUESTS:
        return refused(TOO_MANY)
    if answer.status >= 500:
        return UNKNOWN
    try:
        said = json.loads(answer.body or b"{}")
        told = {name: str(said.get(name, ""))[:LONGEST] for name in ("sid", "reason")}
    except (ValueError, AttributeError, RecursionError):
        told = {"sid": "", "reason": ""}
    if answer.status < 300:
        return accepted(told["sid"])
    return refused(told["reason"] if told["reason"] in REASONS else "ours")
