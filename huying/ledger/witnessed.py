"""What strangers see of a ledger: its newest checkpoint under the signatures of its witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.ledger import canonical, note
from huying.ledger.keys import WITNESS, VerifierKey, parse_vkey
from huying.ledger.store import Ledger

SIGNING = "ledger-signing"
"""Name of the key file that signs a side's checkpoints."""

PATIENCE = timedelta(minutes=10)
"""No line of a ledger stays longer than this without a signed checkpoint above it."""


def admit(ledger: Ledger, session: Session, vkey: str, *, at: datetime) -> VerifierKey:
    """Take in a witness; the ledger says so. Raises Invalid for a key that can't cosign."""
    key = parse_vkey(vkey)
    if key.kind != WITNESS:
        raise Invalid(_("“%(name)s”不是见证方的公钥。", name=key.name))
    row = session.get(ledger.witness, key.text)
    if row is not None and row.dropped_at is None:
        return key
    if row is None:
        session.execute(insert(ledger.witness), [{"vkey": key.text, "added_at": at}])
    else:
        row.dropped_at = None
    _record(ledger, session, op="add", key=key, at=at)
    return key


def dismiss(ledger: Ledger, session: Session, vkey: str, *, at: datetime) -> None:
    """Take no more signatures of a witness; those that it gave stay. Raises NotFound."""
    row = session.get(ledger.witness, vkey.strip())
    if row is None or row.dropped_at is not None:
        raise NotFound(_("没有这个见证方。"))
    row.dropped_at = at
    _record(ledger, session, op="drop", key=parse_vkey(row.vkey), at=at)


def _record(ledger: Ledger, session: Session, *, op: str, key: VerifierKey, at: datetime) -> None:
    line = canonical.line({"t": "key", "op": op, "role": "witness", "vkey": key.text})
    session.flush()
    ledger.append(session, line, at=at)


def witnesses(ledger: Ledger, session: Session) -> tuple[VerifierKey, ...]:
    """Return the keys of the witnesses whose signatures are taken, by name."""
    query = select(ledger.witness.vkey).where(ledger.witness.dropped_at.is_(None))
    return tuple(sorted(map(parse_vkey, session.scalars(query)), key=lambda key: key.name))


@dataclass(frozen=True, slots=True)
class Watch:
    """A witness by the name in its key, and when it last signed; None before the first time."""

    name: str
    last: datetime | None


def watches(ledger: Ledger, session: Session) -> list[Watch]:
    """Return who cosigns the ledger now, by name."""
    signed = select(ledger.cosigned.key, func.max(ledger.cosigned.at)).group_by(ledger.cosigned.key)
    last: dict[str, datetime] = {row.key: row[1] for row in session.execute(signed)}
    return [Watch(each.name, last.get(each.public.hex())) for each in witnesses(ledger, session)]


def sign_due(ledger: Ledger, session: Session, *, origin: str, key: Ed25519PrivateKey, now: datetime) -> bool:
    """Sign a checkpoint where a line has waited long enough for one; tell whether one was signed."""
    newest = ledger.latest_checkpoint(session)
    signed = 0 if newest is None else note.parse_checkpoint(note.text_of(newest)).size
    waiting = session.scalar(select(ledger.entry.at).where(ledger.entry.idx == signed))
    if waiting is None or now - waiting < PATIENCE:
        return False
    ledger.checkpoint(session, origin=origin, key=key)
    return True


def published(ledger: Ledger, session: Session) -> str:
    """Return the newest checkpoint with the lines of its witnesses; raises NotFound before the first."""
    newest = ledger.latest_checkpoint(session)
    if newest is None:
        raise NotFound(_("账本还没有签过检查点。"))
    size = note.parse_checkpoint(note.text_of(newest)).size
    query = select(ledger.cosigned.line).where(ledger.cosigned.size == size).order_by(ledger.cosigned.key)
    return newest + "".join(session.scalars(query))


def take(ledger: Ledger, session: Session, posted: str, *, log: VerifierKey, at: datetime) -> int:
    """Keep the witnesses' lines of a checkpoint of ours and return how many were new.

    Raises Invalid where the note isn't one, a signature is bad, or none is of a witness of ours; NotFound
    where the checkpoint isn't ours.
    """
    ledger.hold(session)
    known = witnesses(ledger, session)
    checked = note.verify(posted, keys=(log, *known))
    size = note.parse_checkpoint(checked.text).size
    ours = session.get(ledger.stored, size)
    if ours is None or note.text_of(ours.note) != checked.text:
        raise NotFound(_("这不是本账本签过的检查点。"))
    lines = note.lines_of(posted, keys=known)
    if not lines:
        raise Invalid(_("没有一个已知见证方的签名。"))
    return sum(_keep(ledger, session, size, key, line, at=at) for key, line in lines)


def _keep(ledger: Ledger, session: Session, size: int, key: VerifierKey, line: str, *, at: datetime) -> bool:
    held = {"size": size, "key": key.public.hex()}
    if session.get(ledger.cosigned, held) is not None:
        return False
    session.execute(insert(ledger.cosigned), [{**held, "at": at, "line": line}])
    return True
