"""Questionnaires by their words or name: those that come with the program, and those read in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.questionnaire import files, versions
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.models import QuestionnaireVersion, Wave
from survey.waves.rules import wave_rules


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A questionnaire, and the waves that sealed it."""

    form: Questionnaire
    waves: Sequence[str]


def of(session: Session, wording_hash: str) -> Questionnaire:
    """Return the questionnaire with these words; raise Refused where this installation has none."""
    if wording_hash in versions.BY_WORDING:
        return versions.of(wording_hash)
    row = session.get(QuestionnaireVersion, wording_hash)
    return versions.of(wording_hash) if row is None else _read(row.file)


def every(session: Session) -> tuple[KnownVersion, ...]:
    """Return all questionnaires, the latest first."""
    rows = select(QuestionnaireVersion.file).order_by(
        QuestionnaireVersion.added_at, QuestionnaireVersion.name
    )
    forms = (*versions.EVERY, *(_read(file) for file in session.scalars(rows)))
    sealed = waves_by_wording(session)
    return tuple(KnownVersion(form, sealed.get(form.wording_hash, ())) for form in reversed(forms))


def named(session: Session, name: str) -> KnownVersion:
    """Return the questionnaire of this name; raise NotFound where there is none."""
    for known in every(session):
        if known.form.name == name:
            return known
    raise NotFound(_("没有名叫 %(name)s 的问卷。", name=name[:40]))


def waves_by_wording(session: Session) -> Mapping[str, Sequence[str]]:
    """Return the labels of the waves that sealed each questionnaire, by the digest of its words."""
    found: dict[str, list[str]] = {}
    for label, rules in session.execute(select(Wave.label, Wave.rules).order_by(Wave.label)):
        found.setdefault(wave_rules.read(rules).wording, []).append(label)
    return found


@lru_cache(maxsize=32)
def _read(file: bytes) -> Questionnaire:
    """The questionnaire of a file that was checked when it was read in; the same one every time."""
    return files.read(file)
