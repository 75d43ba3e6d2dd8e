"""A release made of its inputs and of nothing else: figures, what is hidden, rows, the frozen body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from survey.drawing.grouped_tally import NOTHING, GroupedTally
from survey.scores.rules import concealing, concealing_again, estimation, evidence, release, waves_pooled
from survey.scores.rules.areas import places
from survey.scores.rules.concealing_again import FormerRelease
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.evidence import Evidence
from survey.scores.rules.inputs import ScoreInputs, text
from survey.scores.rules.items import DENS
from survey.scores.rules.release import ScoreRow
from survey.scores.rules.steps import ROWS, Told, silent
from survey.scores.rules.waves_pooled import Cell

FORMAT = "huying-scores/v2"


@dataclass(frozen=True, slots=True, eq=False)
class FrozenBefore:
    """A release of the same wave that is out: its inputs, its rows, and what else it says.

    `complaints` is what its model found for them, `sha256` the digest of its body.
    """

    inputs: ScoreInputs
    rows: Sequence[ScoreRow]
    complaints: Mapping[str, float]
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class ReleaseInputs:
    """All that a release is made of.

    `shown` are the waves of each figure of a grid that is out, by cell. `tally` and its `groups` are the
    ledger's; `mean` is that of the five answers, as the ledger writes it. Of a release that corrects others
    `before` are these, the first one first, `undone` how many completes count no more, and `why`.
    """

    inputs: ScoreInputs
    shown: Mapping[Cell, Sequence[frozenset[str]]]
    groups: Mapping[str, Sequence[str]]
    tally: GroupedTally | None
    mean: str
    before: Sequence[FrozenBefore] = field(default=())
    undone: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class MadeRelease:
    """Every figure, unrounded; the rows that are published of them; the body that is frozen."""

    figures: tuple[AreaFigure, ...]
    rows: tuple[ScoreRow, ...]
    body: str


def make(given: ReleaseInputs, *, told: Told = silent) -> MadeRelease:
    """Return the release: from the same inputs the same bytes."""
    return _again(given, told) if given.before else _first(given, told)


def figures(given: ReleaseInputs, *, told: Told = silent) -> tuple[AreaFigure, ...]:
    """Return every figure of a release, unrounded, hidden ones too."""
    return _figures(given.inputs, given.shown, told=told)


def _first(given: ReleaseInputs, told: Told) -> MadeRelease:
    inputs = given.inputs
    found = figures(given, told=told)
    hidden = concealing.conceal(found, _evidence(inputs, given.groups, given.tally), told=told)
    told(ROWS, 0, 1)
    rows = release.rows(inputs.label, found, inputs.facts, statuses=hidden)
    # Of the same answers, unadjusted: what the ledger will state beside the headline.
    return MadeRelease(found, rows, text(_body(inputs, found, rows, mean=given.mean)))


def _again(given: ReleaseInputs, told: Told) -> MadeRelease:
    inputs, last = given.inputs, given.before[-1]
    out = [_former(given, each) for each in given.before]
    found = figures(given, told=told)
    known = _evidence(inputs, given.groups, None)
    hidden = concealing_again.conceal_again(found, known, former=out, told=told)
    told(ROWS, 0, 1)
    rows = release.corrected(
        release.rows(inputs.tag, found, inputs.facts, statuses=hidden.statuses),
        last.rows,
        repeated=hidden.repeated,
        touched=concealing_again.touched(found, out[-1].figures),
    )
    corrects = {"sha256": last.sha256, "undone": given.undone, "why": given.why}
    # Of fewer answers the mean and the model's coefficient would tell of those that were undone.
    said = {"number": inputs.number, "corrects": corrects, "complaints": given.before[0].complaints}
    return MadeRelease(found, rows, text(_body(inputs, found, rows, mean=NOTHING) | said))


def _former(given: ReleaseInputs, each: FrozenBefore) -> FormerRelease:
    number = each.inputs.number
    return FormerRelease(
        _evidence(each.inputs, given.groups, given.tally if number == 1 else None),
        _figures(each.inputs, given.shown, told=silent),
        release.statuses_of(each.rows),
        release.repeated(each.rows, number=number),
    )


def _figures(
    inputs: ScoreInputs, shown: Mapping[Cell, Sequence[frozenset[str]]], *, told: Told
) -> tuple[AreaFigure, ...]:
    """The figures of a release, those of grids from several waves."""
    own = estimation.area_figures(
        inputs.rows,
        sizes=inputs.sizes,
        areas=inputs.areas,
        complaints=inputs.complaints,
        margins=inputs.margins,
        told=told,
    )
    return waves_pooled.pool(own, [each.answers for each in (*inputs.former, inputs)], shown=shown)


def _evidence(
    inputs: ScoreInputs, groups: Mapping[str, Sequence[str]], tally: GroupedTally | None
) -> Evidence:
    """What is behind the figures, and what the ledger tells of it."""
    return evidence.gather(
        inputs.rows,
        sizes=inputs.sizes,
        items=list(DENS),
        frame=None if inputs.facts.margins else places(inputs.areas, sizes=inputs.sizes).frame,
        tally=tally,
        groups=groups,
    )


def _body(
    inputs: ScoreInputs, found: Sequence[AreaFigure], rows: Sequence[ScoreRow], *, mean: str
) -> dict[str, object]:
    body: dict[str, object] = {
        "format": FORMAT,
        "wave": inputs.label,
        "response_rates": inputs.response_rates,
        "complaints": release.complaints(found),
        "margins": inputs.used,
        "mean": mean,
        "rows": [asdict(row) for row in rows],
    }
    return body | {"read": inputs.read} if inputs.read else body
