"""Signing in by an identity provider: it says who somebody is, an account here says what they may."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey

from huying.accounts import oidc
from huying.base import identity_provider, settings
from huying.base.errors import Refused
from tests.feedback.browsing import ORIGIN
from tests.huying.accounts.desk import CLERK, Person, database, kept
from tests.huying.accounts.provider import Liar, agrees, honest, running

CLIENT = {"OIDC_CLIENT_ID": "huying", "OIDC_CLIENT_SECRET": "a secret"}


@pytest.fixture(autouse=True)
def moment() -> None:
    """Time goes on here: the provider is a process with a clock of its own."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with honest() as found:
        yield found


def _tell(app, subject: str) -> None:
    with database(app).transaction() as session:
        account = app.extensions["huying.accounts"].account
        session.query(account).filter_by(login=CLERK).one().subject = subject


def _goes(person, *, path: str = "/sign-in/provider") -> str:
    answer = person.get(path)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _back(person, address: str):
    assert address.startswith(f"{ORIGIN}/sign-in/provider/back?")
    return person.get(address.removeprefix(ORIGIN))


def test_who_is_told_to_be_bob_signs_in_as_bob(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    _tell(app, "s-bob")
    person = Person(app)
    assert "用统一身份认证登录" in person.open("/sign-in").text
    answer = _back(person, agrees(_goes(person, path="/sign-in/provider?next=/account/"), "s-bob"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/")
    assert person.is_in
    assert [(line.login, line.outcome) for line in kept(app, "sign_in")] == [("bob", "in")]


def test_no_account_comes_to_be_by_it(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    person = Person(app)
    answer = _back(person, agrees(_goes(person), "s-bob"))
    assert answer.status_code == 403
    assert "没有登记您的账号" in answer.text
    assert len(kept(app, "account")) == 2
    assert not person.is_in
    assert [line.outcome for line in kept(app, "sign_in")] == ["stranger"]


def test_an_address_that_the_provider_vouches_for_may_be_what_is_matched(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, OIDC_CLAIM="email", **CLIENT)
    _tell(app, "bob@example.cn")
    person = Person(app)
    _back(person, agrees(_goes(person), "s-bob"))
    assert person.is_in
    _tell(app, "eve@example.cn")
    eve = Person(app)
    assert _back(eve, agrees(_goes(eve), "eve@example.cn")).status_code == 403, "it wasn't verified"


def test_an_account_out_of_use_stays_out(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    _tell(app, "s-bob")
    with database(app).transaction() as session:
        session.query(app.extensions["huying.accounts"].account).filter_by(login=CLERK).one().active = False
    person = Person(app)
    assert _back(person, agrees(_goes(person), "s-bob")).status_code == 403


def test_the_independent_side_asks_for_its_code_all_the_same(opens, issuer):
    app = opens("survey", OIDC_ISSUER=issuer, **CLIENT)
    _tell(app, "s-bob")
    person = Person(app)
    answer = _back(person, agrees(_goes(person), "s-bob"))
    assert answer.headers["Location"].startswith("/sign-in/enrol")
    assert not person.is_in


def test_an_answer_to_somebody_elses_journey_is_refused(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    _tell(app, "s-bob")
    thief, victim = Person(app), Person(app)
    planted = agrees(_goes(thief), "s-bob")
    assert _back(victim, planted).headers["Location"] == "/sign-in"
    _goes(victim)
    assert _back(victim, planted).status_code == 400
    assert not victim.is_in


def test_an_answer_is_good_once(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    _tell(app, "s-bob")
    person = Person(app)
    address = agrees(_goes(person), "s-bob")
    _back(person, address)
    assert _back(person, address).headers["Location"] == "/sign-in"


def test_it_leads_nowhere_else_afterwards(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    _tell(app, "s-bob")
    person = Person(app)
    answer = _back(person, agrees(_goes(person, path="/sign-in/provider?next=//evil.example"), "s-bob"))
    assert answer.headers["Location"] == "/desk"


def test_who_says_no_is_told_so(opens, issuer):
    app = opens("public", OIDC_ISSUER=issuer, **CLIENT)
    person = Person(app)
    state = parse_qs(urlsplit(_goes(person)).query)["state"][0]
    answer = person.get(f"/sign-in/provider/back?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "没有登录" in answer.text


def test_without_a_provider_there_is_no_such_page(app):
    for path in ("/sign-in/provider", "/sign-in/provider/back"):
        assert Person(app).get(path).status_code == 404
    assert "统一身份认证" not in Person(app).open("/sign-in").text


@pytest.fixture
def liar() -> Iterator[Liar]:
    with running(Liar()) as found:
        yield found


def _outcome(liar: Liar) -> str:
    provider = identity_provider.Provider(liar.issuer, "huying", "a secret")
    back = f"{ORIGIN}/sign-in/provider/back"
    address, journey = oidc.begin(provider, back=back)
    arguments = dict(pair.split("=", 1) for pair in urlsplit(liar.agreed(address)).query.split("&"))
    return oidc.subject(provider, oidc.finish(provider, journey, arguments, back=back))


def test_the_code_is_redeemed_with_proof_that_it_is_ours(liar):
    assert _outcome(liar) == "s-bob"
    assert liar.asked["code_challenge_method"] == "S256"
    assert liar.challenged
    assert len(liar.asked["state"]) >= 43
    assert len(liar.asked["nonce"]) >= 43


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another client"},
        {"exp": 1},
        {"iat": None},
        {"sub": None},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_says_otherwise_is_not_believed(liar, claims):
    liar.claims = claims
    with pytest.raises(oidc.ProviderFailed):
        _outcome(liar)


def test_a_token_signed_by_somebody_else_is_not_believed(liar):
    liar.signs_with = RSAKey.generate_key(2048, parameters={"kid": "k"})
    with pytest.raises(oidc.ProviderFailed):
        _outcome(liar)


def test_a_token_signed_with_the_clients_secret_is_not_believed(liar):
    liar.signs_with, liar.algorithm = OctKey.import_key("a secret" * 8), "HS256"
    with pytest.raises(oidc.ProviderFailed):
        _outcome(liar)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://id.example.cn"},
        {"token_endpoint": "http://id.example.cn/token"},
        {"jwks_uri": "http://id.example.cn/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ""},
    ],
)
def test_a_provider_that_leads_off_the_safe_way_is_not_followed(liar, described):
    liar.described = described
    with pytest.raises(oidc.ProviderFailed, match="不能采信"):
        _outcome(liar)


def test_a_silent_provider_holds_nobody_up(liar, monkeypatch):
    monkeypatch.setattr(oidc, "TIMEOUT", 0.2)
    liar.silent = True
    with pytest.raises(oidc.ProviderFailed, match="联系不上"):
        _outcome(liar)


def test_a_provider_that_is_not_there_is_a_sentence(opens):
    app = opens("public", OIDC_ISSUER="http://127.0.0.1:9", **CLIENT)
    answer = Person(app).get("/sign-in/provider")
    assert answer.status_code == 502
    assert "联系不上统一身份认证" in answer.text


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"OIDC_ISSUER": "http://id.example.cn", **CLIENT}, "OIDC_ISSUER 必须以 https:// 开头"),
        ({"OIDC_ISSUER": "https://id.example.cn"}, "OIDC_CLIENT_ID"),
        ({"OIDC_ISSUER": "https://id.example.cn", "OIDC_CLAIM": "name", **CLIENT}, "OIDC_CLAIM"),
        ({"SECOND_FACTOR": "maybe"}, "SECOND_FACTOR"),
    ],
)
def test_unfit_settings_are_refused_before_anything_is_served(tmp_path, environment, sentence):
    own = {f"HUYING_SURVEY_{name}": value for name, value in environment.items()}
    told = {"HUYING_DATA": str(tmp_path), "HUYING_SURVEY_BASE_URL": ORIGIN, **own}
    with pytest.raises(Refused, match=sentence):
        settings.load("survey", "HUYING_SURVEY", told).for_serving()
