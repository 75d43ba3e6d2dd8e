"""A case is opened: once a form, with the contact frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import proofs
from feedback.cases.operations.steps import keep
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import codes, deadlines, lifecycle
from feedback.cases.rules.requests import HelpRequest
from feedback.duty import queries as duty
from feedback.models import Area, Case, Poster
from feedback.roles import OFFICE
from feedback.web.rules.texts import needed
from huying.base.errors import Gone, Invalid, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks

LONGEST_CATEGORY, LONGEST_TEXT, LONGEST_LOCATION = 80, 1000, 200


ONCE_LENGTHS = range(16, 65)


OPENED_BY = {"poster": "resident", "voice": "resident", "operator": "operator", "staff": "worker"}
"""Sources from which a case is opened here, and the actor that each stands for."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case and the receipt by which its resident follows it."""

    case: Case
    receipt: str


def open_case(
    session: Session,
    request: HelpRequest,
    *,
    poster: Poster | None = None,
    grid_code: str | None = None,
    once: str,
    source: str,
    vault: Vault,
    now: datetime,
) -> NewCase:
    """Open a case in the grid of `poster`, or of `grid_code`; the contact is frozen with it.

    `once` marks one form: however often it is sent, there is one case and one receipt. Raise Invalid for
    what is missing or too long, Gone for a retired poster, NotFound for an unknown grid.
    """
    if len(once) not in ONCE_LENGTHS:
        raise Invalid(_("这张表单不完整，请回到上一页重新打开。"))
    locks.hold(session, "once", once)
    receipt = codes.receipt_of(vault, once=once)
    known = session.scalar(select(Case).where(Case.once == once))
    if known is not None:
        return NewCase(known, receipt)
    case = _case(request, once=once, source=source, grid_code=_grid(session, poster, grid_code), now=now)
    case.receipt_hash = codes.receipt_hash(vault, receipt)
    case.poster_id = poster.id if poster else None
    grid = str(case.grid_code)
    case.worker_code = duty.serving(session, {grid}, at=now).get(grid)
    _freeze_contact(case, request.contact, vault=vault)
    _begin(session, case, actor=_opener(source), now=now)
    if source == "voice" and request.contact is not None:
        proofs.prove_by_voice(session, case, now=now)
    return NewCase(case, receipt)


def open_for_office(
    session: Session, request: HelpRequest, *, grid_code: str, once: str, now: datetime
) -> Case:
    """Open a case that the office answers for, whoever is on duty: a vacancy, a number that is dead.

    `once` names the cause: however often it is seen, there is one case. Nobody is asked to rate it.
    """
    locks.hold(session, "once", once)
    key = f"{OFFICE}:{sha256(once.encode()).hexdigest()[:40]}"
    known = session.scalar(select(Case).where(Case.once == key))
    if known is not None:
        return known
    case = _case(request, once=key, source="staff", grid_code=_grid(session, None, grid_code), now=now)
    _begin(session, case, actor=OFFICE, now=now)
    return case


def _case(request: HelpRequest, *, once: str, source: str, grid_code: str, now: datetime) -> Case:
    return Case(
        code=codes.case_code(f"{grid_code}/{once}".encode(), at=now),
        once=once,
        source=source,
        grid_code=grid_code,
        category=_within(needed(request.category, otherwise=_("请选择是什么事。")), LONGEST_CATEGORY),
        text=_within(request.text.strip(), LONGEST_TEXT),
        place=_within(request.location.strip(), LONGEST_LOCATION),
        urgency=deadlines.urgency(request.urgency).code,
        opened_at=now,
        due_at=deadlines.due(request.urgency, since=now),
        round=1,
        lead="",
        idling="",
        keeper="",
    )


def _grid(session: Session, poster: Poster | None, grid_code: str | None) -> str:
    if poster is not None:
        if poster.retired_at is not None:
            raise Gone(_("这张海报已停用，请拨打 12345，或扫附近的新海报。"))
        return poster.grid_code
    area = session.get(Area, grid_code) if grid_code else None
    if area is None or area.level != "grid":
        raise NotFound(_("没有这个网格。"))
    return area.code


def _freeze_contact(case: Case, contact: str | None, *, vault: Vault) -> None:
    if contact is not None:
        case.contact_sealed = vault.seal(contact, where=case_queries.contact_context(case))
        case.contact_index = vault.index(contact, purpose="case")


def _opener(source: str) -> str:
    if source not in OPENED_BY:
        raise Invalid(_("没有这种来源。"))
    return OPENED_BY[source]


def _begin(session: Session, case: Case, *, actor: str, now: datetime) -> None:
    desk = "worker" if case.worker_code else OFFICE
    standing = lifecycle.next_state(None, "open", hand=lifecycle.Hand(actor), desk=desk)
    case.state, case.holder = standing.state, standing.holder
    session.add(case)
    session.flush()
    keep(session, case, "open", actor=actor, now=now)


def _within(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Invalid(_("请不要超过 %(longest)s 个字。", longest=longest))
    return text
