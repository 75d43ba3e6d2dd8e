"""A visit to a ledger: fetch, check, remember, and only then sign and leave the signature there."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.ledger import note
from huying.ledger.keys import VerifierKey
from huying.ledger.witness.seeing import Forked, Seen, advance, hashes
from huying.ledger.witness.state import State

SECONDS = 30
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Witness:
    """Who signs: the name and key of a witness, and the file of what it has seen."""

    name: str
    key: Ed25519PrivateKey
    state: State


def visit(witness: Witness, url: str, *, log: VerifierKey, at: datetime) -> Seen:
    """Sign the newest checkpoint of the ledger under `url` and return what was seen.

    Raises Forked, with the evidence kept and nothing signed, where the ledger contradicts what was seen.
    """
    with witness.state.held():
        seen = witness.state.seen(log.name)
        shown = _fetch(f"{url}/log/checkpoint")
        checkpoint = note.verify_checkpoint(shown, log=log)
        proof = []
        if 0 < seen.size < checkpoint.size:
            # A ledger that no longer knows a checkpoint which it published has no proof to give.
            asked = f"{url}/log/consistency?from={seen.size}&to={checkpoint.size}"
            proof = hashes(_fetch(asked, unknown=""))
        try:
            now = advance(seen, checkpoint, proof=proof)
        except Forked as fork:
            kept = witness.state.keep_evidence(shown, seen=seen)
            raise Forked(
                _("%(said)s 证据存在 %(path)s，没有签名。", said=fork.message, path=str(kept))
            ) from None
        witness.state.keep(log.name, now)
    text = f"{checkpoint.text}\n{_log_line(shown, log)}"
    _fetch(f"{url}/log/cosignature", note.cosign(text, name=witness.name, key=witness.key, at=at))
    return now


def _log_line(shown: str, log: VerifierKey) -> str:
    ((_key, line),) = note.lines_of(shown, keys=[log])
    return line


def _fetch(url: str, posted: str | None = None, *, unknown: str | None = None) -> str:
    """Return what stands at an address; `unknown` where there is nothing, if that is given."""
    data = None if posted is None else posted.encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  (the ledger's address is the user's)
            return str(answer.read(LARGEST).decode())
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND and unknown is not None:
            return unknown
        raise Refused(_("%(url)s 回答 %(status)s。", url=url, status=error.code)) from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise Refused(_("打不开 %(url)s：%(why)s。", url=url, why=str(error))) from None
