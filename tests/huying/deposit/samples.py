"""A small deposit to damage: two grids, some rows in every table."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.deposit import archive, sealing
from huying.ledger import note, tree
from huying.ledger.keys import verifier_key

ORIGIN = "public.example"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = verifier_key(ORIGIN, key=KEY).text
PRIVATE, PUBLIC = sealing.new_keypair()
SEALER = sealing.Sealer(PUBLIC, bytes(range(32)))
MADE_AT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
ENTRIES = tuple(f'{{"c":"C{n}","t":"case.open"}}'.encode() for n in range(1, 8))
"""The public ledger: seven cases were opened."""
CHECKPOINT = note.sign_checkpoint(
    note.Checkpoint("public.example/log", 7, tree.root(map(tree.leaf_hash, ENTRIES))), key=KEY
)

AT = "2026-11-23T02:00:00Z"


def contact(table: str, code: str, column: str = "contact") -> str:
    return SEALER.seal("+8613800000000", table=table, code=code, column=column)


def area(code: str, *, parent: str = "", level: str = "grid") -> dict[str, str]:
    kind = "老旧小区" if level == "grid" else ""
    return {"code": code, "parent": parent, "level": level, "name": f"{code} 号", "grid_type": kind}


def case(code: str, *, area: str = "G1") -> dict[str, str]:
    return {
        "code": code,
        "area": area,
        "category": "噪音 / 邻里",
        "source": "poster",
        "state": "declared",
        "opened": AT,
        "due": "2026-11-30T02:00:00Z",
        "declared": "",
        "custody_seconds": '{"dept:water":3600,"worker":60}',
        "whistles": f'[{{"answered":"","department":"water","due":"{AT}","sounded":"{AT}"}}]',
        "contact": contact("cases", code),
        "word": "",
        "declared_by": "",
        "allowed_hours": "",
    }


def tables() -> dict[str, list[dict[str, str]]]:
    """Rows in no particular order."""
    span = {"valid_from": AT, "valid_to": ""}
    return {
        "areas": [
            area("G2", parent="C"),
            area("C", level="community"),
            area("G1", parent="C"),
        ],
        "posts": [
            {
                "code": "P1",
                "area": "G1",
                "staff": "W1",
                **span,
                "stale_hours": "1.5",
                "contact": contact("posts", "P1"),
            }
        ],
        "cases": [case("C2", area=""), case("C1")],
        "visits": [
            {
                "code": "V1",
                "area": "G1",
                "staff": "W1",
                "visited": AT,
                "contact": "",
                "address": contact("visits", "V1", "address"),
            }
        ],
        "ratings": [
            {
                "code": "G1/worker/conduct",
                "area": "G1",
                "holder": "worker",
                "item": "conduct",
                "invited": "9",
                "delivered": "8",
                "answered": "3",
                "options": '{"1":0,"5":3}',
            }
        ],
        "posters": [{"code": "5724", "area": "G2", "state": "live"}],
        "lists": [
            {
                "code": "L1",
                "staff": "W1",
                "area": "G1",
                "handed_in": AT,
                "contact": contact("lists", "L1"),
                "address": contact("lists", "L1", "address"),
            }
        ],
        "remit": [
            {
                "code": "R1",
                "category": "噪音",
                "area": "C",
                "lead": "water",
                "supporting": '["urban"]',
                **span,
                "agreed_by": "网格办",
            }
        ],
    }


def deposit(**changes: list[dict[str, str]]) -> bytes:
    """The archive of the sample with whole tables replaced."""
    return archive.write(
        tables() | changes,
        origin=ORIGIN,
        period="2026W48",
        made_at=MADE_AT,
        ledger_checkpoint=CHECKPOINT,
        signing_key=KEY,
        entries=ENTRIES,
    )
