"""When the next replicate must go out: a rule fixed before the draw that reads counts and never an answer."""

from __future__ import annotations

from dataclasses import dataclass

from survey.drawing.design import DesignRow


@dataclass(frozen=True, slots=True)
class Progress:
    """A stratum at one moment of the log: replicates out, released units with a `final`, those `complete`.

    `late` is how many units the late replicate has brought so far.
    """

    replicates: int
    finals: int
    completes: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """Completes wanted of each stratum (`plan`) and the most replicates that may go out (`most`)."""

    plan: int
    most: int

    def holds(self, row: DesignRow, *, progress: Progress) -> bool:
        """Whether the next replicate must go out now, or, at the end of the field, the stratum is short."""
        out = row.released(progress.replicates, late=progress.late)
        return (
            progress.finals >= out
            and progress.completes < self.plan
            and progress.replicates < self.most
            and out < row.released(progress.replicates + 1, late=progress.late)
        )
