"""What was found of the numbers of the control part's households."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from survey.models import Account, ControlCheck
from survey.waves.queries import control, waves
from survey.waves.rules.control import ControlFinding


def note(
    session: Session, label: str, unit: str, *, finding: ControlFinding, by: Account, now: datetime
) -> None:
    """Keep what was found of a household's number, once; raise NotFound or Conflict."""
    if unit not in control.units(session, waves.find(session, label)):
        raise NotFound(_("这一户不在核对的名单里。"))
    if session.get(ControlCheck, unit):
        raise Conflict(_("这一户已经核对过了。"))
    source = finding.source.strip()
    session.add(
        ControlCheck(unit=unit, wave_label=label, result=finding.result, source=source, by_id=by.id, at=now)
    )
    session.flush()
