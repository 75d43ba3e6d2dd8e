"""A grid leader's team: what each worker has in hand, and the giving of a case to a colleague."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Which colleague is to have a case, and why."""

    to_worker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Load:
    """What a worker has in hand: to be taken up, being worked on, waiting for others; how many are late."""

    code: str
    name: str
    area: str
    new: int = 0
    in_hand: int = 0
    waiting: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        """All that the worker keeps."""
        return self.new + self.in_hand + self.waiting
