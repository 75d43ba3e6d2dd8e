"""The web app of the independent side."""

from __future__ import annotations

import os

from flask import Flask
from flask_login import current_user

from huying.base.i18n import Words
from huying.base.settings import Settings
from huying.ledger import open as open_ledger
from huying.side import app as web
from survey.datafiles import views as data_files
from survey.deposits import views as registrar
from survey.fieldwork.operations import dialling
from survey.fieldwork.views import (
    call_script,
    closing,
    coding,
    correcting,
    desk,
    interview,
    lines,
    practice,
    questionnaires,
    refused_pages,
    return_calls,
    sights,
    supervisor,
    telephone,
    traits,
    wishes,
    wishes_by_number,
)
from survey.letters.views import public_checks
from survey.models import LEDGER
from survey.registry.views import curation, households, margins, trial
from survey.roles import NAMES, ROLES
from survey.scores.views import assessor, auditing
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
    desk,
    coding,
    interview,
    return_calls,
    wishes,
    wishes_by_number,
    practice,
    questionnaires,
    sights,
    lines,
    supervisor,
    telephone,
    traits,
    assessor,
    auditor,
    auditing,
    data_files,
    administrator,
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
    app.register_blueprint(lines.events)
    app.extensions["csrf"].exempt(lines.events)  # a carrier signs what it sends
    app.extensions[lines.DESK] = dialling.desk_of(app.extensions["huying"])
    open_ledger.publish(app, LEDGER, closed=ceremony.is_closed)
    return web.finish(app, ROLES)


def _navigation() -> list[tuple[Words, str]]:
    role = current_user.role if current_user.is_authenticated else None
    return list(home.PAGES.get(role, ()))
