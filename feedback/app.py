"""The public side as a web app."""

from __future__ import annotations

from flask import Flask

from feedback import codes
from feedback.areas import views as areas
from feedback.calls.views import call_list, switchboard, telephone, webhooks
from feedback.cases.views import (
    coordinator_desk,
    department_desk,
    held_case,
    printing,
    ratings,
    receipts,
    resident,
    reviewer_desk,
    search,
    team,
)
from feedback.cases.views import labels as case_labels
from feedback.imports.views import kinds as imports
from feedback.imports.views import trial as import_trial
from feedback.models import LEDGER
from feedback.notices.views import outbox
from feedback.notices.views import webhooks as carrier
from feedback.oversight.views import cases as all_cases
from feedback.oversight.views import exports, overview
from feedback.oversight.views import figures as department_figures
from feedback.posters.rules import qr
from feedback.posters.rules.scans import Tally
from feedback.posters.views import badges, fleet, posters
from feedback.reach.views import numbers, pings
from feedback.remit import views as powers
from feedback.review import views as odd_ratings
from feedback.roles import ROLES
from feedback.roster.views import office_desk, staff, swaps, week
from feedback.scan.views import dialled, finding, scan, unreached
from feedback.side import SIDE
from feedback.web.views import administrator, demonstration, guessing, home, labels
from feedback.worker.views import desk
from huying.base.settings import Settings
from huying.ledger import open as open_ledger
from huying.messaging import choice as carriers
from huying.side import app as web
from huying.telephony import choice

PAGES = (
    home,
    resident,
    receipts,
    unreached,
    dialled,
    ratings,
    held_case,
    printing,
    pings,
    desk,
    swaps,
    department_desk,
    coordinator_desk,
    reviewer_desk,
    search,
    team,
    overview,
    all_cases,
    exports,
    department_figures,
    office_desk,
    staff,
    week,
    numbers,
    powers,
    areas,
    imports,
    import_trial,
    posters,
    fleet,
    badges,
    switchboard,
    call_list,
    odd_ratings,
    webhooks,
    outbox,
    carrier,
    administrator,
    demonstration,
    telephone,
    finding,
    scan,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app of the public side; `settings` come from the environment unless given.

    Raise RuntimeError where a route declares no access, or could be mistaken for a poster's code, and Refused
    where the public address is too long for the posters' symbol.
    """
    settings = settings or SIDE.settings()
    if settings.base_url:
        qr.check_host(settings.base_url)
    app = web.new_app(SIDE, settings)
    labels.init_app(app)
    case_labels.init_app(app)
    app.extensions["scans"] = Tally()
    guessing.init_app(app)
    finding.init_app(app)
    app.jinja_env.globals.update(nav_items=home.nav_items, sends_messages=settings.sends_messages)
    for page in PAGES:
        app.register_blueprint(page.routes)
    app.register_blueprint(powers.public_routes)
    app.extensions[webhooks.GATEWAY] = choice.made(settings.voice)
    app.extensions[carrier.CARRIER] = carriers.short(settings)
    for signed in (webhooks.routes, carrier.routes):
        app.extensions["csrf"].exempt(signed)  # a carrier signs what it sends
    for page in (resident, receipts, unreached, ratings):  # no cookie says who a resident is
        app.extensions["csrf"].exempt(page.routes)
    open_ledger.publish(app, LEDGER)
    check_roots(app)
    return web.finish(app, ROLES)


def check_roots(app: Flask) -> None:
    """Raise RuntimeError where the first part of an address reads like a poster's code."""
    for rule in app.url_map.iter_rules():
        first = rule.rule.lstrip("/").partition("/")[0]
        if "<" not in first and codes.normalise(first) is not None:
            message = f"route {rule.rule} ({rule.endpoint}) could be a poster's code"
            raise RuntimeError(message)
