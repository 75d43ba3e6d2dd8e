"""How a sample was drawn: its strata, primary units, and how many of each stratum's frame they are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.arrays import Bools, Floats, Ints, added, frozen, numbers, refuse
from sampling.errors import BadInput, FpcTooSmall, UnnestedPsu, named
from sampling.labels import Labels, coded


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Rows (n,) in strata (H,): `sampled` n_h primary units of the stratum's `frame` of N_h (or infinity).

    `psu` is None where every row is a primary unit of its own.
    """

    strata: Labels
    psu: Labels | None
    sampled: Ints
    frame: Floats

    @property
    def left(self) -> Floats:
        """The share 1 - f_h of each stratum's frame that was not sampled (H,)."""
        return np.maximum(1 - self.sampled / self.frame, 0.0)


def structure(n: int, *, strata: Any, psu: Any, fpc: Any) -> Structure:
    """Return the structure of a sample of `n` rows, or raise BadInput, UnnestedPsu or FpcTooSmall."""
    labels = _labels(strata, n=n, name="strata")
    rows = labels or Labels(frozen(np.zeros(n, dtype=np.int64)), ("",))
    units = _labels(psu, n=n, name="psu")
    sampled = np.bincount(_stratum_of_units(rows, units), minlength=len(rows.levels))
    return Structure(rows, units, frozen(sampled), frozen(_frame(fpc, rows, sampled=sampled)))


def merged(old: Structure, *, into: Mapping[Any, Hashable]) -> Structure:
    """Return the structure with the strata that are keys of `into` merged into those they are mapped to."""
    levels = old.strata.levels
    wrong = sorted((set(into) | set(into.values())) - set(levels), key=repr)
    wrong += sorted(set(into) & set(into.values()), key=repr)
    if wrong:
        text = f"The 'into' parameter must map strata to strata that stay. See {named(wrong)}."
        raise BadInput(text, items=wrong)
    strata = coded([into.get(level, level) for level in levels], n=len(levels), name="into")
    return Structure(
        Labels(frozen(strata.codes[old.strata.codes]), strata.levels),
        old.psu,
        frozen(added(strata.codes, old.sampled, size=len(strata.levels)).astype(np.int64)),
        frozen(added(strata.codes, old.frame, size=len(strata.levels))),
    )


def _labels(labels: Any, *, n: int, name: str) -> Labels | None:
    if labels is None:
        return None
    if getattr(labels, "ndim", 1) != 1:
        raise BadInput(f"The {name!r} parameter must have one column: designs here have a single stage.")
    return coded(labels, n=n, name=name)


def _stratum_of_units(strata: Labels, psu: Labels | None) -> Ints:
    if psu is None:
        return strata.codes
    stratum = np.zeros(len(psu.levels), dtype=np.int64)
    stratum[psu.codes] = strata.codes
    split = np.unique(psu.codes[stratum[psu.codes] != strata.codes]).tolist()
    if split:
        found = [psu.levels[place] for place in split]
        text = f"SurveyDesign refused: a primary unit has rows in two strata. See {named(found)}."
        raise UnnestedPsu(
            f"{text} Cross the labels, psu=(strata, psu), if they only share a name.", items=found
        )
    return stratum


def _frame(fpc: Any, strata: Labels, *, sampled: Ints) -> Floats:
    if fpc is None:
        return np.full(len(sampled), np.inf)
    given = _one_a_row(fpc, n=len(strata.codes))
    refuse(~(given > 0), name="fpc", must="be positive")
    frame = np.zeros(len(sampled))
    frame[strata.codes] = given
    refuse(frame[strata.codes] != given, name="fpc", must="be the same in all rows of a stratum")
    if (frame <= 1).all():
        return sampled / frame
    _refuse_small(frame < sampled, frame=frame, strata=strata, sampled=sampled)
    return frame


def _one_a_row(fpc: Any, *, n: int) -> Floats:
    given = numbers(fpc, name="fpc")
    if given.shape not in {(), (n,)}:
        raise BadInput(
            f"The 'fpc' parameter must be one number, or have the shape ({n},). Got {given.shape}."
        )
    return np.broadcast_to(given, (n,))


def _refuse_small(small: Bools, *, frame: Floats, strata: Labels, sampled: Ints) -> None:
    found = [strata.levels[place] for place in np.flatnonzero(small)]
    if found:
        h = int(np.argmax(small))
        got = f"Got {frame[h]:g} in {found[0]!r} where {sampled[h]} were sampled"
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        text = "The 'fpc' parameter of SurveyDesign must be at least the number sampled in the stratum."
        raise FpcTooSmall(f"{text} {got}{more}.", items=found)
