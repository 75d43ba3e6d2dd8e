"""The key by which outsiders check this side's ledger."""

from __future__ import annotations

from huying.base.keys import Keyring
from huying.ledger.keys import verifier_key
from huying.ledger.witnessed import SIGNING

ORIGIN = "huying.local/survey/log"


def vkey(keys: Keyring, *, origin: str = ORIGIN) -> str:
    """Return the verifier key of this side's ledger, which outsiders must have from elsewhere."""
    return verifier_key(origin, key=keys.signing(SIGNING)).text
