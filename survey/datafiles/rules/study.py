"""What a codebook says of the study that its files come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """A wave in a codebook: who was drawn from what, when they were asked, and how it may be checked.

    `households` is the size of the frame, `released` how many were drawn and released, `completes` how many
    of these completed; `wording` is the digest of the questionnaire, `release` that of the frozen scores.
    """

    label: str
    households: int
    released: int
    completes: int
    began: datetime | None
    ended: datetime | None
    questionnaire: str
    wording: str
    release: str
    frame_root: str
