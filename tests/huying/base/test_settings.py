"""An installation that isn't fit to serve people says what to set."""

from __future__ import annotations

import pytest

from huying.base import settings
from huying.base.errors import Refused


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


def test_an_empty_variable_counts_as_not_set(tmp_path):
    names = ("DATABASE_URL", "BASE_URL", "SECRET", "ORIGIN", "DEBUG")
    empty = dict.fromkeys([f"HUYING_PUBLIC_{name}" for name in names], "") | {"HUYING_REGION": ""}
    assert _load(tmp_path, **empty) == _load(tmp_path)
    assert settings.load("public", "HUYING_PUBLIC", {"HUYING_DATA": ""}).data.name == "var"


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


def test_a_carrier_with_a_key_is_enough(tmp_path):
    own = {"HUYING_PUBLIC_VOICE": "http", "HUYING_PUBLIC_VOICE_KEY": "k" * 32}
    assert _load(tmp_path, **FIT, **own).for_serving().voice.operator == "12345"
