"""What may be written into the log of a wave, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.drawing import answers, beacon, entries
from survey.drawing.canonical import canonical, parse_canonical

UNIT, HASH, NONCE = "H63ZMJQWXXZHHJ", "ab" * 32, "cd" * 16
DRAND = Path(__file__).parents[2] / "vectors" / "draw" / "drand_quicknet.json"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    TEXT | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(st.characters(max_codepoint=127)), JSON, max_size=5)


@given(OBJECTS)
def test_a_canonical_line_reads_back_as_the_same_object(entry: dict[str, object]) -> None:
    line = canonical(entry)
    assert parse_canonical(line) == entry
    assert b"\n" not in line


@given(OBJECTS)
def test_the_order_in_which_fields_are_given_does_not_matter(entry: dict[str, object]) -> None:
    assert canonical(dict(reversed(entry.items()))) == canonical(entry)


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), True, None, b"x", {"é": 1}, {1: 2}, "\ud800"])
def test_what_json_readers_may_disagree_on_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        canonical({"a": value})


@pytest.mark.parametrize(
    "line",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1,"a":1}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":true}',
        b'{"a":"\\u4f60"}',
        b'{"a":9007199254740992}',
        b"[1]",
        b"{",
        b"",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' + b"9" * 10_000 + b"}",
    ],
)
def test_a_line_that_is_not_the_one_way_to_write_it_is_refused(line: bytes) -> None:
    with pytest.raises(Invalid):
        parse_canonical(line)


def test_an_entry_that_names_a_unit_may_carry_a_salt() -> None:
    line = entries.attempt(u=UNIT, at="2026-12-02T19:05", by="12", s=NONCE)
    assert json.loads(line) == {"t": "attempt", "u": UNIT, "at": "2026-12-02T19:05", "by": "12", "s": NONCE}
    assert json.loads(entries.final(u=UNIT, code="complete")) == {"t": "final", "u": UNIT, "code": "complete"}


def test_the_remaining_entries_have_the_documented_fields() -> None:
    vkey = "demo.example/log+43c83b2b+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx"
    written = {
        entries.exclude(n=2, sha256=HASH, waves=["2026Q3", "2026Q2"]): {
            "n": 2,
            "sha256": HASH,
            "waves": ["2026Q2", "2026Q3"],
        },
        entries.reveal(by="alpha", r=HASH): {"by": "alpha", "r": HASH},
        entries.draw(key=HASH): {"key": HASH},
        entries.release(h="A"): {"h": "A", "why": "response < plan"},
        entries.person(u=UNIT, m=3, k=2): {"u": UNIT, "m": 3, "k": 2},
        entries.correction(u=UNIT, from_="noncontact", to="refusal", why="reopened"): {
            "u": UNIT,
            "from": "noncontact",
            "to": "refusal",
            "why": "reopened",
        },
        entries.close(result="done", why="field_end", short=["B", "A"], unworked=[]): {
            "result": "done",
            "why": "field_end",
            "short": ["A", "B"],
        },
        entries.score(mean=None, publishable=False): {"mean": "none", "tally": "withheld"},
        entries.score(mean=Fraction(4), publishable=True): {"mean": "4/1"},
        entries.key(op="add", role="log", vkey=vkey): {"op": "add", "role": "log", "vkey": vkey},
    }
    for line, fields in written.items():
        entry = json.loads(line)
        entry.pop("t")
        assert entry == fields


def test_a_batch_of_answers_is_sorted_and_holds_no_empty_list() -> None:
    low, high = "00" * 32, "ff" * 32
    line = entries.answers(day="2026-12-02", c={"B": [high, low], "A": []})
    assert json.loads(line)["c"] == {"B": [low, high]}
    wrongs: list[dict[str, list[str]]] = [{"A": []}, {"A": [low, low]}, {"A": ["xy"]}, {"一": [low]}]
    for wrong in wrongs:
        with pytest.raises(Invalid):
            entries.answers(day="2026-12-02", c=wrong)


@pytest.mark.parametrize(
    "write",
    [
        lambda: entries.frame(n=0, root=HASH, wave="demo"),
        lambda: entries.frame(n=1, root=HASH.upper(), wave="demo"),
        lambda: entries.frame(n=1, root=HASH, wave="第一轮"),
        lambda: entries.frame(n=True, root=HASH, wave="demo"),
        lambda: entries.exclude(n=1, sha256=HASH, waves=[]),
        lambda: entries.design(attempts=0, sha256=HASH),
        lambda: entries.design(attempts=3, sha256=HASH, plan=1),
        lambda: entries.design(attempts=3, sha256=HASH, voice="everybody"),
        lambda: entries.design(attempts=3, sha256=HASH, beacon="dice:2026-12-01T10:00+08:00,6d10"),
        lambda: entries.commit(by="Alpha", c=HASH),
        lambda: entries.beacon(after=4, source="dice:x,20d10", value="6041773902551884026"),
        lambda: entries.beacon(after=4, source="dice:x,26d6", value="7" * 26),
        lambda: entries.beacon(after=4, source="drand:aa,1", value=HASH, sig="00"),
        lambda: entries.beacon(after=4, source="two words", value="1"),
        lambda: entries.person(u=UNIT, m=3, k=4),
        lambda: entries.person(u=UNIT, m=3, k=0),
        lambda: entries.attempt(u=UNIT, at="2026-02-30T19:05"),
        lambda: entries.attempt(u=UNIT, at="2026-12-02 19:05"),
        lambda: entries.attempt(u=UNIT.lower(), at="2026-12-02T19:05"),
        lambda: entries.attempt(u=UNIT, at="2026-12-02T19:05", by="张三"),
        lambda: entries.final(u=UNIT, code="1.1"),
        lambda: entries.final(u=UNIT, code="complete", s="00"),
        lambda: entries.correction(u=UNIT, from_="complete", to="noncontact", why="voided"),
        lambda: entries.correction(u=UNIT, from_="refusal", to="complete", why="reopened", drop=[HASH]),
        lambda: entries.correction(u=UNIT, from_="refusal", to="complete", why="He called back."),
        lambda: entries.close(result="stopped", why="field_end"),  # type: ignore[arg-type]
        lambda: entries.key(op="swap", role="log", vkey="a+00000000+AA=="),  # type: ignore[arg-type]
        lambda: entries.key(op="add", role="log", vkey="no vkey"),
    ],
)
def test_a_wrong_field_is_refused(write: Callable[[], bytes]) -> None:
    with pytest.raises(Invalid):
        write()


def test_a_drand_round_is_recorded_with_the_signature_whose_digest_it_is() -> None:
    round_ = json.loads(DRAND.read_bytes())
    source = f"drand:{round_['chain_hash']},{round_['round']}"
    line = entries.beacon(after=5, source=source, value=round_["randomness"], sig=round_["signature"])
    assert json.loads(line)["sig"] == round_["signature"]
    with pytest.raises(Invalid):
        entries.beacon(after=5, source=source, value=HASH, sig=round_["signature"])


def test_the_round_of_a_moment_is_known_beforehand() -> None:
    round_ = json.loads(DRAND.read_bytes())
    start, period = round_["genesis_time"], round_["period"]
    begins = start + (round_["round"] - 1) * period
    for second in (begins, begins + period - 1):
        at = datetime.fromtimestamp(second, UTC)
        assert beacon.drand_round(at, genesis=start, period=period) == round_["round"]


@given(st.integers(1, 5), st.from_regex(r"[0-9a-f]{32}", fullmatch=True))
def test_a_receipt_is_found_again_however_it_is_typed(answer: int, nonce: str) -> None:
    receipt = answers.receipt(answers.commitment(answer, stratum="A", nonce=nonce))
    typed = receipt.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert answers.read_receipt(typed) == receipt
    assert answers.read_receipt(receipt) == receipt


def test_a_nonce_is_16_random_bytes_and_an_answer_one_of_five() -> None:
    assert {len(bytes.fromhex(answers.new_nonce())) for _ in range(9)} == {16}
    assert len({answers.new_nonce() for _ in range(99)}) == 99
    assert len({answers.commitment(answer, stratum="A", nonce=NONCE) for answer in (1, 2, 3, 4, 5)}) == 5


def test_openings_are_sorted_and_read_back() -> None:
    given = [answers.Opening("B", NONCE, 1), answers.Opening("A", NONCE, 5), answers.Opening("A", NONCE, 4)]
    data = answers.openings_tsv(given)
    assert data.decode() == f"A\t{NONCE}\t4\nA\t{NONCE}\t5\nB\t{NONCE}\t1\n"
    assert answers.parse_openings(data) == tuple(reversed(given))
    assert given[1].commitment() == answers.commitment(5, stratum="A", nonce=NONCE)


@pytest.mark.parametrize(
    "line", [f"A\t{NONCE}\t6", f"A\t{NONCE}\t0", f"A\t{NONCE}", f"A\t{NONCE[1:]}\t1", f"一\t{NONCE}\t1"]
)
def test_an_opening_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match=r"^openings\.tsv 第 1 行："):
        answers.parse_openings(f"{line}\n".encode())


@pytest.mark.parametrize(
    ("source", "value", "fits"),
    [
        ("dice:x,20d10", "60417739025518840263", True),
        ("dice:x,20d10", "6041773902551884026", False),
        ("dice:x,20d10", "604177390255188402630", False),
        ("dice:x,25d6", "1234561234561234561234561", True),
        ("dice:x,25d6", "1234561234561234561234567", False),
        ("dice:x,25d6", "0234561234561234561234561", False),
        ("lottery:x", "any-value", True),
    ],
)
def test_dice_are_written_in_the_order_in_which_they_fell(source: str, value: str, fits: bool) -> None:
    if fits:
        assert beacon.check_value(value, source=source) == value
    else:
        with pytest.raises(Invalid):
            beacon.check_value(value, source=source)


@pytest.mark.parametrize(
    ("dice", "enough"), [("20d10", True), ("19d10", False), ("25d6", True), ("24d6", False)]
)
def test_sixty_four_bits_of_chance_are_enough(dice: str, enough: bool) -> None:
    if enough:
        assert beacon.check_source(f"dice:x,{dice}") == f"dice:x,{dice}"
    else:
        with pytest.raises(Invalid, match="骰子太少"):
            beacon.check_source(f"dice:x,{dice}")


@pytest.mark.parametrize("typed", ["", "RS2N-FNX8-121R-D0F", "RS2N-FNX8-121R-D0FU", "回执"])
def test_what_can_be_no_receipt_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        answers.read_receipt(typed)


@pytest.mark.parametrize("answer", [0, 6, 98])
def test_only_answers_one_to_five_are_committed(answer: int) -> None:
    with pytest.raises(Invalid):
        answers.commitment(answer, stratum="A", nonce=NONCE)
