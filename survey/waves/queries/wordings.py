"""Which questionnaires a wave may be frozen with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.models import QuestionnaireVersion, Wave
from survey.waves.rules import wave_rules
from survey.waves.rules.wave_rules import FIRST_WORDING, WORDINGS


def every(session: Session) -> dict[str, str]:
    """Return the digests of the words by name: those that come with the program, then those read in."""
    added = select(QuestionnaireVersion.name, QuestionnaireVersion.wording_hash)
    ordered = added.order_by(QuestionnaireVersion.added_at, QuestionnaireVersion.name)
    return {**WORDINGS, **dict(session.execute(ordered).all())}


def offered(session: Session) -> list[tuple[str, str]]:
    """Return names and digests of those that a page offers, the latest first: the first of all is past."""
    return [(name, found) for name, found in reversed(every(session).items()) if found != FIRST_WORDING]


def of_name(session: Session, name: str) -> str:
    """Return the digest of the words of a questionnaire; raise Invalid where there is none of that name."""
    found = every(session).get(name)
    if found is None:
        raise Invalid(_("没有名叫 %(name)s 的问卷，请先读入它的文件。", name=name))
    return found


def of_wave(session: Session, wave: Wave) -> tuple[str, str]:
    """Return name and digest of the questionnaire that a wave has sealed."""
    sealed = wave_rules.read(wave.rules).wording
    return next((name for name, found in every(session).items() if found == sealed), sealed[:16]), sealed


def check(session: Session, wording: str) -> None:
    """Raise Invalid unless there is a questionnaire with these words."""
    if wording not in every(session).values():
        raise Invalid(_("没有指纹为 %(wording)s 的问卷，请先读入它的文件。", wording=wording[:16]))
