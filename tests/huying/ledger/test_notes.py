"""Signed notes: whose signature counts, which are ignored, what rejects a note."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from huying.ledger import note
from huying.ledger.keys import WITNESS, VerifierKey, decode, parse_vkey, verifier_key

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
TEST_1 = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
ORIGIN = "demo.example/log"

CHECKPOINT = note.Checkpoint(
    ORIGIN, 4, bytes.fromhex("10634873681b5bdac0a21094618c0f7ad1d12f6fccbbfd50b9417a1f2250b727")
)
LOG_KEY = verifier_key(ORIGIN, key=TEST_1)


def secret(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def witness(number: int, name: str | None = None) -> VerifierKey:
    return verifier_key(name or f"witness{number}.example", key=secret(number), kind=WITNESS)


def cosigned(*numbers: int) -> str:
    signed = note.sign_checkpoint(CHECKPOINT, key=TEST_1)
    for number in numbers:
        signed = note.cosign(signed, name=f"witness{number}.example", key=secret(number), at=AT)
    return signed


def test_the_worked_examples_note_is_the_same_to_the_byte() -> None:
    assert note.sign_checkpoint(CHECKPOINT, key=TEST_1) == (
        "demo.example/log\n4\nEGNIc2gbW9rAohCUYYwPetHRL2/Mu/1QuUF6HyJQtyc=\n\n"
        "— demo.example/log CCG7kfPOJ1BoLtbPIbK/TbOkQjpdt+4O/g5Ht9CZEWsvOUkP"
        "+KpGhwhjg/h0S+blW3RHMtGzr1nZGzHe5xvbpGBl9gA=\n"
    )


def test_the_published_note_verifies_and_an_altered_one_does_not() -> None:
    published = json.loads((VECTORS / "note_and_roots.json").read_text(encoding="utf-8"))
    key = parse_vkey(published["vkey"])
    whole = published["text"] + "\n" + published["line"] + "\n"
    assert note.verify(whole, keys=[key]).text == published["text"]
    assert key.text == published["vkey"]
    with pytest.raises(Invalid):
        note.verify(whole.replace("example message", "example massage"), keys=[key])


def test_a_log_with_three_witnesses_verifies_under_a_quorum() -> None:
    checkpoint = note.verify_checkpoint(
        cosigned(1, 2, 3), log=LOG_KEY, witnesses=[witness(1), witness(2), witness(3)], quorum=3
    )
    assert checkpoint == CHECKPOINT


def test_a_cosignature_tells_when_it_was_made() -> None:
    checked = note.verify(cosigned(1), keys=[witness(1)])
    assert checked.signatures == (note.Signature(witness(1), int(AT.timestamp())),)


def test_one_witness_under_two_names_counts_once() -> None:
    signed = note.cosign(cosigned(1), name="alias.example", key=secret(1), at=AT)
    both = [witness(1), witness(1, "alias.example")]
    note.verify_checkpoint(signed, log=LOG_KEY, witnesses=both, quorum=1)
    with pytest.raises(Invalid, match="不足 2 个"):
        note.verify_checkpoint(signed, log=LOG_KEY, witnesses=both, quorum=2)


def test_the_log_is_no_witness_of_itself() -> None:
    signed = note.cosign(cosigned(), name="other.example", key=TEST_1, at=AT)
    itself = verifier_key("other.example", key=TEST_1, kind=WITNESS)
    with pytest.raises(Invalid, match="不足"):
        note.verify_checkpoint(signed, log=LOG_KEY, witnesses=[itself], quorum=1)


def test_a_checkpoint_under_another_logs_name_is_refused() -> None:
    signed = note.sign(CHECKPOINT.text, name="other.example", key=TEST_1)
    with pytest.raises(Invalid, match="自己的签名"):
        note.verify_checkpoint(signed, log=verifier_key("other.example", key=TEST_1))


def test_a_cosignature_alone_is_not_the_logs_signature() -> None:
    lines = cosigned(1).splitlines(keepends=True)
    without = "".join([*lines[:4], lines[5]])
    with pytest.raises(Invalid, match="自己的签名"):
        note.verify_checkpoint(without, log=LOG_KEY, witnesses=[witness(1)], quorum=1)


def test_unknown_signers_are_ignored() -> None:
    assert note.verify_checkpoint(cosigned(*range(1, 40)), log=LOG_KEY) == CHECKPOINT


def test_a_note_without_a_known_signature_is_refused() -> None:
    with pytest.raises(Invalid, match="已知的签名"):
        note.verify(cosigned(1), keys=[witness(2)])


@given(st.data())
@settings(deadline=None)
def test_a_bad_signature_by_a_known_key_rejects_the_whole_note(data: st.DataObject) -> None:
    signed = cosigned(1)
    head, encoded = signed.rstrip("\n").rsplit(" ", 1)
    raw = bytearray(base64.b64decode(encoded))
    raw[data.draw(st.integers(4, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid, match="签名不对"):
        note.verify(f"{head} {base64.b64encode(raw).decode()}\n", keys=[LOG_KEY, witness(1)])


@given(st.data())
@settings(deadline=None)
def test_no_altered_character_of_the_text_passes(data: st.DataObject) -> None:
    signed = cosigned()
    place = data.draw(st.integers(0, len(CHECKPOINT.text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign != signed[place]))
    with pytest.raises(Invalid):
        note.verify_checkpoint(signed[:place] + other + signed[place + 1 :], log=LOG_KEY)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "\n\n",
        cosigned().rstrip("\n"),
        cosigned() + "\n",
        cosigned().replace("— ", "- "),
        cosigned().replace("— ", "—  "),
        cosigned().replace("=\n", "\n"),
        cosigned().replace("\n", "\r\n"),
        CHECKPOINT.text + "\n— a AAAA\n",
        CHECKPOINT.text + "\n" + "— a AAAAAAA=\n" * 101,
    ],
)
def test_a_malformed_note_is_refused(broken: str) -> None:
    with pytest.raises(Invalid):
        note.verify(broken, keys=[LOG_KEY])


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n" + base64.b64encode(bytes(31)).decode() + "\n",
        "a\n01\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "a\n-1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "\n1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\nextension\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode(),
        "a\n1\n",
    ],
)
def test_a_checkpoint_has_three_lines_and_no_more(text: str) -> None:
    with pytest.raises(Invalid):
        note.parse_checkpoint(text)


def vkey(kind: int, public: bytes, name: str = "a.example") -> str:
    return VerifierKey(name, kind, public).text


def test_a_vkey_comes_back_as_it_was_written() -> None:
    for key in (LOG_KEY, witness(1)):
        assert parse_vkey(key.text) == key


@pytest.mark.parametrize(("kind", "called"), [(0x06, "ML-DSA-44"), (0xFF, "SM2"), (0x02, "0x02")])
def test_a_reserved_or_unknown_type_is_named_and_refused(kind: int, called: str) -> None:
    with pytest.raises(Invalid, match=f"{called} 暂不支持"):
        parse_vkey(vkey(kind, bytes(32)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example",
        "a.example+00000000",
        LOG_KEY.text.replace("+0821bb91+", "+0821bb92+"),
        LOG_KEY.text.replace("+0821bb91+", "+0821BB91+"),
        LOG_KEY.text + "=",
        LOG_KEY.text + "\n",
        vkey(1, bytes(31)),
        vkey(1, (2**255 - 19).to_bytes(32, "little")),
        vkey(1, (1 | 1 << 255).to_bytes(32, "little")),
        vkey(1, LOG_KEY.public, "two words"),
        vkey(1, LOG_KEY.public, ""),
    ],
)
def test_a_malformed_vkey_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_vkey(text)


def test_the_key_id_is_the_hash_of_name_type_and_key() -> None:
    assert LOG_KEY.key_id == hashlib.sha256(b"demo.example/log\n\x01" + LOG_KEY.public).digest()[:4]


@pytest.mark.parametrize("text", ["no line end", "tab\there\n", "null\x00\n", ""])
def test_a_text_unfit_for_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(Invalid):
        note.sign(text, name=ORIGIN, key=TEST_1)


def test_the_text_of_a_note_can_be_had_before_anything_is_verified() -> None:
    assert note.text_of(cosigned(1)) == CHECKPOINT.text
    with pytest.raises(Invalid):
        note.text_of(CHECKPOINT.text)


def test_the_lines_of_known_signers_are_found_each_with_its_line_end() -> None:
    lines = cosigned(1, 2).splitlines(keepends=True)[4:]
    assert note.lines_of(cosigned(1, 2), keys=[LOG_KEY, witness(2)]) == [
        (LOG_KEY, lines[0]),
        (witness(2), lines[2]),
    ]
    assert note.lines_of(cosigned(1), keys=[witness(3)]) == []


def test_a_note_holds_a_hundred_signatures_at_most() -> None:
    strangers = "".join(f"— a{number} {base64.b64encode(bytes(72)).decode()}\n" for number in range(99))
    assert note.verify(cosigned() + strangers, keys=[LOG_KEY]).text == CHECKPOINT.text
    with pytest.raises(Invalid, match="签名文件"):
        note.verify(cosigned() + strangers + strangers.splitlines(keepends=True)[0], keys=[LOG_KEY])


def test_a_size_has_nineteen_digits_at_most() -> None:
    root = base64.b64encode(bytes(32)).decode()
    for size in (0, 10**18, 10**19 - 1):
        assert note.parse_checkpoint(f"a\n{size}\n{root}\n") == note.Checkpoint("a", size, bytes(32))
    with pytest.raises(Invalid):
        note.parse_checkpoint(f"a\n{10**19}\n{root}\n")


def test_a_quorum_of_none_needs_no_witness() -> None:
    assert note.verify_checkpoint(cosigned(), log=LOG_KEY) == CHECKPOINT
    assert note.verify_checkpoint(cosigned(1), log=LOG_KEY, witnesses=[witness(1)]) == CHECKPOINT


def test_a_witness_key_is_no_logs_key() -> None:
    as_witness = verifier_key(ORIGIN, key=TEST_1, kind=WITNESS)
    signed = note.cosign(cosigned(), name=ORIGIN, key=TEST_1, at=AT)
    with pytest.raises(Invalid, match="自己的签名"):
        note.verify_checkpoint(signed, log=as_witness)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "tab\tname", "line\nend", "\u200bhidden"])
def test_a_name_unfit_for_a_signature_line_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="签名者的名称"):
        verifier_key(name, key=TEST_1)


@pytest.mark.parametrize("sign", [1, 9, 11, 31])
def test_a_control_character_is_not_signed(sign: int) -> None:
    with pytest.raises(Invalid):
        note.sign(f"a{chr(sign)}b\n", name=ORIGIN, key=TEST_1)


def test_words_of_any_script_are_signed() -> None:
    signed = note.sign("第一行 ~\n\n第三行\n", name=ORIGIN, key=TEST_1)
    assert note.verify(signed, keys=[LOG_KEY]).text == "第一行 ~\n\n第三行\n"


@pytest.mark.parametrize("spelt", ["AA==", "AB==", "AA=", "AA", "A A=", "-_==", "中"])
def test_only_one_spelling_of_bytes_is_read(spelt: str) -> None:
    assert decode(spelt) == (b"\x00" if spelt == "AA==" else None)


def test_a_point_without_a_sign_is_canonical_below_the_prime() -> None:
    prime = 2**255 - 19
    for y, fits in ((0, True), (1, True), (prime - 1, True), (prime, False)):
        public = y.to_bytes(32, "little")
        if fits:
            assert parse_vkey(vkey(1, public)).public == public
        else:
            with pytest.raises(Invalid):
                parse_vkey(vkey(1, public))
    for y, fits in ((1, False), (prime - 1, False), (2, True)):
        public = (y | 1 << 255).to_bytes(32, "little")
        if fits:
            assert parse_vkey(vkey(1, public)).public == public
        else:
            with pytest.raises(Invalid):
                parse_vkey(vkey(1, public))
