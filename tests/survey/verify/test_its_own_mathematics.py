"""Signatures and hash trees of the checker agree with those of others."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from huying.ledger import tree
from survey import verify
from tests.support.examples import examples

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
FEW = examples(25)
SEEDS = st.binary(min_size=32, max_size=32)
RFC_8032 = [  # section 7.1, tests 1 to 3: secret key, message
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
]


def test_the_signatures_of_the_standard():
    for secret, message in RFC_8032:
        key, data = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)), bytes.fromhex(message)
        assert verify.signed(key.public_key().public_bytes_raw(), key.sign(data), data)
    first = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(RFC_8032[0][0]))
    assert first.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a")


@FEW
@given(seed=SEEDS, message=st.binary(max_size=200))
def test_a_signature_holds_for_its_message_alone(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.signed(public, signature, message)
    assert not verify.signed(public, signature, message + b"\0")


@FEW
@given(seed=SEEDS, bit=st.integers(0, 511))
def test_a_signature_with_any_bit_flipped_is_refused(seed, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = bytearray(key.sign(b"text"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify.signed(key.public_key().public_bytes_raw(), bytes(signature), b"text")


def test_the_same_signature_written_otherwise_is_refused():
    """S + L verifies under the bare equation: it is a second signature nobody made."""
    key = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"text")
    s = int.from_bytes(signature[32:], "little") + verify.L
    assert not verify.signed(public, signature[:32] + s.to_bytes(32, "little"), b"text")
    for wrong in (b"", signature[:63], signature + b"\0", signature + b"\xff" * 60_000):
        assert not verify.signed(public, wrong, b"text")


@FEW
@given(lines=st.lists(st.binary(max_size=9), max_size=70))
def test_roots_agree_with_the_ledgers(lines):
    assert verify.tree(lines) == tree.root(tree.leaf_hash(line) for line in lines)


@FEW
@given(lines=st.lists(st.binary(max_size=9), min_size=1, max_size=70))
def test_the_root_of_every_earlier_size_is_that_of_its_lines(lines):
    levels = verify.subtrees(lines)
    for size in range(1, len(lines) + 1):
        assert verify.root_at(levels, size) == verify.tree(lines[:size])


def test_roots_and_note_of_the_reference():
    vectors = json.loads((VECTORS / "note_and_roots.json").read_text())
    leaves = [bytes.fromhex(leaf) for leaf in vectors["leaf_inputs_hex"]]
    for size, root in enumerate(vectors["roots"]):
        assert verify.tree(leaves[:size]).hex() == root
    name, _, ident, public = verify.read_key(vectors["vkey"])
    signature = verify.unbase64(vectors["line"].split(" ")[2])
    assert (name, ident) == ("example.com/foo", signature[:4])
    assert verify.signed(public, signature[4:], vectors["text"].encode())
    assert not verify.signed(public, signature[4:], vectors["text"].encode() + b"\n")
