"""An installation that isn't fit to serve people says what to set."""

from __future__ import annotations

import os

import pytest

from huying.base import settings
from huying.base.errors import Refused
from huying.base.identity_provider import Provider, is_safe
from huying.base.voice import Voice


def _load(tmp_path, **more):
    return settings.load("public", "HUYING_PUBLIC", {"HUYING_DATA": str(tmp_path), **more})


def test_everything_of_the_embedded_default_lies_in_one_folder(tmp_path):
    found = _load(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'public.db'}"
    assert found.keys.folder == tmp_path / "keys" / "public"


FIT = {"HUYING_PUBLIC_BASE_URL": "https://hy.example.cn"}


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({}, "HUYING_PUBLIC_BASE_URL"),
        ({"HUYING_PUBLIC_BASE_URL": "http://hy.example.cn"}, "https"),
        (
            {"HUYING_PUBLIC_BASE_URL": "https://hy.example.cn", "HUYING_PUBLIC_SECRET": "short"},
            "HUYING_PUBLIC_SECRET",
        ),
        (
            {"HUYING_PUBLIC_BASE_URL": "https://hy.example.cn", "HUYING_PUBLIC_DEBUG": "1"},
            "HUYING_PUBLIC_DEBUG",
        ),
    ],
)
def test_serving_is_refused_with_the_name_of_what_to_set(tmp_path, variables, names):
    with pytest.raises(Refused, match=names):
        _load(tmp_path, **variables).for_serving()


def test_a_demo_serves_this_machine_alone(tmp_path):
    demo = {"HUYING_DEMO": "1"}
    with pytest.raises(Refused, match="HUYING_DEMO"):
        _load(tmp_path, **FIT, **demo).for_serving()
    local = _load(tmp_path, HUYING_PUBLIC_BASE_URL="http://127.0.0.1:8000", **demo)
    assert not local.for_serving().secure_cookies


def test_cookies_are_bare_on_loopback_and_not_on_an_address_that_looks_like_it(tmp_path):
    assert _load(tmp_path, HUYING_PUBLIC_BASE_URL="http://127.0.0.1.example.cn").secure_cookies


def test_an_empty_variable_counts_as_not_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("DATABASE_URL", "BASE_URL", "SECRET", "ORIGIN", "DEBUG")
    empty = dict.fromkeys([f"HUYING_PUBLIC_{name}" for name in names], "") | {"HUYING_REGION": ""}
    assert _load(tmp_path, **empty) == _load(tmp_path)
    assert settings.load("public", "HUYING_PUBLIC", {"HUYING_DATA": ""}).data.parts[-2:] == ("var", "public")


def test_without_a_word_each_side_has_a_folder_of_its_own_and_a_shared_one_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings.load("survey", "HUYING_SURVEY", {}).data == tmp_path / "var" / "survey"
    shared = tmp_path / "shared"
    (shared / "var").mkdir(parents=True)
    (shared / "var" / "survey.db").touch()
    monkeypatch.chdir(shared)
    assert settings.load("survey", "HUYING_SURVEY", {}).data == shared / "var"
    assert settings.load("public", "HUYING_PUBLIC", {}).data == shared / "var" / "public"


def test_a_whole_installation_serves(tmp_path):
    assert _load(tmp_path, **FIT).for_serving().secure_cookies


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"VOICE": "carrier-pigeon"}, "HUYING_PUBLIC_VOICE"),
        ({"VOICE": "http", "VOICE_KEY": "short"}, "HUYING_PUBLIC_VOICE_KEY"),
        ({"VOICE": "twilio", "VOICE_KEY": "k" * 32, "VOICE_BYOC": "BY1"}, "HUYING_PUBLIC_VOICE_ACCOUNT"),
        (
            {
                "VOICE": "twilio",
                "VOICE_KEY": "k" * 32,
                "VOICE_ACCOUNT": "AC1",
                "VOICE_NUMBER": "+85212345678",
            },
            "HUYING_PUBLIC_VOICE_BYOC",
        ),
        ({"VOICE": "fake", "VOICE_KEY": "k" * 32}, "fake"),
        ({"DIALLER": "carrier-pigeon"}, "HUYING_PUBLIC_DIALLER"),
        ({"DIALLER": "fake", "DIALLER_KEY": "k" * 32}, "fake"),
        (
            {
                "DIALLER": "twilio",
                "DIALLER_KEY": "k" * 32,
                "DIALLER_ACCOUNT": "AC1",
                "DIALLER_NUMBER": "+85212345678",
                "DIALLER_SEATS": "801=+85220000801",
            },
            "HUYING_PUBLIC_DIALLER_BYOC",
        ),
    ],
)
def test_a_voice_gateway_that_cannot_work_is_refused_before_anything_is_served(tmp_path, variables, names):
    own = {f"HUYING_PUBLIC_{name}": value for name, value in variables.items()}
    with pytest.raises(Refused, match=names):
        _load(tmp_path, **FIT, **own).for_serving()


def test_no_gateway_is_set_unless_it_is_chosen_and_a_demo_has_one_in_play(tmp_path):
    assert _load(tmp_path, **FIT).voice.gateway == "none"
    demo = {"HUYING_DEMO": "1", "HUYING_PUBLIC_BASE_URL": "http://127.0.0.1:8000"}
    assert _load(tmp_path, **demo).for_serving().voice.gateway == "fake"


def test_interviewers_dial_by_hand_unless_another_way_is_chosen(tmp_path):
    assert _load(tmp_path, **FIT).dialler.dialler == "manual"
    own = {"HUYING_PUBLIC_DIALLER": "http", "HUYING_PUBLIC_DIALLER_KEY": "k" * 32}
    own |= {"HUYING_PUBLIC_DIALLER_ADDRESS": "https://pbx.example.cn"}
    found = _load(tmp_path, **FIT, **own, HUYING_PUBLIC_DIALLER_RECORDING_DAYS="30").for_serving().dialler
    assert (found.dialler, found.recording_days) == ("http", 30)
    assert _load(tmp_path, HUYING_PUBLIC_DIALLER_RECORDING_DAYS="soon").dialler.recording_days == 0


def test_a_carrier_with_a_key_is_enough(tmp_path):
    own = {"HUYING_PUBLIC_VOICE": "http", "HUYING_PUBLIC_VOICE_KEY": "k" * 32}
    assert _load(tmp_path, **FIT, **own).for_serving().voice.operator == "12345"


def test_the_environment_is_read_to_the_last_variable(tmp_path):
    own = {
        "DATABASE_URL": "postgresql://db/huying",
        "BASE_URL": "https://hy.example.cn/",
        "SECRET": "s" * 32,
        "DEBUG": "1",
        "ORIGIN": "hy.example.cn/log",
        "SECOND_FACTOR": "required",
        "PROCESSES": "3",
    }
    found = settings.load(
        "survey",
        "HUYING_SURVEY",
        {"HUYING_DATA": str(tmp_path), "HUYING_REGION": "HK"}
        | {f"HUYING_SURVEY_{name}": value for name, value in own.items()},
    )
    assert found == settings.Settings(
        side="survey",
        prefix="HUYING_SURVEY",
        data=tmp_path,
        database_url="postgresql://db/huying",
        base_url="https://hy.example.cn",
        secret="s" * 32,
        demo=False,
        debug=True,
        origin="hy.example.cn/log",
        region="HK",
        allowed_numbers="real",
        second_factor="required",
        processes=3,
    )


def test_what_is_not_set_is_made_or_has_its_default(tmp_path):
    found = _load(tmp_path)
    assert found == settings.Settings(
        side="public",
        prefix="HUYING_PUBLIC",
        data=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'public.db'}",
        base_url="",
        secret=found.keys.text("session"),
        demo=False,
        debug=False,
        origin="huying.local/public",
        region="CN",
        allowed_numbers="real",
    )
    assert (found.second_factor, found.provider, found.voice) == ("", None, Voice())


def test_the_independent_side_answers_with_every_core_and_the_public_one_keeps_pages_in_one(tmp_path):
    given = {"HUYING_DATA": str(tmp_path)}
    assert settings.load("survey", "HUYING_SURVEY", given).processes == len(os.sched_getaffinity(0))
    assert settings.load("survey", "HUYING_SURVEY", given | {"HUYING_DEMO": "1"}).processes == 1
    assert _load(tmp_path).processes == 1


@pytest.mark.parametrize("said", ["0", "-1", "two"])
def test_a_number_of_processes_that_is_none_is_refused_before_serving(tmp_path, said):
    found = _load(tmp_path, HUYING_PUBLIC_BASE_URL="https://hy.example.cn", HUYING_PUBLIC_PROCESSES=said)
    with pytest.raises(Refused, match="HUYING_PUBLIC_PROCESSES"):
        found.for_serving()


def test_a_demo_knows_invented_numbers_alone(tmp_path):
    assert _load(tmp_path, HUYING_DEMO="1").allowed_numbers == "invented"
    for other in ("0", "true", ""):
        assert not _load(tmp_path, HUYING_DEMO=other).demo


def test_debugging_is_for_the_demo_and_only_1_turns_it_on(tmp_path):
    demo = {"HUYING_DEMO": "1", "HUYING_PUBLIC_BASE_URL": "http://127.0.0.1:8000"}
    assert _load(tmp_path, **demo, HUYING_PUBLIC_DEBUG="1").for_serving().debug
    assert not _load(tmp_path, HUYING_PUBLIC_DEBUG="yes").debug


@pytest.mark.parametrize(
    ("side", "demo", "said", "asks"),
    [
        ("survey", False, "", True),
        ("survey", False, "optional", False),
        ("survey", False, "required", True),
        ("survey", True, "", False),
        ("survey", True, "required", True),
        ("public", False, "", False),
        ("public", False, "required", True),
        ("public", False, "optional", False),
    ],
)
def test_the_independent_side_asks_for_a_code_unless_it_is_told_otherwise(tmp_path, side, demo, said, asks):
    variables = {"HUYING_DATA": str(tmp_path), "X_SECOND_FACTOR": said, "HUYING_DEMO": "1" if demo else ""}
    assert settings.load(side, "X", variables).asks_second_factor is asks


@pytest.mark.parametrize(
    ("said", "fits"), [("required", True), ("optional", True), ("", True), ("sometimes", False)]
)
def test_a_second_factor_is_required_or_optional(tmp_path, said, fits):
    found = _load(tmp_path, **FIT, HUYING_PUBLIC_SECOND_FACTOR=said)
    if fits:
        assert found.for_serving() is found
    else:
        with pytest.raises(Refused, match="HUYING_PUBLIC_SECOND_FACTOR"):
            found.for_serving()


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("https://127.0.0.1:8000", True),
        ("http://hy.example.cn", True),
        ("https://hy.example.cn", True),
    ],
)
def test_cookies_travel_by_tls_but_on_plain_loopback(tmp_path, address, secure):
    assert _load(tmp_path, HUYING_PUBLIC_BASE_URL=address).secure_cookies is secure


@pytest.mark.parametrize(("length", "fits"), [(31, False), (32, True)])
def test_a_secret_is_32_characters_at_least(tmp_path, length, fits):
    found = _load(tmp_path, **FIT, HUYING_PUBLIC_SECRET="s" * length)
    if fits:
        assert found.for_serving() is found
    else:
        with pytest.raises(Refused, match="至少 32 个字符"):
            found.for_serving()


def test_a_key_to_carriers_is_16_characters_at_least(tmp_path):
    own = {**FIT, "HUYING_PUBLIC_VOICE": "http"}
    with pytest.raises(Refused, match="至少 16 个字符"):
        _load(tmp_path, **own, HUYING_PUBLIC_VOICE_KEY="k" * 15).for_serving()
    assert _load(tmp_path, **own, HUYING_PUBLIC_VOICE_KEY="k" * 16).for_serving().voice.key == "k" * 16


def test_a_demo_by_tls_on_this_machine_serves_too(tmp_path):
    demo = {"HUYING_DEMO": "1", "HUYING_PUBLIC_BASE_URL": "https://localhost:8000"}
    assert _load(tmp_path, **demo).for_serving().demo


PROVIDER = {
    "OIDC_ISSUER": "https://id.example.cn/",
    "OIDC_CLIENT_ID": "huying",
    "OIDC_CLIENT_SECRET": "quiet",
}


def provided(tmp_path, **more):
    own = {f"HUYING_PUBLIC_{name}": value for name, value in (PROVIDER | more).items()}
    return _load(tmp_path, **FIT, **own)


def test_staff_may_sign_in_by_a_provider(tmp_path):
    found = provided(tmp_path).for_serving().provider
    assert found == Provider("https://id.example.cn", "huying", "quiet", claim="sub")
    assert "quiet" not in repr(found)


@pytest.mark.parametrize("claim", ["sub", "email", "preferred_username"])
def test_accounts_are_matched_by_one_of_three_claims(tmp_path, claim):
    assert provided(tmp_path, OIDC_CLAIM=claim).for_serving().provider.claim == claim


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"OIDC_ISSUER": "http://id.example.cn"}, "HUYING_PUBLIC_OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://"}, "HUYING_PUBLIC_OIDC_ISSUER"),
        ({"OIDC_CLIENT_ID": ""}, "_OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_SECRET": ""}, "_OIDC_CLIENT_SECRET"),
        ({"OIDC_CLAIM": "name"}, "sub, email, preferred_username"),
    ],
)
def test_a_provider_that_cannot_work_is_refused_before_anything_is_served(tmp_path, wrong, names):
    with pytest.raises(Refused, match=names):
        provided(tmp_path, **wrong).for_serving()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://id.example.cn", True),
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000", True),
        ("http://[::1]:9000", True),
        ("http://id.example.cn", False),
        ("ftp://id.example.cn", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("", False),
    ],
)
def test_an_address_is_safe_by_tls_or_on_this_machine(address, safe):
    assert is_safe(address) is safe
