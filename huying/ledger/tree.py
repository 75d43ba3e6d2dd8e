"""Merkle tree of RFC 6962 with the proofs of RFC 9162 §2.1.3–4, over lines of bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# A half-open range of leaves, and the place (level, index) of a complete subtree.
Range = tuple[int, int]
NodePlace = tuple[int, int]


def leaf_hash(line: bytes) -> bytes:
    """SHA-256(0x00 ‖ line), 32 bytes; the line comes without its LF."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """Root over the complete subtrees of a tree, given from left (largest) to right (smallest)."""
    if not peaks:
        return EMPTY_ROOT
    whole = peaks[-1]
    for peak in reversed(peaks[:-1]):
        whole = node_hash(peak, whole)
    return whole


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Tree hash of the leaf hashes in their order, 32 bytes; keeps only the peaks in memory."""
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaf_hashes):
        node = leaf
        for _ in range(trailing_ones(index)):
            node = node_hash(peaks.pop(), node)
        peaks.append(node)
    return fold(peaks)


def trailing_ones(index: int) -> int:
    """How many parents the leaf at `index` completes when it is appended."""
    return (~index & (index + 1)).bit_length() - 1


def peak_places(start: int, stop: int) -> list[NodePlace]:
    """Places of the complete subtrees that make up the leaves start…stop−1, left to right.

    `start` must be 0 or a multiple of the smallest power of two not below `stop − start`, as it is in proofs.
    """
    places: list[NodePlace] = []
    for level in reversed(range((stop - start).bit_length())):
        if (stop - start) >> level & 1:
            places.append((level, start >> level))
            start += 1 << level
    return places


def inclusion_ranges(index: int, *, size: int) -> list[Range]:
    """Ranges of leaves whose tree hashes prove leaf `index` in the tree of `size`, the sibling first.

    Raises ValueError unless 0 ≤ index < size. Source: RFC 9162 §2.1.3.1.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, stop, path = 0, size, list[Range]()
    while stop - start > 1:
        middle = start + _left_size(stop - start)
        if index < middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(first: int, *, second: int) -> list[Range]:
    """Ranges of leaves whose tree hashes prove the tree of `second` an extension of the tree of `first`.

    Raises ValueError unless 0 < first ≤ second. Source: RFC 9162 §2.1.4.1.
    """
    if not 0 < first <= second:
        raise ValueError(f"no proof leads from a tree of {first} to one of {second}")
    start, stop, path = 0, second, list[Range]()
    while stop > first:
        middle = start + _left_size(stop - start)
        if first <= middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    # Who asks knows the root of the first tree already; a subtree that starts later he does not.
    known = [] if start == 0 else [(start, stop)]
    return known + path[::-1]


def inclusion_proof(leaf_hashes: Sequence[bytes], *, index: int) -> list[bytes]:
    """Hashes from the leaf's sibling up to just below the root."""
    ranges = inclusion_ranges(index, size=len(leaf_hashes))
    return [root(leaf_hashes[start:stop]) for start, stop in ranges]


def consistency_proof(leaf_hashes: Sequence[bytes], *, first: int) -> list[bytes]:
    """Hashes proving that the tree of all leaves extends the tree of the `first` ones."""
    ranges = consistency_ranges(first, second=len(leaf_hashes))
    return [root(leaf_hashes[start:stop]) for start, stop in ranges]


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash stands at `index` in the tree of `size` with that root. RFC 9162 §2.1.3.2."""
    if not 0 <= index < size or len(leaf) != HASH_BYTES:
        return False
    node, last, whole = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            whole = node_hash(sibling, whole)
            shift = _to_next_left_sibling(node)
        else:
            whole = node_hash(whole, sibling)
            shift = 0
        node, last = node >> shift + 1, last >> shift + 1
    return last == 0 and whole == root


def verify_consistency(
    first: int, *, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `second` with its root extends the tree of `first`. RFC 9162 §2.1.4.2.

    At equal sizes the proof must be empty and the roots equal, of whatever length.
    """
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    # A first tree that is complete is itself the first hash of the path, so the proof leaves it out.
    path = [first_root, *proof] if first & first - 1 == 0 else list(proof)
    return bool(proof) and _replay(first, second, path) == (first_root, second_root)


def _replay(first: int, second: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots as the path builds them, or None where its length doesn't fit."""
    shift = trailing_ones(first - 1)
    node, last = first - 1 >> shift, second - 1 >> shift
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        shift = 0
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            shift = _to_next_left_sibling(node)
        else:
            new = node_hash(new, sibling)
        node, last = node >> shift + 1, last >> shift + 1
    return (old, new) if last == 0 else None


def _to_next_left_sibling(node: int) -> int:
    """Levels to skip on the right edge, where a node has no sibling: trailing zeros, none for zero."""
    return (node & -node).bit_length() - 1 if node else 0


def _left_size(size: int) -> int:
    """Largest power of two below `size` (≥ 2)."""
    return 1 << (size - 1).bit_length() - 1
