"""One wave of the invented city, and its direct figures computed plainly: loops, no part of the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from demo.study import field
from demo.study.city import GRIDS, SCENARIOS, build
from demo.study.surveyed import COMMUNITY, STREET, completed, frame, terms
from survey.scores.rules.columns import UNRATED, Completes, Frame
from survey.scores.rules.pipeline import OVERALL, Terms


@dataclass(frozen=True)
class Wave:
    """What the pipeline is given."""

    frame: Frame
    completes: Completes
    terms: Terms


def demo_wave(seed: int = 16) -> Wave:
    """Three answers a grid, but none from some grids and one from others; a third can't rate."""
    city = build(SCENARIOS["base"], seed=[seed, 0])
    drawn = field.sample(field.calls(city, seed=[seed, 1]), 3)
    whole = completed(city, drawn, city.of, city.satisfied)
    random = np.random.default_rng(seed)
    held = random.choice([0, 1, 3], GRIDS, p=[0.05, 0.25, 0.7])
    place = np.arange(whole.stratum.size) - np.searchsorted(whole.stratum, np.arange(GRIDS))[whole.stratum]
    order = np.argsort(whole.stratum, kind="stable")
    kept = order[place[order] < held[whole.stratum[order]]]
    said = np.where(random.random(kept.size) < 1 / 3, UNRATED, whole.items[OVERALL][kept])
    made = Completes(
        whole.stratum[kept], {OVERALL: said}, {name: of[kept] for name, of in whole.categories.items()}
    )
    return Wave(frame(city), made, terms(city, drawn))


def together(wave: Wave, held: Any) -> list[int]:
    """Each grid's group: short ones join the next of their street and type, the last one the one before."""
    group = list(range(GRIDS))
    for street in range(int(STREET.max()) + 1):
        for kind in range(4):
            parts: list[list[int]] = []
            for grid in np.flatnonzero((street == STREET) & (wave.frame.type == kind)).tolist():
                if parts and sum(held[parts[-1]]) < 2:
                    parts[-1].append(grid)
                else:
                    parts.append([grid])
            if len(parts) > 1 and sum(held[parts[-1]]) < 2:
                last = parts.pop()
                parts[-1].extend(last)
            for part in parts:
                for grid in part:
                    group[grid] = part[0]
    return group


def united(one: list[int], other: list[int]) -> list[int]:
    """Who is together in one of both is together."""
    label = list(range(len(one)))
    while True:
        before = list(label)
        for grouping in (one, other):
            least: dict[int, int] = {}
            for place, name in enumerate(grouping):
                least[name] = min(least.get(name, label[place]), label[place])
            label = [least[name] for name in grouping]
        if label == before:
            return label


def means_of(values: Any, label: Any) -> Any:
    """The mean of each row's level."""
    level = np.unique(label, return_inverse=True)[1]
    return (np.bincount(level, values) / np.bincount(level))[level]


def raked(base: Any, labels: list[Any], aims: list[dict[int, float]]) -> Any:
    """Weights that meet every margin, one margin after the other, until nothing moves."""
    w = base.copy()
    for _ in range(5000):
        before = w.copy()
        for label, aim in zip(labels, aims, strict=True):
            names, level = np.unique(label, return_inverse=True)
            w *= (np.array([aim[name] for name in names.tolist()]) / np.bincount(level, w))[level]
        if np.abs(w / before - 1).max() < 1e-14:
            break
    return w


def plain_figures(wave: Wave, *, all_of_them: bool) -> dict[str, dict[int, dict[str, float]]]:
    """The direct figures by level and place."""
    at, said = wave.completes.stratum, wave.completes.items[OVERALL]
    counted = np.ones(at.size, dtype=bool) if all_of_them else said != UNRATED
    yes = (said == 1).astype(float)
    group = np.array(together(wave, np.bincount(at, minlength=GRIDS)))
    stands = {name: wave.frame.households[group == name].sum() for name in set(group.tolist())}
    own = group[at]
    base = np.array([stands[name] / (own == name).sum() for name in own.tolist()])
    labels = [own, *(wave.completes.categories[one.name] for one in wave.terms.margins)]
    aims = [{name: base[own == name].sum() for name in set(own.tolist())}]
    known = [one.households * base.sum() / one.households.sum() for one in wave.terms.margins]
    aims.extend(dict(enumerate(households.tolist())) for households in known)
    w = raked(base, labels, aims)
    held = np.bincount(at[counted], minlength=GRIDS)
    stratum = np.array(united(group.tolist(), together(wave, held)))[at]
    levels = {"city": np.zeros(GRIDS, dtype=int), "street": STREET, "community": COMMUNITY}
    out: dict[str, dict[int, dict[str, float]]] = {"grid": {}}
    for level, of in levels.items():
        out[level] = {}
        for place in sorted(set(of[at[counted]].tolist())):
            inside = counted & (of[at] == place)
            out[level][place] = _share(inside, yes, w, labels, stratum=stratum, own=own, stands=stands)
    for place in sorted(set(at[counted].tolist())):
        inside = counted & (at == place)
        worth = w[inside].sum() ** 2 / (w[inside] ** 2).sum()
        p = float((w * yes)[inside].sum() / w[inside].sum())
        low, high = _wilson(p, worth, stats.norm.ppf(0.975))
        out["grid"][place] = {"est": p, "n_eff": worth, "low": low, "high": high}
    return out


def _share(
    inside: Any, yes: Any, w: Any, labels: list[Any], *, stratum: Any, own: Any, stands: Any
) -> dict[str, float]:
    p = float((w * yes)[inside].sum() / w[inside].sum())
    # What raking explains: ten rounds, margin after margin, as R's rake.
    rest = np.where(inside, (yes - p) / w[inside].sum(), 0.0)
    for _ in range(10):
        for label in labels:
            rest = rest - means_of(rest, label)
    u, variance, chances = w * rest, 0.0, 0.0
    rows_in, strata_in = int(inside.sum()), set(stratum[inside].tolist())
    for name in set(stratum.tolist()):
        here = stratum == name
        n, frame_size = int(here.sum()), sum(stands[each] for each in set(own[here].tolist()))
        # One answer alone: from the mean of all of them.
        spread = u[here] - (u.mean() if n == 1 else u[here].mean())
        variance += (1 - n / frame_size) * n / max(n - 1, 1) * (spread**2).sum()
        chances += (here & inside).sum() * frame_size / n
    df = rows_in - len(strata_in)
    size = min(p * (1 - p) / variance, rows_in / (1 - rows_in / chances)) if 0 < p < 1 else rows_in
    low, high = _wilson(p, size, stats.t.ppf(0.975, df))
    return {"est": p, "se": float(np.sqrt(variance)), "df": df, "n": rows_in, "low": low, "high": high}


def _wilson(p: float, n: float, z: float) -> tuple[float, float]:
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (2 * n) * np.sqrt(4 * n * p * (1 - p) + z**2) / (1 + z**2 / n)
    return middle - half, middle + half
