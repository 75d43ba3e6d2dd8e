"""What a registrar answers for: the file that was tried and the plan that was shown, by their digests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A tried file by its digest, the digest of what was shown of it, who confirms it, why somebody left."""

    sha256: str
    digest: str
    confirmed_by: str | None
    why: str = ""
