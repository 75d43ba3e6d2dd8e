"""Each entry of the log says exactly what it was given, and takes no field of another form."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction

import pytest

from huying.base.errors import Invalid
from survey.drawing import entries

UNIT, HASH, NONCE = "H63ZMJQWXXZHHJ", "ab" * 32, "cd" * 16
VKEY = "demo.example/log+43c83b2b+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx"
DRAND = f"drand:{HASH},7"

WHOLE: dict[str, dict[str, object]] = {
    "frame": {"n": 1, "root": HASH, "wave": "demo"},
    "exclude": {"n": 0, "sha256": HASH, "waves": ["2026Q3"]},
    "design": {"attempts": 1, "sha256": HASH, "beacon": DRAND, "plan": 0, "most": 0, "item": "G1"}
    | {"voice": "adults", "terms": HASH},
    "commit": {"by": "alpha", "c": HASH},
    "reveal": {"by": "alpha", "r": HASH},
    "beacon": {"after": 1, "source": DRAND, "value": HASH},
    "draw": {"key": HASH},
    "release": {"h": "A"},
    "person": {"u": UNIT, "m": 1, "k": 1, "s": NONCE},
    "attempt": {"u": UNIT, "at": "2026-12-02T19:05", "by": "12", "s": NONCE},
    "final": {"u": UNIT, "code": "complete", "s": NONCE},
    "answers": {"day": "2026-12-02", "c": {"A": [HASH]}},
    "correction": {
        "u": UNIT,
        "from_": "complete",
        "to": "refusal",
        "why": "voided",
        "drop": [HASH],
        "s": NONCE,
    },
    "close": {"result": "void", "why": HASH, "by": ["alpha"], "short": ["A"], "unworked": [UNIT]},
    "key": {"op": "drop", "role": "witness", "vkey": VKEY},
}
ALSO = {"release": {"why": "response < plan"}}

NO_HASH = ["", HASH[:-1], HASH.upper(), HASH + "\n", "g" * 64]
NO_CODE = ["", "第一轮", "a b", "a" * 33]
NO_OUTCOME = ["", "Complete", "1.1", "_a", "two words", "a" * 33, "complete\n"]
NO_PARTY = ["", "Alpha", "a_b", "a" * 65]
NO_UNIT = ["", UNIT.lower(), UNIT[:-1], UNIT + "0"]
NO_COUNT = [-1, True, 2**53, "1", 1.0]
NO_SALT = ["", NONCE[:-1], NONCE.upper()]
WRONG: dict[str, dict[str, list[object]]] = {
    "frame": {"n": [0, *NO_COUNT], "root": [*NO_HASH], "wave": [*NO_CODE]},
    "exclude": {"n": NO_COUNT, "sha256": [*NO_HASH], "waves": [[], ["a b"], ["ok", "a b"]]},
    "design": {
        "attempts": [0, *NO_COUNT],
        "sha256": [*NO_HASH],
        "beacon": ["", "two words", "a" * 201, "dice:x,19d10", "dice:x,24d6"],
        "plan": [None, *NO_COUNT],
        "most": [None, *NO_COUNT],
        "item": [*NO_CODE],
        "voice": ["", "everybody"],
        "terms": [*NO_HASH],
    },
    "commit": {"by": [*NO_PARTY], "c": [*NO_HASH]},
    "reveal": {"by": [*NO_PARTY], "r": [*NO_HASH]},
    "beacon": {
        "after": [0, *NO_COUNT],
        "source": ["", "two words"],
        "value": ["", "two words"],
        "sig": ["", "0"],
    },
    "draw": {"key": [*NO_HASH]},
    "release": {"h": [*NO_CODE]},
    "person": {"u": [*NO_UNIT], "m": [0, *NO_COUNT], "k": [0, 2], "s": [*NO_SALT]},
    "attempt": {
        "u": [*NO_UNIT],
        "at": ["", "2026-12-02", "2026-12-02T19:05:00", "2026-12-02T24:05", "2026-02-30T19:05"],
        "by": [*NO_CODE],
        "s": [*NO_SALT],
    },
    "final": {"u": [*NO_UNIT], "code": [*NO_OUTCOME], "s": [*NO_SALT]},
    "answers": {
        "day": ["", "2026-02-30", "2026-12-2", "2026-12-02T19:05"],
        "c": [{}, {"A": []}, {"A": [HASH, HASH]}, {"A": [HASH[:-1]]}, {"一": [HASH]}],
    },
    "correction": {
        "u": [*NO_UNIT],
        "from_": [*NO_OUTCOME],
        "to": [*NO_OUTCOME],
        "why": ["", "He called back.", HASH.upper(), "a" * 33],
        "drop": [None, [], [HASH[:-1]]],
        "s": [*NO_SALT],
    },
    "close": {
        "result": ["", "stopped"],
        "why": ["", "Nobody came.", "a" * 33],
        "by": [["Alpha"]],
        "short": [["a b"]],
        "unworked": [[UNIT.lower()]],
    },
    "key": {
        "op": ["", "swap"],
        "role": ["", "clerk"],
        "vkey": ["", "no vkey", "a b+00000000+AA==", "a+0000000+AA==", "a+00000000+", "a+00000000+A A="],
    },
}
FIELDS = [(kind, field) for kind, fields in WRONG.items() for field in fields]


def write(kind: str, **given: object) -> bytes:
    entry: Callable[..., bytes] = getattr(entries, kind)
    return entry(**given)


@pytest.mark.parametrize("kind", WHOLE)
def test_an_entry_says_its_kind_and_every_field_it_was_given(kind: str) -> None:
    said = {field.rstrip("_"): value for field, value in WHOLE[kind].items()}
    assert json.loads(write(kind, **WHOLE[kind])) == {"t": kind, **said, **ALSO.get(kind, {})}


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_no_field_takes_another_form(kind: str, field: str) -> None:
    for wrong in WRONG[kind][field]:
        with pytest.raises(Invalid):
            write(kind, **WHOLE[kind] | {field: wrong})


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("design", {"attempts": 1, "sha256": HASH}),
        ("person", {"u": UNIT, "m": 3, "k": 3}),
        ("attempt", {"u": UNIT, "at": "2026-12-02T19:05"}),
        ("final", {"u": UNIT, "code": "no_answer"}),
        ("close", {"result": "done", "why": "field_end"}),
        ("key", {"op": "add", "role": "log", "vkey": VKEY}),
    ],
)
def test_what_was_not_given_is_not_in_the_entry(kind: str, least: dict[str, object]) -> None:
    assert json.loads(write(kind, **least)) == {"t": kind, **least}


def test_lists_stand_sorted_and_hold_each_value_once() -> None:
    closed = entries.close(
        result="void", why="part_withheld", by=["beta", "alpha", "beta"], short=["B", "A"], unworked=[]
    )
    assert json.loads(closed)["by"] == ["alpha", "beta"]
    assert json.loads(closed)["short"] == ["A", "B"]
    assert "unworked" not in json.loads(closed)
    low, high = "00" * 32, "ff" * 32
    corrected = entries.correction(
        u=UNIT, from_="complete", to="noncontact", why="voided", drop=[high, low, high]
    )
    assert json.loads(corrected)["drop"] == [low, high]


def test_a_household_counts_once_or_by_its_adults() -> None:
    for voice in ("household", "adults"):
        assert json.loads(entries.design(attempts=3, sha256=HASH, voice=voice))["voice"] == voice


def test_a_score_says_whether_its_tally_is_withheld() -> None:
    for mean, text in ((Fraction(17, 4), "17/4"), (None, "none")):
        assert json.loads(entries.score(mean=mean, publishable=True)) == {"t": "score", "mean": text}
        withheld = json.loads(entries.score(mean=mean, publishable=False))
        assert withheld == {"t": "score", "mean": text, "tally": "withheld"}
