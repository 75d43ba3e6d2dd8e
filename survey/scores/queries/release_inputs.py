"""What a release is made of, read: its own inputs, what other releases show, what the ledger tells."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.drawing import groups
from survey.drawing.grouped_tally import NOTHING
from survey.models import CorrectedRelease, UndoneComplete, Wave
from survey.scores.queries import export, releases, score_inputs
from survey.scores.queries.releases import Release
from survey.scores.rules.inputs import ScoreInputs
from survey.scores.rules.release_making import FrozenBefore, ReleaseInputs
from survey.waves.queries import waves


class Changed(Refused):
    """What a release was made of isn't what it was."""


def first(session: Session, wave: Wave) -> ReleaseInputs:
    """Return what a wave's first release is made of."""
    return _given(session, wave, score_inputs.read(session, wave.label), ())


def again(session: Session, wave: Wave, former: Sequence[Release], *, undone: int, why: str) -> ReleaseInputs:
    """Return what the release after `former` is made of."""
    pinned = releases.pinned(former[0])
    before = [
        _frozen(each, score_inputs.read(session, wave.label, number=each.number, pinned=pinned))
        for each in former
    ]
    own = score_inputs.read(session, wave.label, number=len(former) + 1, pinned=pinned)
    return _given(session, wave, own, before, undone=undone, why=why)


def of(session: Session, release: Release) -> ReleaseInputs:
    """Return what a release that is out was made of; raise Changed where that isn't as it was.

    Raises Gone where answers of it are destroyed.
    """
    wave = waves.find(session, release.wave_label)
    former = [each for each in releases.every(session, wave.label) if each.number < release.number]
    own = score_inputs.read_again(session, release)
    if own.digest != release.inputs_sha256:
        raise Changed(_("%(label)s 的得分所用的材料，现在和当时的不一样，不能重算。", label=wave.label))
    before = [_frozen(each, score_inputs.read_again(session, each)) for each in former]
    why = release.why if isinstance(release, CorrectedRelease) else ""
    gone = select(func.count()).select_from(UndoneComplete).where(UndoneComplete.wave_label == wave.label)
    undone = session.scalar(gone.where(UndoneComplete.number == release.number)) or 0
    return _given(session, wave, own, before, undone=undone, why=why, release=release)


def _frozen(release: Release, inputs: ScoreInputs) -> FrozenBefore:
    return FrozenBefore(
        inputs, releases.rows_of(release), releases.complaints(release), export.digest_of(release)
    )


def _given(
    session: Session,
    wave: Wave,
    inputs: ScoreInputs,
    before: Sequence[FrozenBefore],
    *,
    undone: int = 0,
    why: str = "",
    release: Release | None = None,
) -> ReleaseInputs:
    labels = [each.label for each in inputs.former]
    until = None if release is None else release.made_at
    tally, score = (None, None) if wave.groups is None else waves.grouped_tally(session, wave)
    return ReleaseInputs(
        inputs=inputs,
        shown=score_inputs.shown_before(session, labels, until=until),
        groups=groups.parse((wave.groups or "").encode()),
        tally=tally,
        mean=NOTHING if score is None else score.mean,
        before=before,
        undone=undone,
        why=why,
    )
