"""Address and browser may change; a session that ends under a form loses nothing that was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.accounts import sessions, unsent
from tests.huying.accounts.desk import ADMINISTRATOR, CLERK, Person, kept

TEXT = "楼道灯坏了三天，请电工来看。\n在二单元。"
FORM = {"public": ("/switchboard/HAPPY7CM", "text"), "survey": ("/administrator/accounts", "name")}


def _sends(person: Person, path: str, *, token: str, **fields: str):
    return person.client.post(
        path,
        data={"csrf_token": token, **fields},
        base_url="https://hy.example.cn",
        headers={"Referer": "https://hy.example.cn/", "Origin": "https://hy.example.cn"},
    )


def _token(person: Person) -> str:
    return person.open("/account/").form("/sign-out").hidden["csrf_token"]


def test_address_and_browser_change_and_the_session_stays(app):
    person = Person(app)
    person.client.environ_base |= {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_USER_AGENT": "Chrome/140.0"}
    person.gives()
    token = _token(person)
    person.client.environ_base |= {"HTTP_X_FORWARDED_FOR": "2001:db8::7", "HTTP_USER_AGENT": "Chrome/141.0"}
    answer = _sends(person, "/account/sessions/end", token=token)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/")
    assert person.is_in


def _late(app, moment, login: str = CLERK) -> Person:
    person = Person(app, login)
    person.gives()
    token = _token(person)
    moment.shift(sessions.IDLE + timedelta(minutes=1))
    path, field = FORM[app.extensions["huying"].settings.side]
    answer = _sends(person, path, token=token, **{field: TEXT, "once": "x" * 20})
    assert answer.headers["Location"] == "/sign-in?next=/desk"
    return person


def test_what_was_sent_too_late_is_offered_back_after_signing_in(app, moment):
    person = _late(app, moment)
    page = person.gives(path="/sign-in?next=/desk")
    assert page.path.startswith("/account/unsent")
    assert "楼道灯坏了三天" in page.text
    form = page.form(FORM[app.extensions["huying"].settings.side][0])
    assert form.hidden[FORM[app.extensions["huying"].settings.side][1]].splitlines() == TEXT.splitlines()
    assert form.hidden["once"] == "x" * 20
    assert person.gives().path != page.path, "it is offered once, and then waits on its page"
    assert person.open("/account/unsent").status == 200
    person.press(person.open("/account/unsent"), "/account/unsent/drop")
    assert kept(app, "unsent") == []


def test_nobody_else_at_that_browser_sees_it(app, moment):
    person = _late(app, moment)
    other = person.gives(login=ADMINISTRATOR)
    assert not other.path.startswith("/account/unsent")
    assert person.open("/account/unsent").path != "/account/unsent"


def test_it_is_sealed_and_goes_after_half_a_day(app, moment):
    person = _late(app, moment)
    (row,) = kept(app, "unsent")
    assert "楼道灯".encode() not in row.sealed
    moment.shift(unsent.KEPT + timedelta(minutes=1))
    assert not person.gives().path.startswith("/account/unsent")


def test_a_form_of_a_session_before_the_last_is_kept_too(app):
    person = Person(app)
    person.gives()
    old = _token(person)
    person.gives()
    path, field = FORM[app.extensions["huying"].settings.side]
    answer = _sends(person, path, token=old, **{field: TEXT})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/unsent")


@pytest.mark.parametrize("origin", ["https://other.example", "http://hy.example.cn", "null", ""])
def test_what_another_server_sends_is_refused_and_never_offered(app, origin):
    person = Person(app)
    person.gives()
    path, field = FORM[app.extensions["huying"].settings.side]
    answer = person.client.post(
        path, data={field: TEXT}, base_url="https://hy.example.cn", headers={"Origin": origin}
    )
    assert answer.status_code == 400
    assert kept(app, "unsent") == []


def test_what_another_server_sends_after_the_session_is_never_offered_as_ones_own(app, moment):
    person = Person(app)
    person.gives()
    moment.shift(sessions.IDLE + timedelta(minutes=1))
    path, field = FORM[app.extensions["huying"].settings.side]
    person.client.post(
        path,
        data={field: TEXT},
        base_url="https://hy.example.cn",
        headers={"Origin": "https://neighbour.example.cn"},
    )
    assert kept(app, "unsent") == []
    assert not person.gives().path.startswith("/account/unsent")


def test_a_stranger_makes_no_row(app):
    stranger = Person(app)
    token = stranger.open("/sign-in").form("/sign-in").hidden["csrf_token"]
    path, field = FORM[app.extensions["huying"].settings.side]
    assert _sends(stranger, path, token=token, **{field: TEXT}).status_code == 303
    assert kept(app, "unsent") == []


def test_no_password_is_kept_and_nothing_endless():
    kept_form = unsent.form_of("/x", [("password", "p"), ("present", "p"), ("note", "好"), ("empty", "")])
    assert kept_form.fields == (("note", "好"),)
    assert unsent.form_of("/x", [("csrf_token", "t")]) is None
    assert unsent.form_of("/x", [("note", "长" * unsent.LONGEST)]) is None
