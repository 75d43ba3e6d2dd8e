"""Every route of both sides against every role and nobody: as it declares, so it answers."""

from __future__ import annotations

import pytest
from werkzeug.routing import IntegerConverter, ValidationError

from tests.access.visiting import EVERYBODY, LEAVES, NOBODYS, SIDES, Caller, Opens, routes

OF_RESIDENTS = ("cases.", "receipts.", "unreached.", "ratings.")
"""Routes of whoever has a poster before them, a receipt or a link."""
EVERY_TIME = {(side, "administrator") for side in SIDES} | {("public", "worker"), ("survey", "interviewer")}
SOMEBODY = [
    pytest.param(*each, marks=() if each in EVERY_TIME else pytest.mark.slow, id="-".join(each))
    for each in EVERYBODY
]
"""One guard stands before all methods, whoever asks: the other roles try HEAD and OPTIONS by night."""


@pytest.mark.parametrize(("side", "role"), EVERYBODY)
def test_a_role_is_let_in_exactly_where_it_is_declared(opens: Opens, side: str, role: str) -> None:
    app = opens(side)
    person = Caller(app, side, role)
    for route in routes(app):
        answer = person.send(route.method, route.path)
        assert answer.status_code < 500, route
        if route.for_programs:
            assert answer.status_code == 401, (role, route)
            continue
        assert (answer.status_code != 403) == route.lets(role), (role, route)
        if not route.open and route.endpoint not in LEAVES:
            assert not answer.headers.get("Location", "").startswith("/sign-in"), (role, route)


@pytest.mark.parametrize("side", SIDES)
def test_no_address_brings_a_number_to_a_database_that_it_has_no_row_for(opens: Opens, side: str) -> None:
    rules = opens(side).url_map.iter_rules()
    numbers = [
        each for rule in rules for each in rule._converters.values() if isinstance(each, IntegerConverter)
    ]
    assert numbers
    for number in numbers:
        with pytest.raises(ValidationError):
            number.to_python(str(NOBODYS + 1))


@pytest.mark.parametrize("side", SIDES)
def test_nobody_is_led_to_sign_in_wherever_an_account_is_needed(opens: Opens, side: str) -> None:
    app = opens(side)
    nobody = Caller(app, side)
    for route in routes(app):
        answer = nobody.send(route.method, route.path)
        assert answer.status_code < 500, route
        if route.open:
            assert answer.status_code != 403, route
        elif route.for_programs:
            assert answer.status_code == 401, route
        else:
            led = (answer.status_code, answer.headers["Location"].partition("=")[0])
            assert led == (303, "/sign-in?next"), route


@pytest.mark.parametrize(("side", "role"), SOMEBODY)
def test_head_and_options_open_nothing_more(opens: Opens, side: str, role: str) -> None:
    app = opens(side)
    person = Caller(app, side, role)
    for route in routes(app):
        for method in ("HEAD", "OPTIONS"):
            status = person.send(method, route.path).status_code
            if status == 405 or (route.for_programs and status == 401):
                continue
            assert (status != 403) == route.lets(role), (role, method, route)


SIGNED = {"log.cosignature", "log_campaigns.cosignature", "calls.heard", "carrier.told", "dialler.heard"}


@pytest.mark.parametrize(("side", "role"), EVERYBODY)
def test_a_post_without_the_pages_token_is_refused(opens: Opens, side: str, role: str) -> None:
    app = opens(side)
    person = Caller(app, side, role)
    for route in routes(app):
        # A witness and a carrier post without a page; their signatures vouch for what they bring.
        # What residents send needs no cookie: whoever holds the address may send it.
        own = route.endpoint in {
            "log.cosignature",
            "log_campaigns.cosignature",
            "calls.heard",
            "dialler.heard",
            "carrier.told",
        } or route.endpoint.startswith(OF_RESIDENTS)
        if route.method == "POST" and not own:
            assert person.client.post(route.path, data={}).status_code == 400, route


def test_a_cookie_of_one_side_is_nothing_on_the_other(opens: Opens) -> None:
    one, other = opens("public"), opens("survey")
    assert one.secret_key == other.secret_key, "even where somebody has set it so"
    thief, owner = Caller(other, "survey"), Caller(one, "public", "administrator")
    names = [app.config["SESSION_COOKIE_NAME"] for app in (one, other)]
    cookie = owner.client.get_cookie(names[0], domain="hy.example.cn")
    thief.client.set_cookie(names[1], cookie.value, domain="127.0.0.1")
    answer = thief.send("GET", "/administrator/accounts")
    assert answer.headers["Location"].startswith("/sign-in?next=")
