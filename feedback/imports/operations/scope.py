"""Who imports, when, and by which rules numbers are read and sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huying.base.phones import Vault


@dataclass(frozen=True, slots=True)
class ImportScope:
    """An import's circumstances.

    `region` and `allowed` say which numbers are valid, as for `phones.parse`; `by` is kept as who recorded;
    `within` is the area beyond which the importer has no say, None for the whole city.
    """

    now: datetime
    by: str
    vault: Vault
    region: str
    allowed: str
    within: str | None = None
