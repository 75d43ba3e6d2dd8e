"""How a sample was drawn: its strata, primary units, and how many of each stratum's frame they are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, Ints, added, frozen, numbers, refuse
from sampling.designs.labels import Labels, coded, crossed, runs_of
from sampling.errors import BadInput, FpcTooSmall, UnnestedPsu, named


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Rows (n,) in strata (H,): `sampled` n_h primary units of the stratum's `frame` of N_h (or infinity).

    `psu` is None where every row is a primary unit of its own. `further` is how rows were drawn within the
    primary units, with a stratum of its own for each of them at least: `above` (H,) is the stratum that such
    a stratum's primary unit lies in, one stage up; None at the first stage. `share` (H,) is the product of
    the sampling fractions of the stages above. `runs` (H,) is where each stratum begins if its rows lie
    together, in the order of the codes; else None.
    """

    strata: Labels
    psu: Labels | None
    sampled: Ints
    frame: Floats
    share: Floats
    above: Ints | None = None
    further: Structure | None = None
    runs: Ints | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", runs_of(self.strata.codes))

    @property
    def left(self) -> Floats:
        """The share 1 - f_h of each stratum's frame that was not sampled (H,)."""
        return np.maximum(1 - self.sampled / self.frame, 0.0)

    @property
    def psus(self) -> int:
        """How many primary units there are."""
        return len(self.strata.codes) if self.psu is None else len(self.psu.levels)

    @property
    def stratum_of_psu(self) -> Ints:
        """The stratum of each primary unit (psus,)."""
        if self.psu is None:
            return self.strata.codes
        stratum = np.zeros(len(self.psu.levels), dtype=np.int64)
        stratum[self.psu.codes] = self.strata.codes
        return stratum


def structure(n: int, *, strata: Any, psu: Any, fpc: Any) -> Structure:
    """Return the structure of a sample of `n` rows, or raise BadInput, UnnestedPsu or FpcTooSmall.

    Several columns of `psu` are stages, the first one drawn first.
    """
    units = _stages(psu, name="psu") or [None]
    kinds, frames = _stages(strata, name="strata"), _frames(fpc, n=n)
    for name, columns in (("strata", kinds), ("fpc", frames)):
        if len(columns) > len(units):
            text = f"The {name!r} parameter must have at most one column for each stage of 'psu'."
            raise BadInput(f"{text} Got {len(columns)} for {len(units)}.")
    asked = zip_longest(units, kinds, frames)
    stages = [(_labels(u, n=n, name="psu"), _labels(h, n=n, name="strata"), f) for u, h, f in asked]
    return _built(stages, n=n, over=None)


Stage = tuple[Labels | None, Labels | None, Floats | None]


def _built(stages: Sequence[Stage], *, n: int, over: Structure | None) -> Structure:
    """The structure of these stages within the primary units of `over`."""
    psu, strata, fpc = stages[0]
    rows = strata or Labels(frozen(np.zeros(n, dtype=np.int64)), ("",))
    above = None
    if over is not None and over.psu is not None and psu is not None:
        rows = _within(over.psu, rows)
        psu = _within(over.psu, psu)
        above = np.zeros(len(rows.levels), dtype=np.int64)
        above[rows.codes] = over.strata.codes
    sampled = np.bincount(_stratum_of_units(rows, psu), minlength=len(rows.levels))
    made = Structure(
        rows,
        psu,
        frozen(sampled),
        frozen(_frame(fpc, rows, sampled=sampled)),
        frozen(_share(over, above, size=len(rows.levels))),
        above,
    )
    inner = stages[1:]
    if not inner or not (made.share * (1 - made.left) > 0).any():
        return made
    return replace(made, further=_built(inner, n=n, over=made))


def _within(outer: Labels, inner: Labels) -> Labels:
    pairs = crossed(outer.codes, inner.codes, sizes=(len(outer.levels), len(inner.levels)))
    first, second = pairs.first.tolist(), pairs.second.tolist()
    levels = tuple((outer.levels[a], inner.levels[b]) for a, b in zip(first, second, strict=True))
    return Labels(frozen(pairs.codes), levels)


def _share(over: Structure | None, above: Ints | None, *, size: int) -> Floats:
    if over is None or above is None:
        return np.ones(size)
    share: Floats = (over.share * (1 - over.left))[above]
    return share


def merged(old: Structure, *, into: Mapping[Any, Hashable]) -> Structure:
    """Return the structure with the strata that are keys of `into` merged into those they are mapped to."""
    levels = old.strata.levels
    wrong = sorted((set(into) | set(into.values())) - set(levels), key=repr)
    wrong += sorted(set(into) & set(into.values()), key=repr)
    if wrong:
        text = f"The 'into' parameter must map strata to strata that stay. See {named(wrong)}."
        raise BadInput(text, items=wrong)
    strata = coded([into.get(level, level) for level in levels], n=len(levels), name="into")
    size = len(strata.levels)
    first = replace(
        old,
        strata=Labels(frozen(strata.codes[old.strata.codes]), strata.levels),
        sampled=frozen(added(strata.codes, old.sampled, size=size).astype(np.int64)),
        frame=frozen(added(strata.codes, old.frame, size=size)),
        share=frozen(np.ones(size)),
    )
    return replace(first, further=_lowered(old.further, over=first, codes=strata.codes))


def _lowered(old: Structure | None, *, over: Structure, codes: Ints) -> Structure | None:
    """The further stages, under the stage above as it now is; `codes` are its strata's new codes."""
    if old is None or old.above is None:
        return None
    above = codes[old.above]
    new = replace(old, above=above, share=frozen(_share(over, above, size=len(above))))
    return replace(new, further=_lowered(old.further, over=new, codes=np.arange(len(above))))


def kept(old: Structure, rows: Ints) -> Structure:
    """Return the structure of the sample that is left when only `rows` answered, with the same frames.

    The primary units counted are those with a row left. Levels that lost all rows are gone.
    """
    strata, present = _shrunk(old.strata, rows)
    psu = None if old.psu is None else _shrunk(old.psu, rows)[0]
    sampled = np.bincount(_stratum_of_units(strata, psu), minlength=len(strata.levels))
    above = None if old.above is None else old.above[present]
    left = replace(
        old,
        strata=strata,
        psu=psu,
        sampled=frozen(sampled),
        frame=frozen(old.frame[present]),
        share=frozen(old.share[present]),
        above=above,
    )
    return left if old.further is None else replace(left, further=_relinked(old.further, rows, over=left))


def _relinked(old: Structure, rows: Ints, *, over: Structure) -> Structure:
    """A further stage of the rows left; its strata find theirs above again."""
    new = kept(replace(old, further=None), rows)
    above = np.zeros(len(new.sampled), dtype=np.int64)
    above[new.strata.codes] = over.strata.codes
    new = replace(new, above=above, share=frozen(_share(over, above, size=len(above))))
    return new if old.further is None else replace(new, further=_relinked(old.further, rows, over=new))


def _shrunk(old: Labels, rows: Ints) -> tuple[Labels, Ints]:
    codes = old.codes[rows]
    present, new = np.unique(codes, return_inverse=True)
    return Labels(frozen(new), tuple(old.levels[place] for place in present.tolist())), present


def _stages(labels: Any, *, name: str) -> list[Any]:
    """The columns of labels, a column per stage."""
    if labels is None:
        return []
    dimensions = getattr(labels, "ndim", 1)
    if dimensions > 2:
        raise BadInput(f"The {name!r} parameter must have one column for each stage. Got {labels.shape}.")
    return [labels[:, place] for place in range(labels.shape[1])] if dimensions == 2 else [labels]


def _labels(labels: Any, *, n: int, name: str) -> Labels | None:
    return None if labels is None else coded(labels, n=n, name=name)


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


def _frame(fpc: Floats | None, strata: Labels, *, sampled: Ints) -> Floats:
    if fpc is None:
        return np.full(len(sampled), np.inf)
    if not fpc.min() > 0:
        refuse(~(fpc > 0), name="fpc", must="be positive")
    frame = np.zeros(len(sampled))
    frame[strata.codes] = fpc
    differs = frame[strata.codes] != fpc
    if differs.any():
        refuse(differs, name="fpc", must="be the same in all rows of a stratum")
    if (frame <= 1).all():
        return sampled / frame
    _refuse_small(frame < sampled, frame=frame, strata=strata, sampled=sampled)
    return frame


def _frames(fpc: Any, *, n: int) -> list[Floats]:
    """The columns of the correction, a column per stage."""
    if fpc is None:
        return []
    given = numbers(fpc, name="fpc")
    if given.shape not in {(), (n,), (n, *given.shape[1:2])}:
        text = f"The 'fpc' parameter must be one number, or have the shape ({n},) or ({n}, stages)."
        raise BadInput(f"{text} Got {given.shape}.")
    return [np.broadcast_to(given, (n,))] if given.ndim < 2 else list(given.T)


def _refuse_small(small: Bools, *, frame: Floats, strata: Labels, sampled: Ints) -> None:
    found = [strata.levels[place] for place in np.flatnonzero(small)]
    if found:
        h = int(np.argmax(small))
        got = f"Got {frame[h]:g} in {found[0]!r} where {sampled[h]} were sampled"
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        text = "The 'fpc' parameter of SurveyDesign must be at least the number sampled in the stratum."
        raise FpcTooSmall(f"{text} {got}{more}.", items=found)
