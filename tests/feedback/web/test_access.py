"""Who may open what: every route against every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from feedback import app as factory
from feedback import roles
from feedback.roles import (
    ADMINISTRATOR,
    COORDINATOR,
    DEPARTMENT_OFFICER,
    GRID_LEADER,
    GRID_OFFICE,
    OPERATOR,
    POSTER_KEEPER,
    REVIEWER,
    ROLES,
    WORKER,
)
from huying.web import access
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import POSTER, settings_in

ANYONE = frozenset({"anyone"})
CALLS = ("listing", "by_receipt", "spoken", "hear", "call", "take", "missed", "done")
TABLE: dict[str, frozenset[str]] = {
    "static": ANYONE,
    "sign_in.page": ANYONE,
    "sign_in.leave": ROLES,
    **dict.fromkeys(("code.page", "code.enrol", "link.page", "provider.begin", "provider.back"), ANYONE),
    **dict.fromkeys(
        ("code.recovery", "own.page", "own.end", "own.end_others", "own.password", "own.bind", "own.unbind"),
        ROLES,
    ),
    **dict.fromkeys(("unsent.page", "unsent.drop"), ROLES),
    **dict.fromkeys(("log.checkpoint", "log.consistency", "log.cosignature", "log.proof"), ANYONE),
    "home.landing": ANYONE,
    "finding.by_code": ANYONE,
    "finding.by_name": ANYONE,
    "tour.leave": ANYONE,
    "tour.enter": ANYONE,
    "tour.page": ANYONE,
    "home.alive": ANYONE,
    "home.desk": ROLES,
    "scan.scanned": ANYONE,
    "scan.page": ANYONE,
    "cases.ask": ANYONE,
    "cases.receipt": ANYONE,
    "cases.withdraw": ANYONE,
    "cases.reply": ANYONE,
    "cases.track": ANYONE,
    "cases.lost": ANYONE,
    "cases.sent": ANYONE,
    **dict.fromkeys(
        (
            "receipts.say",
            "receipts.prove",
            "receipts.code",
            "receipts.number",
            "receipts.same",
            "receipts.photo",
            "receipts.erase_photos",
            "receipts.erase",
        ),
        ANYONE,
    ),
    **dict.fromkeys(
        ("search.page", "printed.begin", "printed.sheet"),
        frozenset({WORKER, GRID_LEADER, DEPARTMENT_OFFICER, COORDINATOR}),
    ),
    **dict.fromkeys(("team.listing", "team.member", "team.case", "team.reassign"), frozenset({GRID_LEADER})),
    "held.photo": frozenset({WORKER, GRID_LEADER, DEPARTMENT_OFFICER, COORDINATOR}),
    **dict.fromkeys(("held.same", "held.join"), frozenset({WORKER, GRID_LEADER})),
    **dict.fromkeys(
        ("odd_ratings.desk", "odd_ratings.one", "odd_ratings.decide", "odd_ratings.limited"),
        frozenset({REVIEWER}),
    ),
    "odd_ratings.figures": ANYONE,
    **dict.fromkeys((f"call_list.{each}" for each in CALLS), frozenset({OPERATOR})),
    **dict.fromkeys(("unreached.page", "unreached.report", "unreached.noted"), ANYONE),
    **dict.fromkeys(("pings.page", "pings.answer"), ANYONE),
    "ratings.page": ANYONE,
    "ratings.answer": ANYONE,
    "ratings.thanks": ANYONE,
    "ratings.late": ANYONE,
    "demonstration.messages": ANYONE,
    "styleguide.page": ANYONE,
    **dict.fromkeys(
        (
            "worker.desk",
            "worker.case",
            *(
                f"worker.{move}"
                for move in ("answer", "whistle", "declare", "ask", "recall", "pause", "resume")
            ),
            "worker.hand_in",
            "worker.claim_visit",
            "swaps.listing",
            "swaps.offer",
            "swaps.settle",
        ),
        frozenset({WORKER}),
    ),
    **dict.fromkeys(
        (
            "department.desk",
            "department.batch",
            "department.case",
            "department.call",
            "department.accept_whistle",
            "department.refuse_whistle",
            "department.declare_whistle",
            *(f"department.{move}" for move in ("accept", "whistle", "refuse", "declare", "done")),
            *(f"department.{move}" for move in ("ask", "recall", "pause", "resume")),
        ),
        frozenset({DEPARTMENT_OFFICER}),
    ),
    "escalated.desk": frozenset({GRID_LEADER, COORDINATOR}),
    "escalated.case": frozenset({GRID_LEADER, COORDINATOR}),
    **dict.fromkeys(
        (f"escalated.{move}" for move in ("whistle", "recall", "resume", "take_over")),
        frozenset({GRID_LEADER, COORDINATOR}),
    ),
    **dict.fromkeys(
        (f"escalated.{move}" for move in ("answer", "declare", "ask", "pause")), frozenset({GRID_LEADER})
    ),
    **dict.fromkeys(
        (f"escalated.{move}" for move in ("return", "uphold", "propose_end", "reclassify", "countersign")),
        frozenset({COORDINATOR}),
    ),
    **dict.fromkeys(("review.desk", "review.decide"), frozenset({REVIEWER})),
    **dict.fromkeys(("staff.listing", "staff.member", "staff.retire"), frozenset({GRID_OFFICE})),
    "remit.public": ANYONE,
    **dict.fromkeys(
        (
            "oversight.overview",
            "oversight.who_answers",
            "oversight.load_of_each",
            "all_cases.listing",
            "all_cases.one",
            "case_exports.listing",
            "case_exports.take",
        ),
        frozenset({GRID_OFFICE, COORDINATOR, DEPARTMENT_OFFICER}),
    ),
    "public_record.departments": ANYONE,
    "office.desk": frozenset({GRID_OFFICE, GRID_LEADER}),
    "office.grid": frozenset({GRID_OFFICE, GRID_LEADER}),
    "office.assign": frozenset({GRID_OFFICE, GRID_LEADER}),
    "office.close": frozenset({GRID_OFFICE}),
    **dict.fromkeys(("roster.week", "roster.leave"), frozenset({GRID_OFFICE, GRID_LEADER})),
    **dict.fromkeys(("roster.save", "roster.paste"), frozenset({GRID_OFFICE})),
    **dict.fromkeys(("numbers.listing", "numbers.checked"), frozenset({GRID_OFFICE, GRID_LEADER})),
    **dict.fromkeys(("office.phone", "powers.listing", "powers.add", "powers.end"), frozenset({GRID_OFFICE})),
    "office.retract": frozenset({GRID_OFFICE}),
    **dict.fromkeys(
        (
            "imports.choose",
            "imports.page",
            "imports.template",
            "imports.attempt",
            "import_trial.shown",
            "import_trial.apply",
            "import_trial.keep_good",
            "import_trial.columns",
            "import_trial.refused",
        ),
        frozenset({GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER}),
    ),
    **dict.fromkeys(
        (
            "posters.newest",
            "posters.issue",
            "posters.one",
            "posters.sheet",
            "posters.posted",
            "posters.retire",
            "fleet.search",
            "fleet.inspections",
            "fleet.look",
            "fleet.photo",
        ),
        frozenset({POSTER_KEEPER}),
    ),
    **dict.fromkeys(("fleet.jobs", "fleet.sheets"), frozenset({POSTER_KEEPER, GRID_OFFICE})),
    **dict.fromkeys(("calls.heard", "carrier.told", "telephone.page", "telephone.press"), ANYONE),
    **dict.fromkeys(
        (
            "outbox.listing",
            "outbox.again",
            "outbox.reply",
            "outbox.handled",
        ),
        frozenset({OPERATOR}),
    ),
    **dict.fromkeys(
        ("badges.ask", "badges.check", "dialled.ask", "probes.ready", "probes.metrics", "kept.page"), ANYONE
    ),
    **dict.fromkeys(("badges.listing", "badges.issue", "badges.retire"), frozenset({GRID_OFFICE})),
    **dict.fromkeys(
        ("switchboard.desk", "switchboard.poster", "switchboard.write_down", "switchboard.join"),
        frozenset({OPERATOR}),
    ),
    **dict.fromkeys(
        (
            "areas.tree",
            "areas.area",
            "areas.revise",
            "areas.split",
            "areas.merge",
            "areas.dissolve",
            "areas.place",
        ),
        frozenset({GRID_OFFICE}),
    ),
    "administrator.listing": frozenset({ADMINISTRATOR}),
    "administrator.create": frozenset({ADMINISTRATOR}),
    **dict.fromkeys(
        ("accounts.one", "accounts.subject", "accounts.link", "accounts.do", "accounts.log"),
        frozenset({ADMINISTRATOR}),
    ),
}
VALUES = {
    "verdict_id": 1,
    "vote": "sign",
    "why": "word",
    "verdict": "confirmed",
    "code": POSTER,
    "case_id": 1,
    "whistle_id": 1,
    "duty_id": 1,
    "contact_id": 1,
    "message_id": 1,
    "reply_id": 1,
    "rating_id": 1,
    "found": "works",
    "power_id": 1,
    "inspection_id": 1,
    "job_id": 1,
    "community": "m1",
    "offer_id": 1,
    "print_id": 1,
    "word": "yes",
    "stamp": "x",
    "receipt": "x",
    "token": "x",
    "position": 1,
    "into_id": 2,
    "answer": "yes",
    "number": 2,
    "what": "unlock",
    "kind": "areas",
    "provider": "http",
    "form": "csv",
}
PAGES = {
    roles.WORKER: ("/worker/", "/worker/list", "/search/"),
    roles.DEPARTMENT_OFFICER: ("/department/", "/search/"),
    roles.GRID_OFFICE: (
        "/oversight/",
        "/oversight/cases/",
        "/oversight/wall",
        "/oversight/loads",
        "/office/",
        "/office/grids/g3",
        "/staff/",
        "/staff/w1",
        "/imports/",
        "/imports/duty",
    ),
    roles.GRID_LEADER: ("/escalated/", "/team/", "/team/w1", "/office/", "/office/grids/g4"),
    roles.COORDINATOR: ("/escalated/", "/oversight/", "/oversight/cases/", "/oversight/exports/"),
    roles.POSTER_KEEPER: ("/fleet/", f"/posters/{POSTER}", f"/posters/{POSTER}/sheet"),
    roles.OPERATOR: (
        "/switchboard/",
        f"/switchboard/{POSTER}",
        "/calling/",
        "/outbox/",
    ),
    roles.ADMINISTRATOR: ("/administrator/accounts", "/imports/", "/imports/areas"),
    roles.REVIEWER: ("/review/", "/review/ratings/", "/review/limited", "/figures/ratings"),
}


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Return endpoint, method and a path of each route that isn't for everybody."""
    found = []
    adapter = app.url_map.bind("hy.example.cn")
    for rule in app.url_map.iter_rules():
        if TABLE[rule.endpoint] == ANYONE:
            continue
        values = {name: VALUES[name] for name in rule.arguments}
        path = adapter.build(rule.endpoint, values)
        found += [
            (rule.endpoint, method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    return found


def test_the_table_names_every_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TABLE)


def test_every_route_declares_what_the_table_says(app: Flask) -> None:
    everybody = {ANYONE: access.ANYONE, ROLES: access.SIGNED_IN}
    for endpoint, allowed in TABLE.items():
        assert access.declared(app, endpoint) in {allowed, everybody.get(allowed, allowed)}, endpoint


@pytest.mark.slow  # each time tests/access holds that every route answers every role as it declares
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_its_own_routes_and_no_other(
    app: Flask, sign_in: Callable[[str], Visitor], role: str
) -> None:
    person = sign_in(role)
    token = person.open("/desk").form("/sign-out").hidden["csrf_token"]
    for endpoint, method, path in addresses(app):
        if endpoint == "sign_in.leave":
            continue
        # Each role brings kinds of its own.
        own = path.replace("imports/areas", "imports/posters") if role == POSTER_KEEPER else path
        answer = person.get(own) if method == "GET" else person.post(own, csrf_token=token)
        assert (answer.status_code != 403) == (role in TABLE[endpoint]), (role, method, own)


def test_without_signing_in_every_desk_leads_to_the_sign_in_page(app: Flask, resident: Visitor) -> None:
    token = resident.open("/sign-in").form("/sign-in").hidden["csrf_token"]
    for _, method, path in addresses(app):
        answer = resident.get(path) if method == "GET" else resident.post(path, csrf_token=token)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_has_a_desk_that_opens(sign_in: Callable[[str], Visitor], role: str) -> None:
    person = sign_in(role)
    desk = person.open("/desk")
    assert desk.status == 200
    assert desk.path == PAGES[role][0]
    for path in PAGES[role]:
        assert person.open(path).status == 200, path


def test_a_route_without_a_declaration_stops_the_app(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from flask import Blueprint

    planted = Blueprint("planted", __name__)
    planted.add_url_rule("/planted", "page", lambda: "")
    page = type("Page", (), {"routes": planted})
    monkeypatch.setattr(factory, "PAGES", (*factory.PAGES, page))
    with pytest.raises(RuntimeError, match="/planted"):
        factory.create_app(settings_in(data))  # type: ignore[arg-type]


def test_an_account_without_a_workplace_is_told_so(
    sign_in: Callable[[str], Visitor], backstage: object
) -> None:
    from feedback.models import Account

    with backstage.ground.database.transaction() as session:  # type: ignore[attr-defined]
        for account in session.query(Account):
            account.worker_code = account.department_code = None
    assert "没有对应的网格员" in sign_in(roles.WORKER).open("/worker/").text
    assert "没有所在部门" in sign_in(roles.DEPARTMENT_OFFICER).open("/department/").text


def test_signing_out_ends_it(sign_in: Callable[[str], Visitor]) -> None:
    person = sign_in(roles.WORKER)
    assert person.press(person.open("/worker/"), "/sign-out").path == "/sign-in"
    assert person.get("/worker/").status_code == 303
