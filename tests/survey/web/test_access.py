"""Who may open what: every route, every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from huying.web import access
from huying.web.access import ANYONE, SIGNED_IN
from survey import roles
from survey.app import create_app
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

OPEN = {
    "results.front",
    "results.one",
    "handed_on.package",
    "tour.leave",
    "tour.enter",
    "tour.page",
    "home.healthz",
    "probes.ready",
    "probes.metrics",
    "kept.page",
    "log.checkpoint",
    "log.consistency",
    "log.cosignature",
    "log.proof",
    "log_campaigns.checkpoint",
    "log_campaigns.consistency",
    "log_campaigns.cosignature",
    "log_campaigns.proof",
    "public.bundle",
    "public.checker",
    "public.round_",
    "public.rounds_",
    "public.terms_",
    "curation.public_log",
    "dialler.heard",
    "party.own",
    "party.sealing_page",
    "asking.frame",
    "asking.receipt",
    "asking.proof",
    "card.enter",
    "card.one",
    "card.appeal",
    "public.frame",
    "public.design",
    "program_docs.openapi",
    "program_docs.docs",
    "sign_in.page",
    "code.page",
    "code.enrol",
    "link.page",
    "provider.begin",
    "provider.back",
    "static",
    "styleguide.page",
}
FOR_PROGRAMS = {"v1.list_releases", "v1.get_release", "v1.list_scores", "v1.list_areas", "v1.list_ratings"}
"""What opens by a token alone."""
SIGNED = {
    "home.desk",
    "sign_in.leave",
    "code.recovery",
    "own.page",
    "own.end",
    "own.end_others",
    "own.password",
    "own.bind",
    "own.unbind",
    "unsent.page",
    "unsent.drop",
}
BY_ROLE = {
    roles.REGISTRAR: {
        "registrar.deposits",
        "registry.households",
        "registry.household_codes",
        "registry.template",
        "registry_trial.shown",
        "registry_trial.apply",
        "registry_trial.keep_good",
        "registry_trial.say_columns",
        "registry_trial.drop",
        "registry_trial.refused",
        "registry.quality",
        "control.control",
        "registry.quality_csv",
        "curation.waiting",
        "curation.hand_over",
        "curation.one",
        "curation.departed",
        "curation.check",
        "curation.counts",
        "margins.tables",
        "curation.one_home",
        "curation.map_changes",
        "curation.decide",
        "curation.discard_deposit",
    },
    roles.DRAW_OFFICER: {
        "waves.index",
        "freezing.plan",
        "calendar.announce",
        "freezing.freeze_form",
        "campaigns.freeze_form",
        "waves.one",
        "waves.do",
        "meeting.link",
        "meeting.early",
        "meeting.wall",
        "meeting.call",
        "meeting.protocol",
        "closing.end",
    },
    roles.INTERVIEWER: {
        "interviewer.desk",
        "interviewer.next_case",
        "interviewer.take_over",
        "interviewer.call",
        "interviewer.dial",
        "interviewer.not_reached",
        "interviewer.reached",
        "interviewer.nobody",
        "interviewer.note",
        "interviewer.renew",
        "interviewer.pause",
        "interviewer.resume",
        "told.confirm",
        "lines.line",
        "interview.item",
        "interview.answer",
        "coding.choose",
        "coding.finish",
        "return_call.ask",
        "return_call.take",
        "return_call.never_again",
        "wishes.never_again",
        "wishes.undo",
        "practice.begin",
        "practice.call",
        "practice.dial",
        "practice.reached",
        "practice.nobody",
        "practice.not_reached",
        "practice.note",
        "practice.item",
        "practice.answer",
        "practice.coding",
        "practice.finish",
        "practice.never_again",
        "practice.undo",
        "practice.leave",
        "call_backs.take",
        "call_backs.call",
        "call_backs.dial",
        "call_backs.answer",
        "call_backs.end",
        "call_backs.hearing",
        "call_backs.say",
    },
    roles.SUPERVISOR: {
        "supervisor.field",
        "supervisor.board",
        "supervisor.contradictions",
        "seats.index",
        "seats.told",
        "seats.tell_all",
        "seats.one",
        "seats.tell",
        "seats.hand_back",
        "checking.index",
        "checking.doubt",
        "checking.flags",
        "telephone.index",
        "telephone.take",
        "traits.index",
        "traits.keep",
        "wishes_by_number.ask",
        "wishes_by_number.keep",
        "days_off.days",
    },
    roles.ASSESSOR: {
        "assessor.index",
        "assessor.one",
        "assessor.estimate",
        "assessor.publish",
        "assessor.csv",
        "assessor.compare",
        "score_desk.search",
        "score_desk.area",
        "score_desk.xlsx",
        "handing_out.index",
        "handing_out.open_preview",
        "handing_out.slips",
        "assessor.lists",
        "assessor.release_page",
        "assessor.correct",
        "making.progress",
        "making.stop",
        "data_files.ask",
        "data_files.take",
        "data_files.fieldwork",
        "handed_on.report",
        "campaigns.index",
        "campaigns.one",
        "campaigns.count",
        "attribution.index",
        "attribution.one",
        "attribution.street",
        "attribution.department",
        "attribution.grid",
        "attribution.csv",
        "questionnaires.bring",
    },
    roles.AUDITOR: {
        "auditor.ledger",
        "sights.index",
        "auditing.one",
        "auditing.files",
        "auditors_package.ask",
        "auditors_package.take",
    },
    roles.ADMINISTRATOR: {
        "administrator.accounts",
        "accounts.one",
        "accounts.subject",
        "accounts.link",
        "accounts.do",
        "accounts.log",
    },
}
BY_SEVERAL = (
    {
        endpoint: frozenset({roles.SUPERVISOR, roles.REGISTRAR, roles.AUDITOR})
        for endpoint in (
            *(
                "early.asked",
                "early.confirm",
                "correcting.index",
                "correcting.confirm",
                "correcting.confirm_after",
            ),
            *("disputes.index", "disputes.decide"),
            *("appeals.index", "appeals.take", "appeals.recount", "appeals.find", "appeals.decide"),
        )
    }
    | {
        endpoint: frozenset({roles.ASSESSOR, roles.DRAW_OFFICER})
        for endpoint in (
            "questionnaires.versions",
            "questionnaires.one",
            "questionnaires.every_way",
            "questionnaires.pretest_sheet",
            "questionnaires.file",
        )
    }
    | {
        "tokens.index": frozenset({roles.ASSESSOR, roles.ADMINISTRATOR, roles.AUDITOR}),
        "tokens.make": frozenset({roles.ASSESSOR, roles.ADMINISTRATOR}),
        "tokens.revoke": frozenset({roles.ASSESSOR, roles.ADMINISTRATOR}),
    }
)
"""A name under an early end, a correction or a decision: whoever leads no draw and sees no score. What is
asked is read by whoever chooses it and whoever scores it."""

SAMPLES = {"label": WAVE, "unit": "H0000000000000", "code": "A1", "fence": 1, "seat": 1, "step": "draw"}
SAMPLES |= {"period": "2026W48", "token": "x", "number": 1, "what": "unlock", "form": "csv"}
SAMPLES |= {"name": "v1", "kind": "json", "holder": "dept:water"}


SIGNED_BY_THEMSELVES = {"log.cosignature", "log_campaigns.cosignature", "dialler.heard"}
"""A witness or a carrier posts without a page; its signature vouches for what it brings."""


def filled(app: Flask, endpoint: str) -> str:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    with app.test_request_context():
        return app.url_for(endpoint, **{name: SAMPLES[name] for name in rule.arguments if name in SAMPLES})


def test_every_route_declares_exactly_the_roles_of_the_table(app_at: Callable[[str], Flask]) -> None:
    app = app_at("settled")
    expected: dict[str, frozenset[str]] = dict.fromkeys(OPEN, ANYONE) | dict.fromkeys(SIGNED, SIGNED_IN)
    for role, endpoints in BY_ROLE.items():
        expected |= {endpoint: frozenset({role}) for endpoint in endpoints}
    expected |= BY_SEVERAL | dict.fromkeys(FOR_PROGRAMS, access.TOKEN)
    declared = {rule.endpoint: access.declared(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert declared == expected


@pytest.mark.parametrize("role", [None, *roles.NAMES])
def test_a_role_opens_its_own_routes_and_no_others(role: str | None, visit: Callable[..., Visitor]) -> None:
    visitor = visit("closed", role)
    for owner, endpoints in BY_ROLE.items():
        for endpoint in endpoints - {"waves.do", "sign_in.leave"}:
            rule = next(rule for rule in visitor.app.url_map.iter_rules() if rule.endpoint == endpoint)
            if "GET" not in (rule.methods or ()):
                continue
            status = visitor.glance(filled(visitor.app, endpoint)).status
            if role is None:
                assert status == 303, endpoint
            elif role == owner:
                assert status in {200, 303, 404}, endpoint
            else:
                assert status == 403, endpoint


@pytest.mark.parametrize("role", roles.NAMES)
def test_a_post_without_the_pages_token_is_refused_whoever_sends_it(
    role: str, visit: Callable[..., Visitor]
) -> None:
    visitor = visit("open", role)
    for rule in visitor.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in SIGNED_BY_THEMSELVES:
            page = visitor.post_once(filled(visitor.app, rule.endpoint), {})
            assert page.status == 400, rule.endpoint


@pytest.mark.parametrize("role", roles.NAMES)
def test_everybody_begins_where_their_work_is(role: str, visit: Callable[..., Visitor]) -> None:
    page = visit("open", role).open("/desk")
    assert page.status == 200
    assert "退出" in page.text


def test_a_route_that_declares_nothing_stops_the_app(
    stages: dict[str, Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey.web.views import home
    from tests.survey.world import settings_in

    monkeypatch.delattr(home.healthz, access.MARK)
    with pytest.raises(RuntimeError, match="/healthz"):
        create_app(settings_in(tmp_path))


def test_without_data_of_anybody_the_first_page_and_the_sign_of_life_answer(
    visit: Callable[..., Visitor],
) -> None:
    stranger = visit("settled")
    assert "抽签" in stranger.open("/").text
    assert stranger.open("/healthz").html == "ok\n"
