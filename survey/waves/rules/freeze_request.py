"""What is asked for when a wave is frozen, on a page or by a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from survey.drawing.beacon import instant
from survey.waves.rules import allocation, field_span
from survey.waves.rules.frame_scope import EVERYBODY, FrameScope
from survey.waves.rules.wave_rules import WaveRules

GridSizes = Mapping[str, tuple[int, int]]
"""Of each grid: the size of its sample, and of a replicate."""


@dataclass(frozen=True, slots=True)
class SharedSizes:
    """`mean` households a grid, shared out by a method of `allocation`; replicates of one size."""

    mean: int
    method: str
    replicate: int

    def among(self, households: Mapping[str, int]) -> GridSizes:
        """Return the sizes for grids that hold so many households."""
        shares = allocation.sizes(households, mean=self.mean, method=self.method)
        return {grid: (sample, self.replicate) for grid, sample in shares.items()}


@dataclass(frozen=True, slots=True)
class FreezeRequest:
    """A wave to be frozen: who may be drawn, how many of each grid, by which rules and which event.

    `margins` is the digest of the table from outside that its scores are to use; empty for none.
    """

    label: str
    sizes: GridSizes | SharedSizes
    rules: WaveRules
    beacon_source: str
    field_ends_at: datetime | None = None
    scope: FrameScope = EVERYBODY
    margins: str = ""

    def check_late(self) -> None:
        """Raise Invalid where the late replicate lies outside the field."""
        event = instant(self.beacon_source)
        field_span.check_late(self.rules, event=event, ends=self.field_ends_at or field_span.end(event))

    def sizes_among(self, households: Mapping[str, int]) -> GridSizes:
        """Return the sizes as they were stated, or shared out among grids that hold so many households."""
        return self.sizes.among(households) if isinstance(self.sizes, SharedSizes) else self.sizes
