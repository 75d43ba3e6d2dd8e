"""The web app of the independent side."""

from __future__ import annotations

import os
from functools import partial

from flask import Flask
from flask_login import current_user

from huying.base.i18n import Words
from huying.base.settings import Settings
from huying.ledger import open as open_ledger
from huying.side import app as web
from survey.api.queries.ratings import RatingTables
from survey.api.queries.releases import FrozenTables, ReleaseHeads
from survey.api.views import describing, document, tokens, v1
from survey.attribution import views as attribution
from survey.campaigns import views as campaigns
from survey.datafiles import views as data_files
from survey.deposits import views as registrar
from survey.fieldwork.operations import dialling
from survey.fieldwork.views import (
    call_backs,
    call_script,
    checking,
    closing,
    coding,
    correcting,
    desk,
    disputes,
    interview,
    lines,
    practice,
    questionnaires,
    refused_pages,
    return_calls,
    seats,
    sights,
    supervisor,
    telephone,
    told,
    traits,
    wishes,
    wishes_by_number,
)
from survey.handover.views import auditors, handed_on
from survey.judged.views import appeals, card, handing_out
from survey.ledger_key import CAMPAIGNS
from survey.letters.views import public_checks
from survey.models import CAMPAIGN_LEDGER, LEDGER
from survey.registry.views import curation, households, margins, trial
from survey.results import views as results
from survey.roles import NAMES, ROLES
from survey.scores.queries.desk import ReadReleases
from survey.scores.views import assessor, auditing, making
from survey.scores.views import desk as score_desk
from survey.side import SIDE
from survey.waves.queries import ceremony
from survey.waves.views import (
    auditor,
    calendar,
    control,
    days_off,
    draw_officer,
    early_ending,
    freezing,
    heads,
    meeting,
    party,
    public,
)
from survey.web.views import administrator, home

PAGES = (
    results,
    home,
    public,
    public_checks,
    households,
    trial,
    curation,
    margins,
    registrar,
    control,
    freezing,
    calendar,
    days_off,
    draw_officer,
    meeting,
    early_ending,
    party,
    closing,
    correcting,
    disputes,
    checking,
    call_backs,
    desk,
    coding,
    interview,
    return_calls,
    wishes,
    wishes_by_number,
    practice,
    told,
    questionnaires,
    sights,
    lines,
    supervisor,
    seats,
    telephone,
    traits,
    assessor,
    making,
    score_desk,
    handing_out,
    card,
    appeals,
    auditor,
    auditing,
    data_files,
    auditors,
    handed_on,
    campaigns,
    attribution,
    administrator,
    tokens,
    document,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app; settings come from the environment unless given."""
    settings = settings or SIDE.settings()
    app = web.new_app(SIDE, settings)
    app.jinja_env.globals.update(nav_items=_navigation, role_names=NAMES)
    app.config[call_script.CONFIG] = call_script.agency_blanks(os.environ, demo=settings.demo)
    app.jinja_env.globals["inquiries"] = app.config[call_script.CONFIG]["核实电话"]
    control.init_app(app)
    heads.init_app(app)
    refused_pages.init_app(app)
    for views in PAGES:
        app.register_blueprint(views.routes)
    describing.init_app(app)
    app.extensions |= {v1.HEADS: ReleaseHeads(), v1.TABLES: FrozenTables(), v1.RATINGS: RatingTables()}
    app.extensions[score_desk.READ] = ReadReleases()
    app.register_blueprint(lines.events)
    app.extensions["csrf"].exempt(lines.events)  # a carrier signs what it sends
    app.extensions[lines.DESK] = dialling.desk_of(app.extensions["huying"])
    open_ledger.publish(app, LEDGER, closed=ceremony.is_closed)
    open_ledger.publish(
        app, CAMPAIGN_LEDGER, closed=partial(ceremony.is_closed, campaigns=True), suffix=CAMPAIGNS
    )
    return web.finish(app, ROLES)


def _navigation() -> list[tuple[Words, str]]:
    role = current_user.role if current_user.is_authenticated else None
    return list(home.PAGES.get(role, ()))
