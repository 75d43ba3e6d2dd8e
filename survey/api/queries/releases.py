"""Releases as programs ask for them: which there are for a token, what each says of itself, its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.api.queries.kept import KeptAnswers
from survey.api.rules.selection import Parents
from survey.api.rules.tokens import TokenScope
from survey.models import OF_REGISTRY, CorrectedRelease, ScoreRelease, Wave, WaveArea
from survey.scores.queries import export, releases
from survey.scores.rules.release import ScoreRow

CLOSED = "closed"
"""The state of a wave whose scores are published."""
FIRST = 1


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """What a release says of itself.

    `corrects` and `corrected_by` are the identifiers of its neighbours; of a corrected release `why` and
    `undone` say what changed.
    """

    wave: str
    number: int
    made_at: datetime
    published: bool
    release_sha256: str
    corrects: str | None
    corrected_by: str | None
    why: str | None
    undone: int | None

    @property
    def id(self) -> str:
        """Wave and number, by which programs name it."""
        return identifier(self.wave, self.number)

    @property
    def etag(self) -> str:
        """Its digest; with the number of the release that corrects it, once there is one."""
        return self.release_sha256 + (f"+{self.number + 1}" if self.corrected_by else "")


def identifier(label: str, number: int) -> str:
    """Return by what a release is named."""
    return f"{label}.{number}"


class ReleaseHeads:
    """What releases say of themselves, their digests worked out once: bodies of many grids are megabytes."""

    def __init__(self) -> None:
        self._said = KeptAnswers(500)

    def of(self, session: Session, scope: TokenScope) -> list[ReleaseHead]:
        """Return the releases that exist for a token, those of the newest wave first, in their order."""
        found: list[ReleaseHead] = []
        for label, published in _waves(session, scope):
            found += self._of_wave(session, label, published=published)
        return found

    def get(self, session: Session, scope: TokenScope, named: str) -> ReleaseHead:
        """Return a release by its identifier; raise NotFound where there is none for this token."""
        label, _dot, _number = named.rpartition(".")
        published = dict(_waves(session, scope, label=label))
        heads = self._of_wave(session, label, published=published[label]) if label in published else []
        found = next((head for head in heads if head.id == named), None)
        if found is None:
            raise NotFound(_("没有这次公布，或者这个令牌不能读它。"))
        return found

    def _of_wave(self, session: Session, label: str, *, published: bool) -> list[ReleaseHead]:
        heads = [
            self._said.get((label, *mark), partial(_head, session, label, mark[0]))
            for mark in _marks(session, label)
        ]
        ids = [head.id for head in heads]
        return [
            replace(head, published=published, corrects=former, corrected_by=later)
            for head, former, later in zip(heads, [None, *ids[:-1]], [*ids[1:], None], strict=True)
        ]


@dataclass(frozen=True, slots=True)
class FrozenTable:
    """All rows of a release as they were frozen, and the tree of areas as it was at the wave's freeze."""

    rows: Sequence[ScoreRow]
    parents: Parents


class FrozenTables:
    """The tables that were asked for last: reading one of twenty thousand grids takes seconds."""

    def __init__(self) -> None:
        self._kept = KeptAnswers(3)

    def of(self, session: Session, head: ReleaseHead) -> FrozenTable:
        """Return the table of a release."""
        key = (head.wave, head.number, head.release_sha256)
        return self._kept.get(key, partial(_table, session, head))


def _table(session: Session, head: ReleaseHead) -> FrozenTable:
    release = releases.get(session, head.wave, number=head.number)
    return FrozenTable(releases.rows_of(release), parents(session, head.wave))


def parents(session: Session, label: str) -> Parents:
    """Return the tree of areas as it was at a wave's freeze."""
    tree = select(WaveArea.code, WaveArea.parent_code).where(WaveArea.wave_label == label)
    return {code: above for code, above in session.execute(tree)}  # noqa: C416


def _waves(session: Session, scope: TokenScope, *, label: str | None = None) -> list[tuple[str, bool]]:
    """The waves with scores that exist for a token, the newest first, and whether they are published."""
    found = select(Wave.label, Wave.state).join(ScoreRelease, ScoreRelease.wave_label == Wave.label)
    found = found.where(OF_REGISTRY).order_by(Wave.first_entry.desc())
    if label is not None:
        found = found.where(Wave.label == label)
    if scope.only_published:
        found = found.where(Wave.state == CLOSED)
    return [(name, state == CLOSED) for name, state in session.execute(found)]


def _marks(session: Session, label: str) -> list[tuple[int, datetime, str]]:
    """What tells each release of a wave from any other, without reading its body."""
    once, again = ScoreRelease, CorrectedRelease
    first = session.execute(select(once.made_at, once.inputs_sha256).where(once.wave_label == label)).one()
    later = select(again.number, again.made_at, again.inputs_sha256).where(again.wave_label == label)
    corrected = session.execute(later.order_by(again.number))
    return [(FIRST, first[0], first[1]), *((number, at, inputs) for number, at, inputs in corrected)]


def _head(session: Session, label: str, number: int) -> ReleaseHead:
    release = releases.get(session, label, number=number)
    changed = releases.change(release)
    return ReleaseHead(
        wave=release.wave_label,
        number=release.number,
        made_at=release.made_at,
        published=False,
        release_sha256=export.digest_of(release),
        corrects=None,
        corrected_by=None,
        why=release.why if isinstance(release, CorrectedRelease) else None,
        undone=None if changed is None else changed.undone,
    )
