"""A deposit of two streets, taken in: cases, visits, posters, their contacts sealed to the judges' side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.deposit import archive
from huying.deposit.sealing import Sealer
from huying.ledger import note, tree
from huying.ledger.keys import verifier_key
from huying.store.db import Database
from survey.campaigns.operations import counting, freeze
from survey.campaigns.rules.request import CampaignRequest
from survey.deposits import rules as deposit_keys
from survey.deposits.operations.accept import accept
from survey.fieldwork.operations import close
from survey.kinds import CASE_FOLLOWUP
from survey.models import Account, Deposit, Wave
from survey.waves.operations import release
from tests.conftest import NOW
from tests.survey.stories import END, Interviewer, dice_after, drawn, enrol

ORIGIN = "public.example"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = verifier_key(ORIGIN, key=KEY).text
MADE = datetime(2026, 11, 30, 2, tzinfo=UTC)
PAST, AHEAD = "2026-11-20T02:00:00Z", "2026-12-20T02:00:00Z"
AREAS = [
    {"code": "C", "parent": "", "level": "city", "name": "云川市", "grid_type": ""},
    *(
        {"code": s, "parent": "C", "level": "street", "name": f"{s}街道", "grid_type": ""}
        for s in ("S1", "S2")
    ),
    *(
        {"code": n, "parent": s, "level": "community", "name": f"{n}社区", "grid_type": ""}
        for n, s in (("N1", "S1"), ("N2", "S2"))
    ),
    *(
        {"code": g, "parent": n, "level": "grid", "name": f"{g}网格", "grid_type": "老旧小区"}
        for g, n in (("G1", "N1"), ("G2", "N2"))
    ),
]
SAYS_SOLVED = {
    "C1": "1",
    "S1": "1",
    "S3": "1",
    "R1": "5",
    "R3": "1",
    "R4": "2",
    "B1": "2",
    "B1A": "2",
    "O1": "",
}
"""A resident whose matter was solved, on the telephone."""


def sealer(vault: Vault) -> Sealer:
    return Sealer(deposit_keys.public_key(vault.keys), b"s" * 32)


def number(place: int) -> str:
    return f"+99910{place:07d}"


def case(
    place: int, state: str, *, grid: str = "G1", vault: Vault | None = None, **more: str
) -> dict[str, str]:
    code = f"K{place:04d}"
    sealed = sealer(vault).seal(number(place), table="cases", code=code, column="contact") if vault else ""
    return {
        "code": code,
        "area": grid,
        "category": "楼道堆物",
        "source": "poster",
        "state": state,
        "opened": "2026-11-03T02:00:00Z",
        "due": PAST,
        "declared": "" if state == "answered" else PAST,
        "custody_seconds": '{"worker":3600}',
        "whistles": "[]",
        "contact": sealed,
        "word": "",
    } | more


def visit(place: int, *, grid: str = "G1", vault: Vault) -> dict[str, str]:
    code = f"V{place:04d}"
    sealed = sealer(vault).seal(number(place), table="visits", code=code, column="contact")
    return {
        "code": code, "area": grid, "staff": "W1", "visited": PAST, "contact": sealed, "address": "",
    }  # fmt: skip


def take(
    session: Session,
    *,
    period: str = "2026W48",
    made_at: datetime = MADE,
    now: datetime = NOW,
    areas: Iterable[Mapping[str, str]] = AREAS,
    **tables: object,
) -> Deposit:
    """Accept a deposit with these tables; the others are empty but for the areas."""
    line = b'{"t":"start"}'
    root = tree.root([tree.leaf_hash(line)])
    data = archive.write(
        {"areas": areas, **tables},
        origin=ORIGIN,
        period=period,
        made_at=made_at,
        ledger_checkpoint=note.sign_checkpoint(note.Checkpoint(f"{ORIGIN}/log", 1, root), key=KEY),
        signing_key=KEY,
        entries=[line],
    )
    return accept(session, data, vkey=VKEY, now=now)


def asked(kind: str, *, label: str = "k1", sample: int = 30, **more: object) -> CampaignRequest:
    given = {"attempts": 1, "hours": "any", "beacon_source": dice_after(NOW)} | more
    return CampaignRequest(label, kind, sample, **given)  # type: ignore[arg-type]


def in_field(session: Session, request: CampaignRequest, *, vault: Vault) -> Wave:
    """Lead a campaign to its field."""
    wave = freeze.freeze(session, request, vault=vault, now=NOW)
    drawn(session, request.label)
    release.open_field(session, request.label, now=NOW)
    return wave


def answers_as(person: Interviewer, said: Mapping[str, str], *, now: datetime) -> None:
    """Lead the call in hand to its end by what is said; what isn't named is refused."""
    person.dials(now)
    person.is_answered(now)
    for item, raw in said.items():
        person.enters(item, raw, now)
    person.ends("complete", now)


def after(calls: int) -> datetime:
    return NOW + timedelta(minutes=calls)


SILENT = {"G1": 20, "G2": 16}


def cases(vault: Vault) -> list[dict[str, str]]:
    """Of two streets: silent ones with a sealed number, and those of which more, or nothing, is known."""
    silent = [
        case(1000 * at + place, "unconfirmed", grid=grid, vault=vault)
        for at, (grid, n) in enumerate(SILENT.items(), start=1)
        for place in range(n)
    ]
    return [
        *silent,
        *(case(place, "confirmed", grid="G1", word="link") for place in range(8)),
        *(case(10 + place, "contested", grid="G2", word="link") for place in range(4)),
        case(20, "unconfirmed", word="link"),
        case(21, "answered"),
        case(22, "answered", due=AHEAD),
        case(23, "declared"),
        case(24, "ended"),
        case(25, "confirmed", source="staff"),
    ]


def lead(database: Database, vault: Vault) -> None:
    """Take a deposit in, and lead its follow-up to the field."""
    with database.transaction() as session:
        take(session, cases=cases(vault))
        in_field(session, asked(CASE_FOLLOWUP, sample=12), vault=vault)
    enrol(database)


def caller(database: Database, vault: Vault) -> Interviewer:
    with database.reading() as session:
        return Interviewer(database, session.scalars(select(Account)).one(), vault=vault)


def work(database: Database, vault: Vault) -> None:
    person, seen, calls = caller(database, vault), Counter[str](), 0
    with database.transaction() as person.session:
        while (found := person.takes_next(after(calls))) is not None:
            seen[found.stratum] += 1
            said = {"R1": "1", "R2": "1"} if seen[found.stratum] % 3 == 0 else {"R1": "5"}
            opening = {item: SAYS_SOLVED[item] for item in ("C1", "S1", "S3")}
            closing = {item: SAYS_SOLVED[item] for item in ("R3", "R4", "B1", "B1A", "O1")}
            answers_as(person, {**opening, **said, **closing}, now=after(calls))
            calls += 1


def finish(database: Database, keys: Keyring) -> None:
    with database.transaction() as session:
        close.close(session, "k1", now=END)
        counting.count_and_publish(session, "k1", keys=keys, now=END)
