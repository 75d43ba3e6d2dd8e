"""The Merkle tree: published vectors, and what must hold for every tree."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.ledger import tree

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"

lines = st.lists(st.binary(max_size=8), min_size=1, max_size=80)


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return found


def unpacked(hashes: Sequence[str] | None) -> list[bytes]:
    return [base64.b64decode(each) for each in hashes or ()]


@pytest.mark.parametrize("case", vectors("merkle_inclusion.json"), ids=lambda case: case["name"])
def test_inclusion_is_accepted_and_refused_as_published(case: dict[str, Any]) -> None:
    accepted = tree.verify_inclusion(
        base64.b64decode(case["leafHash"]),
        index=case["leafIdx"],
        size=case["treeSize"],
        proof=unpacked(case["proof"]),
        root=base64.b64decode(case["root"]),
    )
    assert accepted is not case["wantErr"]


@pytest.mark.parametrize("case", vectors("merkle_consistency.json"), ids=lambda case: case["name"])
def test_consistency_is_accepted_and_refused_as_published(case: dict[str, Any]) -> None:
    accepted = tree.verify_consistency(
        case["size1"],
        second=case["size2"],
        first_root=base64.b64decode(case["root1"]),
        second_root=base64.b64decode(case["root2"]),
        proof=unpacked(case["proof"]),
    )
    assert accepted is not case["wantErr"]


def test_all_196_vectors_are_there() -> None:
    assert len(vectors("merkle_inclusion.json")) + len(vectors("merkle_consistency.json")) == 196


def test_the_roots_of_sizes_0_to_8_are_the_published_ones() -> None:
    published = json.loads((VECTORS / "note_and_roots.json").read_text(encoding="utf-8"))
    leaves = [tree.leaf_hash(bytes.fromhex(line)) for line in published["leaf_inputs_hex"]]
    assert [tree.root(leaves[:size]).hex() for size in range(9)] == published["roots"]


def test_the_worked_examples_entry_and_frame_hash_as_printed() -> None:
    frame_root = "351ab37d4bf50af569a3757b68e0b956d0a20563687fcd40d268069d875cd1ab"
    entry = f'{{"n":4,"root":"{frame_root}","t":"frame","wave":"demo"}}'.encode()
    assert tree.leaf_hash(entry).hex() == "72f50505c014e742d4ea2fc63990f24eb834f065037349c72191e0b764fd206d"
    frame = [
        b"H63ZMJQWXXZHHJ\tA\t01919977309d2f547a34ad77e9f179bfcdc469eb70495ce7a18bed2469255728",
        b"HB8KJCARQ37KJ7\tB\t9a237547b5700cd67f7fbff32a7baacf6f197e29be73aa1a93844d8cb1c11dd5",
        b"HHKZQEF2JCZ7FM\tA\t391e91b042b9df6a503531693bae6169138f20216ba5a13eac81c5f0e7abafc2",
        b"HRGSTB3CFD3AM3\tA\tda5caf8d927f4ab925a4ae5198cb164274b23371c124a3a1b6c51212d37720fa",
    ]
    whole = tree.root(tree.leaf_hash(line) for line in frame)
    assert whole.hex() == frame_root


def recursive_root(leaves: Sequence[bytes]) -> bytes:
    """The tree hash as RFC 6962 defines it."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return tree.node_hash(recursive_root(leaves[:half]), recursive_root(leaves[half:]))


@given(lines)
@settings(deadline=None)
def test_the_root_is_the_recursive_one(entries: list[bytes]) -> None:
    leaves = [tree.leaf_hash(line) for line in entries]
    assert tree.root(leaves) == recursive_root(leaves)


@given(lines, st.data())
@settings(deadline=None)
def test_every_leaf_proves_its_place_and_no_other(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [tree.leaf_hash(line) for line in entries]
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = tree.inclusion_proof(leaves, index=index), tree.root(leaves)
    size = len(leaves)
    assert tree.verify_inclusion(leaves[index], index=index, size=size, proof=proof, root=root)
    other = tree.leaf_hash(b"another line, longer than any drawn")
    assert not tree.verify_inclusion(other, index=index, size=size, proof=proof, root=root)
    too_long = [*proof, other]
    assert not tree.verify_inclusion(leaves[index], index=index, size=size, proof=too_long, root=root)


@given(lines, st.data())
@settings(deadline=None)
def test_every_earlier_tree_is_proved_a_beginning(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [tree.leaf_hash(line) for line in entries]
    first = data.draw(st.integers(1, len(leaves)))
    proof = tree.consistency_proof(leaves, first=first)
    old, new = tree.root(leaves[:first]), tree.root(leaves)
    assert tree.verify_consistency(first, second=len(leaves), first_root=old, second_root=new, proof=proof)
    forged = tree.root([*leaves[: first - 1], tree.leaf_hash(b"another line, longer than any drawn")])
    assert not tree.verify_consistency(
        first, second=len(leaves), first_root=forged, second_root=new, proof=proof
    )


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_proof_is_given_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"^leaf {index} is not in a tree of {size}$"):
        tree.inclusion_ranges(index, size=size)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 3)])
def test_no_proof_leads_from_nothing_or_backwards(first: int, second: int) -> None:
    with pytest.raises(ValueError, match=f"^no proof leads from a tree of {first} to one of {second}$"):
        tree.consistency_ranges(first, second=second)
