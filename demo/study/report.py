"""The study as a document: tables beside the figures it is held against, and two pictures."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import scipy

from demo.study import pictures
from demo.study.detection import DetectedLists
from demo.study.replicates import PUBLISHED, SIZES, Mean, Means

HERE = Path(__file__).parent
TARGETS: Mapping[str, Any] = json.loads((HERE / "targets.json").read_text(encoding="utf-8"))
SLACK = 0.002
NAMES = {
    "rmse": ("Root mean squared error, points", 100, 1),
    "cover": ("Grids whose interval holds the truth, %", 100, 1),
    "wrong": ("Of the 40 lowest by score, not the 40 lowest in truth, %", 100, 0),
    "good_punished": ("Of them, above the median in truth, %", 100, 1),
    "flag_n": ("Grids called below their type (of 400)", 1, 1),
    "flag_false": ("Of those, not below it in truth", 1, 2),
    "flag_caught": ("Of the 40 furthest below, called, %", 100, 1),
}
DRAWN = (
    "worker list",
    "random, unweighted",
    "+ class weights",
    "FH, REML",
    "FH adjusted + band",
    PUBLISHED,
    "FH + QR",
)
MARGIN_HEAD = (
    "| answers an arm | excess, distorted | honest | named of the distorted, % | honest of the named, % "
    "| city found, % | cautious share above the truth, % |"
)
PLAIN_HEAD = (
    "| answers an arm | excess | named of the distorted, % | honest of the named, % | city found, % "
    "| sd of the city's mean, points |"
)


@dataclass(frozen=True, slots=True)
class Study:
    """What was run, and what it found."""

    replicates: int
    runs: int
    seed: int
    base: Means
    cities: Mapping[str, Mean]
    others: Mapping[str, Means]
    margin: Mapping[str, DetectedLists]
    plain: Mapping[str, DetectedLists]


def document(study: Study, *, took: float) -> str:
    """Return the study's document."""
    base, targets = study.base, TARGETS["base"]
    held = list(_held(base, targets))
    far = [words for words, differ in held if differ]
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    ratings = base["QR mean"]["all"]
    return Template((HERE / "words.md").read_text(encoding="utf-8")).substitute(
        replicates=study.replicates,
        runs=study.runs,
        seed=study.seed,
        took=f"{took:.0f}",
        machine=f"{os.cpu_count()} cores, {platform.machine()}, {versions}",
        cities="\n".join(_city(name, mean) for name, mean in study.cities.items()),
        scores="\n\n".join(table(base, measure, targets=targets) for measure in NAMES),
        bare=", ".join(
            _cell(base, targets, "FH adjusted + band", n, "cover_without_band", 100, 1) for n in SIZES
        ),
        qr_error=f"{100 * ratings['rmse'][0]:.1f}",
        qr_cover=f"{100 * ratings['cover'][0]:.0f}",
        number=len(held),
        differing=len(far),
        differences="\n".join(f"- {words}" for words in far),
        scenarios="".join(_scenario(name, means) for name, means in study.others.items()),
        margin=_margin(study.margin),
        plain=_plain(study.plain),
    )


def pictures_of(study: Study) -> dict[str, str]:
    """Return the study's pictures as SVG, by name."""

    def series(measure: str) -> dict[str, list[float]]:
        return {name: [100 * study.base[name][str(n)][measure][0] for n in SIZES] for name in DRAWN}

    cover = "Grids whose interval holds the truth"
    return {
        "study-rmse.svg": pictures.lines("Error of a grid's score", series("rmse"), SIZES, unit="points"),
        "study-cover.svg": pictures.lines(cover, series("cover"), SIZES, unit="%; dashed: promised", rule=95),
    }


def table(means: Means, measure: str, *, targets: Mapping[str, Any]) -> str:
    """Return one measure's table: estimators by answers a grid, targets in brackets, ≠ where they differ."""
    title, times, digits = NAMES[measure]
    head = f"| score | {' | '.join(f'n = {n}' for n in SIZES)} |"
    lines = [f"**{title}**", "", head, "|---|" + "---|" * len(SIZES)]
    for estimator, sizes in means.items():
        if "all" not in sizes:
            cells = [_cell(means, targets, estimator, n, measure, times, digits) for n in SIZES]
            lines.append(f"| {estimator} | {' | '.join(cells)} |")
    return "\n".join(lines)


def differs(found: Mean, target: Sequence[float]) -> bool:
    """Whether two means lie further apart than three of their errors and a little."""
    return abs(found[0] - target[0]) > 3 * math.hypot(found[1], target[1]) + SLACK


def _cell(  # noqa: PLR0917
    means: Means, targets: Mapping[str, Any], estimator: str, n: int, measure: str, times: float, digits: int
) -> str:
    found, target = means[estimator][str(n)][measure], _target(targets, estimator, str(n), measure)
    text = f"{times * found[0]:.{digits}f} ± {times * found[1]:.{digits}f}"
    if target is None:
        return text
    return f"{text} ({times * target[0]:.{digits}f}){' ≠' if differs(found, target) else ''}"


def _target(targets: Mapping[str, Any], *path: str) -> Sequence[float] | None:
    found: Any = targets
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return None if found is None else tuple(found)


def _held(means: Means, targets: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield every figure that has a target, in words, and whether it lies further off than by chance."""
    for estimator, sizes in means.items():
        for n, values in sizes.items():
            for measure, found in values.items():
                target = _target(targets, estimator, n, measure)
                if target is not None:
                    gap = f"{found[0]:.4f} instead of {target[0]:.4f} ({found[0] - target[0]:+.4f})"
                    yield f"{estimator}, n = {n}, {measure}: {gap}", differs(found, target)


def _city(name: str, mean: Mean) -> str:
    return f"| {name} | {mean[0]:.4f} ± {mean[1]:.4f} | {TARGETS['city'][name]:.4f} |"


def _scenario(name: str, means: Means) -> str:
    tables = [
        table(means, each, targets=TARGETS.get(name, {}))
        for each in ("rmse", "cover", "flag_n", "flag_false")
    ]
    return "\n".join([f"\n## Scenario {name}\n", "\n\n".join(tables), ""])


def _margin(found: Mapping[str, DetectedLists]) -> str:
    lines = [MARGIN_HEAD, "|---|---|---|---|---|---|---|"]
    for key, each in found.items():
        target = TARGETS["detection"]["margin"][key]
        power, fdr = _beside(each.power, target["power"]), _beside(each.fdr, target["fdr"])
        ends = f"{100 * each.city:.0f} | {100 * each.above_truth:.1f}"
        lines.append(f"| {' | '.join(key.split('|'))} | {power} | {fdr} | {ends} |")
    return "\n".join(lines)


def _plain(found: Mapping[str, DetectedLists]) -> str:
    lines = [PLAIN_HEAD, "|---|---|---|---|---|---|"]
    for key, each in found.items():
        target = TARGETS["detection"]["no_margin"][key]
        power, fdr = _beside(each.power, target["power_bh10"]), _beside(each.fdr, target["fdr_bh"])
        spread = f"{100 * each.spread:.2f} ({100 * target['mean_difference_sd']:.2f})"
        lines.append(f"| {' | '.join(key.split('|'))} | {power} | {fdr} | {100 * each.city:.0f} | {spread} |")
    return "\n".join(lines)


def _beside(found: float, target: float) -> str:
    return f"{100 * found:.1f} ({100 * target:.1f})"
