"""An administrator looks after accounts, and can't lock everybody out by it."""

from __future__ import annotations

import pytest

from tests.huying.accounts.desk import ADMINISTRATOR, Person, account_of


@pytest.fixture
def administrator(app) -> Person:
    person = Person(app, ADMINISTRATOR)
    person.gives()
    return person


def test_the_last_administrator_stays(app, administrator):
    page = administrator.press(administrator.open("/administrator/accounts/1"), "/stop")
    assert page.status == 409
    assert "最后一个" in page.text
    assert account_of(app, ADMINISTRATOR).active
    assert administrator.is_in


def test_an_account_that_does_not_exist_is_not_found(administrator):
    assert administrator.open("/administrator/accounts/99").status == 404
    assert administrator.open(f"/administrator/accounts/{2**40}").status == 404


def test_no_page_shows_a_hash_or_a_digest(administrator):
    for path in ("/administrator/accounts", "/administrator/accounts/1", "/administrator/sign-ins"):
        assert "$argon2" not in administrator.open(path).html


def test_who_is_not_told_to_the_provider_is_told_here(opens):
    app = opens(
        "public",
        OIDC_ISSUER="https://id.example.cn",
        OIDC_CLIENT_ID="huying",
        OIDC_CLIENT_SECRET="s",
    )
    person = Person(app, ADMINISTRATOR)
    person.gives()
    page = person.press(person.open("/administrator/accounts/2"), "/subject", subject=" bob@example.cn ")
    assert 'value="bob@example.cn"' in page.html
    assert account_of(app, "bob").subject == "bob@example.cn"
    person.press(page, "/subject", subject="")
    assert account_of(app, "bob").subject is None
    assert person.press(page, "/subject", subject="x" * 256).status == 422
