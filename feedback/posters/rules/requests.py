"""What forms about posters hold, whole: what is to be printed, what was found in the street."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("poster", "badge")
PAPERS = ("a4", "a3")
LANGUAGES = ("zh", "both")


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """Sheets that are wanted, of an area (None: of all), as KINDS, PAPERS and LANGUAGES have them."""

    kind: str
    area_code: str | None = None
    paper: str = "a4"
    language: str = "zh"

    @property
    def is_known(self) -> bool:
        """Whether such sheets can be made."""
        return self.kind in KINDS and self.paper in PAPERS and self.language in LANGUAGES


@dataclass(frozen=True, slots=True)
class InspectionFinding:
    """What somebody found at a poster; `genuine`: it hangs there and is ours."""

    genuine: bool
    note: str = ""
    photo: bytes | None = None
