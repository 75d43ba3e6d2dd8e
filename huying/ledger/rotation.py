"""A ledger changes its own key: the old one signs the announcement of the new one, and is heard no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from huying.base.keys import Keyring
from huying.ledger import canonical, note
from huying.ledger.keys import VerifierKey, parse_vkey, verifier_key
from huying.ledger.store import Ledger
from huying.ledger.witnessed import SIGNING

NEXT = "ledger-signing-next"
"""Name of the key file that takes over once its announcement is stored."""


def announce(ledger: Ledger, session: Session, *, keys: Keyring, origin: str, at: datetime) -> VerifierKey:
    """Log that another key signs from now on, under a checkpoint that both keys sign; return the new key.

    The key file itself changes by `take_over`, after the commit. Whoever was interrupted between the two
    comes here again: what was announced is not announced twice.
    """
    ledger.hold(session)
    if keys.find(NEXT) == keys.text(SIGNING):
        keys.drop(NEXT)
    old, new = (verifier_key(origin, key=keys.signing(name)) for name in (SIGNING, NEXT))
    added, dropped = _line("add", new), _line("drop", old)
    if session.scalar(select(ledger.entry.idx).where(ledger.entry.body == added)) is None:
        ledger.extend(session, [added, dropped], at=at)
        _sign_by_both(ledger, session, keys=keys, origin=origin)
    return new


def take_over(keys: Keyring) -> None:
    """Let the announced key sign from now on; the old one is gone."""
    keys.put(SIGNING, keys.text(NEXT))
    keys.drop(NEXT)


def signers(ledger: Ledger, session: Session, *, keys: Keyring, origin: str) -> Iterator[VerifierKey]:
    """Return the key that signs now, then those that once did, as the ledger has them."""
    yield verifier_key(origin, key=keys.signing(SIGNING))
    for line in ledger.lines(session):
        # Most lines are something else, and reading each as JSON would take long.
        if b'"role":"log"' in line and (found := canonical.load(line.decode())).get("t") == "key":
            yield parse_vkey(str(found["vkey"]))


def signer_of(
    ledger: Ledger, session: Session, checkpoint: str, *, keys: Keyring, origin: str
) -> VerifierKey:
    """Return the key of ours that signed a checkpoint: the first, where two did."""
    known = list(signers(ledger, session, keys=keys, origin=origin))
    return note.verify(checkpoint, keys=known).signatures[0].key


def _line(op: str, key: VerifierKey) -> bytes:
    return canonical.line({"t": "key", "op": op, "role": "log", "vkey": key.text})


def _sign_by_both(ledger: Ledger, session: Session, *, keys: Keyring, origin: str) -> None:
    """Whoever trusts the old key learns of the new one; whoever was told the new one may begin here."""
    size = ledger.size(session)
    text = note.Checkpoint(origin, size, ledger.root(session)).text
    signed = note.sign(text, name=origin, key=keys.signing(SIGNING))
    signed += note.signature_line(text, name=origin, key=keys.signing(NEXT))
    session.execute(insert(ledger.stored), [{"size": size, "note": signed}])
