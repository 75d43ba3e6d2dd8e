"""Samples of all kinds, for laws that must hold for each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sampling import SurveyDesign


@dataclass(frozen=True)
class Sample:
    w: list[float]
    y: list[float]
    by: list[int]
    strata: list[str]
    psu: list[str] | None
    frame: dict[str, float]

    def design(self, **changes: Any) -> SurveyDesign:
        fpc = [self.frame[label] for label in self.strata]
        given = {"strata": self.strata, "psu": self.psu, "fpc": fpc, "lonely": "remove", **changes}
        return SurveyDesign(given.pop("weights", self.w), **given)

    @property
    def structure(self) -> dict[str, Any]:
        return {"strata": self.strata, "psu": self.psu or list(range(len(self.w))), "frame": self.frame}


@st.composite
def samples(draw: st.DrawFn, *, clustered: bool | None = None) -> Sample:
    n = draw(st.integers(2, 25))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=n, max_size=n))

    strata = column(st.sampled_from("ABC"))
    in_clusters = draw(st.booleans()) if clustered is None else clustered
    psu = (
        [h + c for h, c in zip(strata, column(st.sampled_from("1234")), strict=True)] if in_clusters else None
    )
    units = Counter(unit[0] for unit in set(psu)) if psu else Counter(strata)
    frame = {label: float(units[label] + draw(st.integers(0, 40))) for label in units}
    if max(frame.values()) <= 1:
        frame = dict.fromkeys(frame, 2.0)
    y = column(st.integers(-400, 400).map(lambda k: k / 4))
    return Sample(column(st.integers(1, 40).map(float)), y, column(st.integers(0, 3)), strata, psu, frame)


def alike(found: Any, expected: Any, *, rel: float = 1e-9, scale: float = 1.0) -> bool:
    return bool(np.allclose(found, expected, rtol=rel, atol=1e-11 * scale, equal_nan=True))
