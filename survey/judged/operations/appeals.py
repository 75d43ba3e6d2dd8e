"""Appeals: lodged by a card's holder, counted again by one person, decided by two of different roles."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey import campaign
from survey.drawing import result_entries
from survey.judged.operations import cards
from survey.judged.queries import appeals as queries
from survey.judged.queries import recounts
from survey.judged.rules import appeals as rules
from survey.judged.rules.appeals import LodgedAppeal
from survey.models import Appeal, AppealFinding
from survey.waves.queries import waves
from survey.waves.rules.early_ending import Signer


def lodge(session: Session, code: str, given: LodgedAppeal, *, keys: Keyring, now: datetime) -> Appeal:
    """Take an appeal of whoever holds a card's code, while the judged look; one at a time for an area.

    The ledger has its number, its kind of reason and its day, not whose it is.
    """
    held = cards.followed(session, code, keys=keys, now=now)
    if now >= held.preview_ends:
        raise Conflict(_("可以申诉的日子已经过了。"))
    campaign.campaign_lock(session)
    if queries.is_open(session, held.label, held.unit):
        raise Conflict(_("这张卡已经有一件申诉，还没有结果。"))
    known = queries.known_cases(session, held.label, held.unit, given.cases)
    checked = rules.check_lodged(given, known=known)
    due, number = rules.due_at(now), _next_number(session, held.label)
    line = result_entries.appeal(wave=held.label, n=number, why=checked.reason, until=clock.day(due))
    row = Appeal(
        wave_label=held.label,
        number=number,
        unit=held.unit,
        reason=checked.reason,
        said=checked.said,
        cases=json.dumps(checked.cases),
        lodged_at=now,
        due_at=due,
        entry=waves.find(session, held.label).ledger.append(session, line, at=now),
    )
    session.add(row)
    session.flush()
    return row


def take(session: Session, appeal: int, *, by: Signer, now: datetime) -> Appeal:
    """Let somebody put a name to counting an appeal again; raise Conflict where somebody did."""
    rules.check_decider(by)
    row = _locked(session, appeal)
    rules.check_taken(row.taken_by)
    row.taken_by, row.taken_role, row.taken_at = by.login, by.role, now
    session.flush()
    return row


def count_again(session: Session, appeal: int, *, by: Signer, now: datetime) -> Appeal:
    """Compute the card's rows once more from the sealed answers, and keep whether they are as frozen."""
    row = _locked(session, appeal)
    rules.check_finder(row.taken_by, by=by, due=row.due_at, now=now)
    if row.recount is not None:
        raise Conflict(_("已经重算过了。"))
    found = recounts.counted_again(session, row.wave_label, row.unit)
    row.recount, row.recounted_at = json.dumps(asdict(found)), now
    session.flush()
    return row


def find(
    session: Session, appeal: int, *, outcome: str, said: str, by: Signer, now: datetime
) -> AppealFinding:
    """Keep what was found; it stands once a second person of another role agrees."""
    row = _locked(session, appeal)
    rules.check_finder(row.taken_by, by=by, due=row.due_at, now=now)
    if outcome not in rules.OUTCOMES:
        raise Invalid(_("请选择：维持，还是更正。"))
    if row.recount is None:
        raise Conflict(_("请先重算卡上的各行。"))
    if queries.standing_finding(session, row.id) is not None:
        raise Conflict(_("已经写了结果，等另一种职责的人决定。"))
    words = rules.check_words(said, names=queries.names_to_keep(session, row))
    made = AppealFinding(
        appeal_id=row.id, outcome=outcome, said=words, found_by=by.login, found_role=by.role, found_at=now
    )
    session.add(made)
    session.flush()
    return made


def decide(session: Session, appeal: int, *, agrees: bool, by: Signer, now: datetime) -> AppealFinding:
    """Let what was found stand, by a second name of another role, or send it back; the ledger has the end."""
    row = _locked(session, appeal)
    finding = queries.standing_finding(session, row.id)
    if finding is None or finding.second_at is not None:
        raise Conflict(_("现在没有等着决定的结果。"))
    first = Signer(finding.found_by, finding.found_role)
    rules.check_second(first, by)
    finding.second_by, finding.second_role, finding.second_at, finding.agrees = by.login, by.role, now, agrees
    if agrees:
        names = [first.entry(), by.entry()]
        line = result_entries.appeal_decided(wave=row.wave_label, n=row.number, how=finding.outcome, by=names)
        finding.entry = waves.find(session, row.wave_label).ledger.append(session, line, at=now)
    session.flush()
    return finding


def _locked(session: Session, appeal: int) -> Appeal:
    row = session.get(Appeal, appeal, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("没有这件申诉。"))
    return row


def _next_number(session: Session, label: str) -> int:
    last = session.scalar(select(func.max(Appeal.number)).where(Appeal.wave_label == label))
    return 1 + (last or 0)
