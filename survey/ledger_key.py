"""The key by which outsiders check this side's ledgers, and the names of both."""

from __future__ import annotations

from huying.base.keys import Keyring
from huying.ledger.keys import verifier_key
from huying.ledger.witnessed import SIGNING

ORIGIN = "huying.local/survey/log"
CAMPAIGNS = "/campaigns"
"""What is added to the ledger's name for the campaigns' own: one key signs both, each under its name."""


def origin_of(*, is_campaign: bool, origin: str = ORIGIN) -> str:
    """Return the name of the ledger in which a wave or a campaign stands."""
    return f"{origin}{CAMPAIGNS}" if is_campaign else origin


def vkey(keys: Keyring, *, origin: str = ORIGIN) -> str:
    """Return the verifier key of a ledger of this side, which outsiders must have from elsewhere."""
    return verifier_key(origin, key=keys.signing(SIGNING)).text
