"""The auditor: every line of the ledger, but for what a running wave must keep closed."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from huying.web.access import only
from huying.web.current import reading
from huying.web.row_numbers import row_number
from survey.roles import AUDITOR
from survey.waves.queries import ledger_lines
from survey.waves.rules.ledger_sentences import SUBJECTS, sentence
from survey.web.views import labels
from survey.web.views.pages import page

routes = Blueprint("auditor", __name__, url_prefix="/auditor")

PER_PAGE = 100


@routes.get("/")
@only(AUDITOR)
def ledger() -> ResponseReturnValue:
    """Show the ledger, the newest lines first, and the bundles of the waves that are over."""
    wanted = request.args.get("about", "")
    about = wanted if wanted in SUBJECTS else ""
    with reading() as session:
        before = request.args.get("before", type=row_number)
        campaigns = request.args.get("log") == "campaigns"
        found = ledger_lines.ledger_page(
            session, before=before, per_page=PER_PAGE, about=about, campaigns=campaigns
        )
        over = ledger_lines.finished_waves(session)
        counted = ledger_lines.waves_to_attest(session)
    shown = {
        "about": about,
        "subjects": SUBJECTS,
        "said": partial(sentence, outcome=labels.outcome),
        "per_page": PER_PAGE,
    }
    return page("waves/ledger", ledger=found, waves=over, counted=counted, campaigns=campaigns, **shown)
