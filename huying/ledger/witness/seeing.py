"""What a witness has seen of a ledger, and whether what it is shown now continues that."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.ledger.keys import decode
from huying.ledger.note import Checkpoint
from huying.ledger.tree import EMPTY_ROOT, verify_consistency

MOST_HASHES = 63


class Forked(Refused):
    """A ledger shows a history that doesn't continue the one it showed before."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The size and root of a ledger that a witness has signed last; size 0 before the first."""

    size: int = 0
    root: bytes = EMPTY_ROOT


def advance(seen: Seen, shown: Checkpoint, *, proof: Sequence[bytes]) -> Seen:
    """Return what is seen now; raises Forked where `shown` contradicts it, Conflict where it is shorter."""
    if shown.size < seen.size:
        raise Conflict(
            _("账本变短了：见过 %(seen)s 条，现在只有 %(now)s 条。", seen=seen.size, now=shown.size)
        )
    if shown.size == seen.size and shown.root != seen.root:
        raise Forked(_("同样是 %(size)s 条，账本的内容却变了。", size=seen.size))
    grown = 0 < seen.size < shown.size
    if grown and not verify_consistency(
        seen.size, second=shown.size, first_root=seen.root, second_root=shown.root, proof=proof
    ):
        raise Forked(_("账本没有接着见过的 %(size)s 条写下去。", size=seen.size))
    return Seen(shown.size, shown.root)


def hashes(text: str) -> list[bytes]:
    """Read a proof, a base64 hash a line; raises Refused where it is none."""
    lines = text.splitlines()
    found = [decode(line) for line in lines]
    if len(lines) > MOST_HASHES or not all(
        each is not None and len(each) == len(EMPTY_ROOT) for each in found
    ):
        raise Refused(_("证明的格式不对。"))
    return [each for each in found if each is not None]


def printed(proof: Sequence[bytes]) -> str:
    """Return a proof as its lines."""
    return "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
