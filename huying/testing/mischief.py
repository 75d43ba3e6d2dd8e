"""How callbacks of the fake are signed, and how badly they travel."""

from __future__ import annotations

import base64
import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BY_SHARED_KEY = {"X-Twilio-Webhooks-Signature-Settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}


@dataclass
class Mischief:
    """How badly callbacks travel: shares of those repeated, lost and wrongly signed; are they shuffled?

    `other_scheme`: signed as if they had gone to http.
    """

    seed: int = 0
    repeated: float = 0.0
    lost: float = 0.0
    shuffled: bool = False
    unknown_status: bool = False
    forged: float = 0.0
    other_scheme: bool = False

    def strikes(self, share: float, *, turn: int) -> bool:
        """Tell whether it strikes this time, by the seed alone."""
        if share in {0.0, 1.0}:
            return share == 1.0
        drawn = hmac.new(b"roll", f"{self.seed}/{turn}".encode(), "sha256").digest()
        return int.from_bytes(drawn[:4]) / 2**32 < share

    def shuffle(self, waiting: list[Any]) -> None:
        """Put what waits in another order."""
        random.Random(self.seed).shuffle(waiting)  # noqa: S311


def sign(token: str, url: str, form: Mapping[str, str], *, by: str = "sha1") -> str:
    """Return a form's signature: HMAC of the address and the sorted fields, in base 64."""
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), by).digest()).decode()
