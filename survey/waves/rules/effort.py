"""How hard a household is tried at least: sealed before the draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Effort:
    """The effort sealed before the draw: counted attempts, over so many windows and days, at least."""

    attempts: int = 6
    windows: int = 3
    days: int = 5
    asked_extra: int = 3
    weights: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"W1": 2, "W2": 2, "W3": 3, "W4": 3})
    )


STANDARD = Effort()
