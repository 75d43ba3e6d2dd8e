"""The closed list of final outcomes, sealed with every wave: AAPOR's numbers and classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["I", "P", "R", "NC", "O", "UH", "UO", "NE"]


@dataclass(frozen=True, slots=True)
class Code:
    """A final outcome: its name, which is its key, the number that AAPOR gives it, and its class."""

    name: str
    number: str
    group: Group


def _codes(group: Group, **numbers: str) -> list[Code]:
    return [Code(name, number.replace("_", "."), group) for name, number in numbers.items()]


FINAL = {
    code.name: code
    for code in [
        *_codes("I", complete="1.1", complete_other="1.1"),
        *_codes("P", partial="1.2"),
        *_codes("R", refusal="2.11", refusal_household="2.111", refusal_person="2.112", break_off="2.12"),
        *_codes("NC", noncontact="2.20", never_available="2.21", household_machine="2.22"),
        *_codes("NC", away_field_period="2.25"),
        *_codes("O", other_eligible="2.30", dead_after_draw="2.31", unable="2.32"),
        *_codes("O", language_household="2.331", language_respondent="2.332"),
        *_codes("O", language_no_interviewer="2.333", audio_quality="2.34", place_unfit="2.35"),
        *_codes("O", miscellaneous="2.36"),
        *_codes("UH", unknown_if_household="3.10", not_attempted="3.11", always_busy="3.12"),
        *_codes("UH", no_answer="3.13", machine_unknown="3.14", blocked="3.15", technical="3.16"),
        *_codes("UH", ambiguous_message="3.161"),
        *_codes("UO", unknown_respondent="3.20", no_screener="3.21", unknown_resident="3.30"),
        *_codes("UO", other_unknown="3.90", frame_bad_contact="3.90"),
        *_codes("NE", out_of_sample="4.10", not_resident="4.54", no_eligible="4.70", duplicate="4.81"),
        *_codes("NE", other_not_eligible="4.90"),
    ]
}
"""Every final outcome by name. `complete_other` is a complete without an answer 1…5 to the headline item."""

UNREACHED = frozenset(
    {"noncontact", "never_available", "household_machine", "no_answer"}
    | {"always_busy", "machine_unknown", "blocked", "technical"}
)
"""Outcomes that stand only after all the attempts that were sealed before the draw."""
