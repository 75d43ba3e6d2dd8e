"""What a check found, as the last section of docs/study.md; whatever isn't held says so."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator

from demo.study.judging import BROAD, FAILING, HONEST, LEAST, NOT_HELD, RMSE, WRONG, Accused, Judged, Verdicts
from demo.study.kinds import FLAGS, NAMED

HEADING = "## Published figures, checked"
WORLDS = {
    "base": "Silent households a little less content (log-odds .15, as the band allows)",
    HONEST: "Silent households alike",
    FAILING: "Silent households far less content (log-odds .40, beyond the band): this must fail",
}
INTRODUCTION = " ".join(
    (
        "Every figure here comes from the pipeline that is shipped (`survey/scores`): a city, its streets,",
        "communities and grids as a release has them, with margins; differences from the rounded table;",
        "grids of four waves; one list's bias and all lists'; a street's confirmed resolution by `sampling`",
        "on simulated call-backs. A release shows no districts, so none is here. Errors (±) are those",
        f"between cities. Promised: 95 % intervals hold the truth in {100 * LEAST:.0f} % of cases or more,",
        "less two of these errors; without hidden nonresponse the interval without the band in",
        f"{100 * BROAD[0]:.0f} to {100 * BROAD[1]:.0f} % for streets and grids; a grid's error is",
        f"{RMSE} points or less at ten answers where the silent are as the band allows; of grids called",
        f"below their type {100 * WRONG[FLAGS]:.0f} % or fewer wrongly, of named lists",
        f"{100 * WRONG[NAMED]:.0f} %. Widths, errors and biases are in points.",
    )
)
FIGURES = (
    "| figure | holds, % | without the band, % | width | without the band | error | bias | |",
    "|---|---|---|---|---|---|---|---|",
)
FINDINGS = (
    "| silent households | answers a grid | called out | in a city | wrongly, % | |",
    "|---|---|---|---|---|---|",
)


def section(found: Verdicts, *, seed: int, took: float) -> str:
    """Return the section, from its heading on."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    head = f"`python -m demo.check` with {found.cities} cities, seed {seed}, {took:.0f} s on {machine}."
    parts = [HEADING, head, INTRODUCTION, *_tables(found), *_called(found), _not_held(found)]
    return "\n\n".join(parts) + "\n"


def with_section(document: str, text: str) -> str:
    """Return a document with its section replaced, or appended where it had none."""
    return f"{document.partition(HEADING)[0].rstrip()}\n\n{text}"


def section_of(document: str) -> str:
    """Return the section of a document, or nothing."""
    _before, heading, rest = document.partition(HEADING)
    return heading + rest


def _tables(found: Verdicts) -> Iterator[str]:
    for scenario, n in dict.fromkeys((row.scenario, row.n) for row in found.figures):
        rows = [row for row in found.figures if (row.scenario, row.n) == (scenario, n)]
        yield f"**{WORLDS.get(scenario, scenario)}; {n} answers a grid**"
        yield "\n".join([*FIGURES, *map(_figure, rows)])


def _figure(row: Judged) -> str:
    cells = (
        row.kind,
        _share(row.coverage, row.error),
        _share(row.plain, row.plain_error),
        f"{row.width:.1f}",
        f"{row.width_plain:.1f}",
        f"{row.rmse:.1f}",
        f"{row.bias:+.1f}",
        row.verdict,
    )
    return f"| {' | '.join(cells)} |"


def _called(found: Verdicts) -> Iterator[str]:
    yield "**What is called out**"
    yield "\n".join([*FINDINGS, *map(_finding, found.findings)])


def _finding(row: Accused) -> str:
    wrong = _share(row.wrong, row.error, digits=2)
    return f"| {row.scenario} | {row.n} | {row.name} | {row.found:.1f} | {wrong} | {row.verdict} |"


def _share(share: float, error: float, *, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} ± {100 * error:.{digits}f}"


def _not_held(found: Verdicts) -> str:
    """What isn't held, by name."""
    failed = [f"{row.kind} at {row.n} ({row.scenario})" for row in found.figures if row.verdict == NOT_HELD]
    failed += [f"{row.name} at {row.n} ({row.scenario})" for row in found.findings if row.verdict == NOT_HELD]
    if not failed:
        return "All that is promised is held."
    return f"**Not held**: {'; '.join(failed)}."
