"""The scores of a wave computed, with nothing stored: what a release will be, first or made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.models import Wave
from survey.scores.queries import release_inputs, releases, score_inputs
from survey.scores.queries.releases import Release
from survey.scores.rules import detail
from survey.scores.rules.inputs import text
from survey.scores.rules.release_making import ReleaseInputs, make
from survey.scores.rules.steps import READING, Told


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
    return _computed(release_inputs.first(session, wave), told=told)


def compute_again(
    session: Session, wave: Wave, former: Sequence[Release], *, why: str, undone: int, told: Told
) -> ComputedRelease:
    """Return the release that follows the `former` ones, without the completes that count no more from it."""
    told(READING, 0, 1)
    return _computed(release_inputs.again(session, wave, former, undone=undone, why=why), told=told)


def digest_now(session: Session, label: str, *, number: int) -> str:
    """Return the digest of what the `number`-th release of a wave would be computed from now."""
    former = releases.every(session, label)
    read = releases.pinned(former[0]) if former else None
    return score_inputs.read(session, label, number=number, pinned=read).digest


def _computed(given: ReleaseInputs, *, told: Told) -> ComputedRelease:
    made = make(given, told=told)
    inputs = given.inputs
    return ComputedRelease(
        number=inputs.number,
        inputs_sha256=inputs.digest,
        body=made.body,
        detail=text(detail.of(inputs.label, made.figures)),
    )
