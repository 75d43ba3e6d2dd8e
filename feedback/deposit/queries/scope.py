"""What a deposit is about: its period, its moment, and the means to open and seal numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huying.base.phones import Vault
from huying.deposit.sealing import Sealer

DepositRow = dict[str, str]
"""A row of a table: cells of text by column."""


@dataclass(frozen=True, slots=True)
class DepositScope:
    """The period [start, stop), the moment of the deposit, and what opens and seals numbers."""

    start: datetime
    stop: datetime
    now: datetime
    vault: Vault
    sealer: Sealer
