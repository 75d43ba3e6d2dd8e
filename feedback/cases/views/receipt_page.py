"""The receipt's page: how far a matter is, and what whoever holds the receipt may say or mend now."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import render_template

from feedback.cases.forms.moves import ReplyForm
from feedback.cases.forms.resident import COOKIELESS, NumberForm, ProofForm, WordForm
from feedback.cases.operations import joins, log, photos
from feedback.cases.queries import call_backs
from feedback.cases.queries import cases as case_queries
from feedback.web.queries import lookups
from feedback.web.views.guessing import look_up
from huying.base import clock
from huying.web.current import installation, reading
from huying.web.forms import ButtonForm

PROOF_SYMBOLS = 6


def page(receipt: str, **forms: Any) -> str:
    """Return the page of a receipt; `forms` are those with faults."""
    now = clock.now()
    with reading() as session:
        own = look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))
        case = joins.joined_into(session, own)
        door = case_queries.door(session, case, now=now)
        rating = case_queries.invitation(session, case)
        plain = {
            "word": WordForm(meta=COOKIELESS).offer(door.words if door else ()),
            "proof": ProofForm(meta=COOKIELESS),
            "number": NumberForm(meta=COOKIELESS),
            "reply": ReplyForm(formdata=None, meta=COOKIELESS),
        }
        return render_template(
            "feedback/cases/receipt.html",
            case=case,
            own=own,
            receipt=receipt,
            steps=case.steps,
            whistles=case.whistles,
            proof=log.digest(own, own.steps[0])[:PROOF_SYMBOLS].upper(),
            area=lookups.area_name(session, case.grid_code),
            departments=lookups.departments(session),
            question=case_queries.question(case),
            form=ButtonForm(meta=COOKIELESS),
            forms=plain | forms,
            faulty=next(iter(forms.values()), None),
            door=door,
            pending=case_queries.pending_word(session, case) is not None,
            answered=rating is not None and rating.answered_at is not None,
            invited=rating is not None and door is None and rating.answered_at is None,
            proving=case_queries.proving(session, own),
            call=call_backs.promised(session, case),
            unreached=call_backs.unreached(session, case),
            photos=photos.positions(session, own.id),
            asked_same=joins.offered(session, own.id),
            shared=joins.is_shared(session, own),
            now=now,
        )
