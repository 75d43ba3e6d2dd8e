"""The design of a survey: the first argument of every estimator, and never changed by any."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import Bools, Floats, Ints, column, flags, frozen, numbers, refuse
from sampling.designs.layout import layout
from sampling.designs.projection import Projection
from sampling.designs.steps import Step
from sampling.designs.structure import Structure, kept, merged, structure
from sampling.errors import BadInput

Lonely = Literal["fail", "remove", "certainty", "adjust", "average"]


@dataclass(frozen=True, init=False, eq=False)
class SurveyDesign:
    """Weights and structure of one sample, a row per sampled unit (n,).

    Parameters
    ----------
    weights : (n,) finite, not negative, not all 0: how many units of the population a row stands for.
    strata : labels (n,), or a tuple of label arrays for their crossing; or an array (n, stages).
    psu : labels (n,) of primary sampling units, each in one stratum; without them every row is one. An array
        (n, stages) holds the units of each stage, those drawn first first.
    fpc : primary units in the stratum's frame, one number or (n,), constant in a stratum; or sampling
        fractions, if all lie in (0, 1]. An array (n, stages) tells of each stage; one it doesn't tell
        of has an infinite frame, and stages after that add nothing to a variance.
    lonely : what a stratum with one sampled unit contributes to a variance: "fail" raises, "remove" and
        "certainty" nothing, "adjust" its distance from the grand mean, "average" as much as the other
        strata of the domain do on average.

    Attributes
    ----------
    calibrations : the steps that made the weights, the first one first.
    rows : (n,) which rows of the sample first given these are; fewer once those who didn't answer are gone.

    Raises BadInput, FpcTooSmall, UnnestedPsu.

    >>> design = SurveyDesign([10, 10, 30, 30], strata=["E", "E", "H", "H"], fpc=[20, 20, 60, 60])
    >>> design.n, design.df
    (4, 2)
    """

    weights: Floats
    lonely: Lonely
    structure: Structure
    inside: Bools | None
    calibrations: tuple[Step, ...]
    kept: Ints | None

    def __init__(
        self, weights: Any, *, strata: Any = None, psu: Any = None, fpc: Any = None, lonely: Lonely = "fail"
    ) -> None:
        if lonely not in get_args(Lonely):
            raise BadInput(f"The 'lonely' parameter must be one of {get_args(Lonely)}. Got {lonely!r}.")
        given = _weights(weights)
        made = structure(len(given), strata=strata, psu=psu, fpc=fpc)
        self._set(weights=given, lonely=lonely, structure=made, inside=None, calibrations=(), kept=None)

    @property
    def n(self) -> int:
        """How many rows the sample has, inside a subset or not: the length of every `y`."""
        return len(self.weights)

    @property
    def rows(self) -> Ints:
        """Which rows of the sample first given these are (n,)."""
        return np.arange(self.n) if self.kept is None else self.kept

    @property
    def projections(self) -> tuple[Projection, ...]:
        """What the calibrations of the weights explain of any score, the first one first."""
        return tuple(one.projection for one in self.calibrations if one.projection is not None)

    @property
    def df(self) -> int:
        """Primary units with weight, less the strata they lie in."""
        return int(layout(self).df[0])

    @property
    def strata(self) -> NDArray[Any]:
        """Each row's stratum (n,); '' where there is only one."""
        return self.structure.strata.names

    @property
    def psu(self) -> NDArray[Any]:
        """Each row's primary unit (n,); the row's number where every row is one."""
        psu = self.structure.psu
        return np.arange(self.n) if psu is None else psu.names

    @property
    def fpc(self) -> Floats:
        """How many primary units the frame of each row's stratum holds (n,); infinite where not given."""
        return self.structure.frame[self.structure.strata.codes]

    def subset(self, mask: Any) -> SurveyDesign:
        """Return the design for the rows where `mask` (n,) is true, as a domain: the others stay, as zeros.

        Masks of two calls combine by AND. Strata and primary units keep their sizes, as they must.

        >>> design = SurveyDesign([10, 10, 30, 30], strata=["E", "E", "H", "H"])
        >>> design.subset([True, True, True, False]).df
        1
        """
        chosen = flags(mask, n=self.n, name="mask")
        return self._with(inside=frozen(chosen if self.inside is None else chosen & self.inside))

    def with_weights(self, weights: Any) -> SurveyDesign:
        """Return the design with other weights (n,), of which it knows no calibration."""
        given = _weights(weights)
        return self._with(weights=column(given, n=self.n, name="weights"), calibrations=())

    def weighted(self, weights: Floats, *, by: Step) -> SurveyDesign:
        """Return the design with the weights (n,) that the step `by` made of its own."""
        return self._with(weights=frozen(weights), calibrations=(*self.calibrations, by))

    def answered(self, rows: Ints, weights: Floats, *, by: Step) -> SurveyDesign:
        """Return the design of those of its `rows` (r,) that answered, with the `weights` (r,) of step `by`.

        The primary units of a stratum are then those that answered; its frame stays.
        """
        return self._with(
            weights=frozen(weights),
            structure=kept(self.structure, rows),
            calibrations=(*self.calibrations, by),
            kept=frozen(self.rows[rows]),
        )

    def collapse(self, into: Mapping[Any, Hashable]) -> SurveyDesign:
        """Return the design with the strata that are keys of `into` merged into others, for variances only.

        Name the pairs before the draw, from what is known of the strata then: pairs chosen by the answers
        make variances too small (Cochran 1977).

        >>> SurveyDesign([10, 10, 30], strata=["E", "E", "H"]).collapse({"H": "E"}).df
        2
        """
        return self._with(structure=merged(self.structure, into=into))

    def _with(self, **changes: object) -> SurveyDesign:
        new = copy(self)
        new._set(**changes)  # noqa: SLF001 - its own class
        return new

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)


def _weights(weights: Any) -> Floats:
    given = numbers(weights, name="weights")
    if given.ndim != 1 or not given.size:
        raise BadInput(f"The 'weights' parameter must have one dimension and a row. Got {given.shape}.")
    # Least and greatest first: they say at once that all is well, in memory of no size.
    if not 0 <= given.min() <= given.max() < np.inf:
        refuse(~np.isfinite(given) | (given < 0), name="weights", must="be finite and not negative")
    if not given.any():
        raise BadInput("The 'weights' parameter must not be 0 in all rows.")
    return frozen(given)
