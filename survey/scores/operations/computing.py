"""The scores of a wave computed, with nothing stored: what a release will be, first or made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from survey.drawing import groups
from survey.drawing.grouped_tally import NOTHING, GroupedTally
from survey.models import Wave
from survey.scores.queries import computing, export, releases, score_inputs
from survey.scores.queries.releases import Release
from survey.scores.queries.score_inputs import ScoreInputs
from survey.scores.rules import (
    concealing,
    concealing_again,
    detail,
    evidence,
    release,
)
from survey.scores.rules.areas import places
from survey.scores.rules.concealing_again import FormerRelease
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.evidence import Evidence
from survey.scores.rules.items import DENS
from survey.scores.rules.release import ScoreRow
from survey.scores.rules.steps import READING, ROWS, Told
from survey.waves.queries import waves


@dataclass(frozen=True, slots=True)
class ComputedRelease:
    """The `number`-th release of a wave as it will be stored, with the digest of its inputs."""

    number: int
    inputs_sha256: str
    body: str
    detail: str


def compute(session: Session, wave: Wave, *, told: Told) -> ComputedRelease:
    """Return the first release of a wave."""
    told(READING, 0, 1)
    inputs = score_inputs.read(session, wave.label)
    found = computing.figures(session, inputs, told=told)
    tally, score = (None, None) if wave.groups is None else waves.grouped_tally(session, wave)
    hidden = concealing.conceal(found, _evidence(wave, inputs, tally), told=told)
    told(ROWS, 0, 1)
    rows = release.rows(wave.label, found, inputs.facts, statuses=hidden)
    # Of the same answers, unadjusted: what the ledger will state beside the headline.
    body = _body(inputs, found, rows, mean=NOTHING if score is None else score.mean)
    return _computed(inputs, found, body)


def compute_again(
    session: Session, wave: Wave, former: Sequence[Release], *, why: str, undone: int, told: Told
) -> ComputedRelease:
    """Return the release that follows the `former` ones, without the completes that count no more from it."""
    told(READING, 0, 1)
    read = releases.pinned(former[0])
    before = [score_inputs.read(session, wave.label, number=each.number, pinned=read) for each in former]
    inputs = score_inputs.read(session, wave.label, number=len(former) + 1, pinned=read)
    tally = None if wave.groups is None else waves.grouped_tally(session, wave)[0]
    out = [
        FormerRelease(
            _evidence(wave, each, tally if each.number == 1 else None),
            computing.figures(session, each),
            release.statuses_of(releases.rows_of(frozen)),
            release.repeated(releases.rows_of(frozen), number=each.number),
        )
        for each, frozen in zip(before, former, strict=True)
    ]
    found = computing.figures(session, inputs, told=told)
    hidden = concealing_again.conceal_again(found, _evidence(wave, inputs, None), former=out, told=told)
    told(ROWS, 0, 1)
    rows = release.corrected(
        release.rows(inputs.tag, found, inputs.facts, statuses=hidden.statuses),
        releases.rows_of(former[-1]),
        repeated=hidden.repeated,
        touched=concealing_again.touched(found, out[-1].figures),
    )
    corrects = {"sha256": export.digest_of(former[-1]), "undone": undone, "why": why}
    # Of fewer answers the mean and the model's coefficient would tell of those that were undone.
    said = {"number": inputs.number, "corrects": corrects, "complaints": releases.complaints(former[0])}
    body = _body(inputs, found, rows, mean=NOTHING) | said
    return _computed(inputs, found, body)


def digest_now(session: Session, label: str, *, number: int) -> str:
    """Return the digest of what the `number`-th release of a wave would be computed from now."""
    former = releases.every(session, label)
    read = releases.pinned(former[0]) if former else None
    return score_inputs.read(session, label, number=number, pinned=read).digest


def _computed(inputs: ScoreInputs, found: Sequence[AreaFigure], body: object) -> ComputedRelease:
    return ComputedRelease(
        number=inputs.number,
        inputs_sha256=inputs.digest,
        body=score_inputs.text(body),
        detail=score_inputs.text(detail.of(inputs.label, found)),
    )


def _body(
    inputs: ScoreInputs, found: Sequence[AreaFigure], rows: Sequence[ScoreRow], *, mean: str
) -> dict[str, object]:
    body: dict[str, object] = {
        "format": releases.FORMAT,
        "wave": inputs.label,
        "response_rates": inputs.response_rates,
        "complaints": release.complaints(found),
        "margins": inputs.used,
        "mean": mean,
        "rows": [asdict(row) for row in rows],
    }
    return body | {"read": inputs.read} if inputs.read else body


def _evidence(wave: Wave, inputs: ScoreInputs, tally: GroupedTally | None) -> Evidence:
    """What is behind the figures, and what the ledger tells of it."""
    return evidence.gather(
        list(inputs.units.values()),
        sizes=inputs.sizes,
        items=list(DENS),
        frame=None if inputs.facts.margins else places(inputs.areas, sizes=inputs.sizes).frame,
        tally=tally,
        groups=groups.parse((wave.groups or "").encode()),
    )
