"""The five rates while the field is still open, with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sampling.comparing.outcomes import rates
from survey.fieldwork.rules import dispositions

NAMES = ("RR1", "RR3", "COOP1", "REF1", "CON1", "e")
LEAST = 10
"""Of fewer households no share is shown."""
UNKNOWN = "UO"
BAD_CONTACT = "frame_bad_contact"


@dataclass(frozen=True, slots=True)
class FieldRates:
    """Rates of the households with an outcome, and of all that were released, with counts by class.

    In `released` a household without an outcome counts as of unknown eligibility: the rates as they would
    be if nothing more came of any of them. A rate is None where it has no denominator, both where fewer than
    ten households are counted. `contactable` is the share of the released whose numbers aren't all bad.
    """

    classes: Mapping[str, int]
    still_open: int
    ended: Mapping[str, float | None] | None
    released: Mapping[str, float | None] | None
    contactable: float | None


def field_rates(outcomes: Mapping[str, int], *, still_open: int) -> FieldRates:
    """Return the rates by the outcomes in force and how many households have none yet."""
    classes: dict[str, int] = dict.fromkeys(dispositions.counts(()), 0)
    for code, n in outcomes.items():
        classes[dispositions.group_of(code)] += n
    whole = sum(classes.values()) + still_open
    everything = {**classes, UNKNOWN: classes[UNKNOWN] + still_open}
    return FieldRates(
        classes,
        still_open,
        _rates(classes),
        _rates(everything),
        1 - outcomes.get(BAD_CONTACT, 0) / whole if whole >= LEAST else None,
    )


def _rates(counts: Mapping[str, int]) -> dict[str, float | None] | None:
    if sum(counts.values()) < LEAST:
        return None
    found = rates(counts)
    return {name: None if (rate := found[name]) is None else float(rate) for name in NAMES}
