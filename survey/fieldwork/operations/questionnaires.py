"""A questionnaire is read in once, as it is: whatever is changed in it makes another version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from survey.fieldwork.queries import questionnaires
from survey.fieldwork.queries.questionnaires import KnownVersion
from survey.fieldwork.questionnaire import files
from survey.fieldwork.questionnaire.faults import faults
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.models import QuestionnaireVersion


def add(session: Session, form: Questionnaire, *, by: str, now: datetime) -> Questionnaire:
    """Keep a questionnaire for waves to choose; return it. Raises as `check` does."""
    check(session, form)
    row = QuestionnaireVersion(
        wording_hash=form.wording_hash, name=form.name, file=files.write(form), added_by=by, added_at=now
    )
    session.add(row)
    session.flush()
    return form


def take(session: Session, form: Questionnaire, *, keep: bool, by: str, now: datetime) -> None:
    """Check a questionnaire, and keep it if that is wished. Raises as `check` does."""
    if keep:
        add(session, form, by=by, now=now)
    else:
        check(session, form)


def check(session: Session, form: Questionnaire) -> None:
    """Raise Invalid with every fault of a questionnaire, one a line, unless it may be kept.

    Raises Conflict where it is there already, and Refused where its name is taken by other words: a wave
    that runs keeps the words that it sealed.
    """
    for known in questionnaires.every(session):
        _check_other(form, known)
    found = faults(form)
    if form.digest != "whole":
        found = (*found, _("新的问卷的“digest”只能是 whole。"))
    if found:
        raise Invalid("\n".join(found))


def _check_other(form: Questionnaire, known: KnownVersion) -> None:
    if form.wording_hash == known.form.wording_hash:
        raise Conflict(_("问卷 %(name)s 已经有了，一字不差。", name=known.form.name))
    if form.name != known.form.name:
        return
    if known.waves:
        raise Refused(
            _(
                "%(name)s 已经封存在 %(waves)s 里，改一个字也不行。改过的是另一个版本，请换一个名字。",
                name=form.name,
                waves="、".join(known.waves),
            )
        )
    raise Refused(_("已经有一份 %(name)s 了，内容不同。请换一个名字。", name=form.name))
