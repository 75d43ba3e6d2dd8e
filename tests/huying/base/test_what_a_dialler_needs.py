"""What is said of a dialler is checked before anything is served."""

from __future__ import annotations

import pytest

from huying.base.dialling import DiallerSettings, read

KEY = "k" * 32


def faults(region: str = "CN", *, demo: bool = False, **own: str) -> str:
    found = read(own.get, demo=demo, key=KEY)
    return " ".join(found.faults(prefix="HUYING_SURVEY", demo=demo, region=region))


def test_by_hand_nothing_is_needed():
    assert faults() == ""


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ({"DIALLER": "smoke"}, "manual、http、twilio"),
        ({"DIALLER": "fake", "DIALLER_KEY": KEY}, "不能用 fake"),
        ({"DIALLER": "http", "DIALLER_ADDRESS": "https://p.example"}, "_KEY"),
        ({"DIALLER": "http", "DIALLER_KEY": KEY, "DIALLER_ADDRESS": "http://p.example"}, "https"),
        ({"DIALLER": "http", "DIALLER_KEY": KEY, "DIALLER_CAN": "fly"}, "fly"),
        ({"DIALLER": "twilio", "DIALLER_KEY": KEY}, "_BYOC"),
    ],
)
def test_what_is_missing_is_named(own, named):
    assert named in faults(**own)


def test_the_demo_plays_and_rings_nobody():
    assert faults(demo=True, DIALLER="fake") == ""
    assert "fake" in faults(demo=True, DIALLER="http", DIALLER_ADDRESS="https://p.example")


def test_a_table_has_a_telephone_of_its_own_or_one_by_its_code():
    seats = DiallerSettings(seats={"801": "+85221230000", "*": "sip:{code}@seats.example"})
    assert (seats.seat("801"), seats.seat("802")) == ("+85221230000", "sip:802@seats.example")
    assert DiallerSettings().seat("803") == "803"
