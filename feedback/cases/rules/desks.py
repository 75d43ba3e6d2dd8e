"""On whose desk a case is: who can act on it now, which is not always who holds it."""

from __future__ import annotations

from dataclasses import dataclass

from feedback.cases.rules.lifecycle import COORDINATION, PAUSE, RUNNING, Hand, allowed, kind
from feedback.roles import OFFICE
from huying.base.i18n import lazy

NOT_HERE = lazy("没有这件事，或现在不在您手里。")
CLOCKS = {"declared": "lapse"}
"""States in which who has the desk may do nothing but wait: the event that ends the wait by itself."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """Which accounts in use could act on a case: its worker's, an office's, departments', a coordinator's."""

    worker: bool
    office: bool
    departments: frozenset[str]
    coordinator: bool


def keeper_after(holder: str, *, before: str) -> str:
    """Return who keeps a case that `holder` has: while a resident has it, or it is paused, who did before."""
    return before if kind(holder) in {"resident", PAUSE} else holder


def desk(keeper: str, staffing: Staffing) -> str | None:
    """Return on whose desk a case is, spelt like a holder; None where no account in use could act.

    The keeper's own desk comes first; the office stands in for a worker without an account, the coordinator
    for a department or an office without one.
    """
    if keeper == "worker" and staffing.worker:
        return keeper
    if keeper in {"worker", OFFICE} and staffing.office:
        return OFFICE
    if keeper in staffing.departments:
        return keeper
    return COORDINATION if staffing.coordinator else None


def hand_of(actor: str, *, holder: str, keeper: str, lead: str = "") -> Hand:
    """Return how a case on the actor's desk lies to the actor's hand."""
    return Hand(actor, holder, keeper, stands_in=actor != keeper, lead=lead)


def moves(state: str, *, hand: Hand) -> tuple[str, ...]:
    """Return what whoever has the desk may do, or the event of the clock that they wait for."""
    found = allowed(state, hand)
    return found or ((CLOCKS[state],) if state in CLOCKS else ())


def kept(state: str) -> bool:
    """Tell whether a case in that state is on a desk."""
    return state in RUNNING
