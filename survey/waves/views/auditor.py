"""The auditor: every line of the ledger, but for what a running wave must keep closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.web.access import only
from huying.web.current import reading
from survey.models import LEDGER, Wave
from survey.roles import AUDITOR
from survey.waves.queries import ceremony
from survey.web.views.pages import page

routes = Blueprint("auditor", __name__, url_prefix="/auditor")

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the page shows it: without its body while that would tell the sample."""

    number: int
    at: datetime
    body: str | None


@routes.get("/")
@only(AUDITOR)
def ledger() -> ResponseReturnValue:
    """Show the ledger, the newest lines first, and the bundles of the waves that are over."""
    with reading() as session:
        size = LEDGER.size(session)
        before = min(max(request.args.get("before", size, type=int), 0), size)
        lines = _lines(session, before=before)
        over = list(
            session.scalars(select(Wave).where(Wave.state == "closed").order_by(Wave.closed_at.desc()))
        )
        root = LEDGER.root(session).hex()
    return page(
        "waves/ledger", lines=lines, size=size, root=root, before=before, per_page=PER_PAGE, waves=over
    )


def _lines(session: Session, *, before: int) -> list[Shown]:
    model = LEDGER.entry
    closed_from = ceremony.closed_from(session)
    query = select(model.idx, model.at, model.body).where(model.idx >= before - PER_PAGE, model.idx < before)
    return [
        Shown(number, at, body.decode() if closed_from is None or number < closed_from else None)
        for number, at, body in session.execute(query.order_by(model.idx.desc()))
    ]
