"""How a talk is coded in two steps: who spoke, then what came of it, with the words to part by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from survey.fieldwork.rules.outcome_codes import BY_PERSON, NEVER_AGAIN


class Speaker(StrEnum):
    """Who spoke last."""

    RESPONDENT = "respondent"
    OTHER = "other"
    STRANGER = "stranger"
    UNCLEAR = "unclear"


BY_SPEAKER: dict[Speaker, tuple[str, ...]] = {
    Speaker.RESPONDENT: (
        *("complete", "partial", "break_off", "suspended_partial"),
        *("appointment_respondent", "callback_respondent", "soft_refusal", BY_PERSON),
        *("refusal_household", NEVER_AGAIN),
        *("no_eligible", "language_respondent", "unable", "place_unfit", "audio_quality", "not_resident"),
    ),
    Speaker.OTHER: (
        *("appointment_other", "callback_other", "soft_refusal", "refusal_household", BY_PERSON),
        NEVER_AGAIN,
        *("away_field_period", "unable", "language_respondent", "language_household", "language_callback"),
        *("not_resident", "dead_after_draw", "no_eligible", "suspended_partial", "unknown_respondent"),
    ),
    Speaker.STRANGER: ("number_suspect", "not_resident", "unknown_respondent"),
    Speaker.UNCLEAR: (
        *("soft_refusal", "callback_other", "language_callback", "audio_quality", "unknown_respondent"),
        *("refusal_household", "refusal", BY_PERSON, NEVER_AGAIN, "other_unknown", "miscellaneous"),
    ),
}
"""What may come of a talk, by who spoke last; a code that stands nowhere here stands under `unclear`."""
MADE = ("complete", "partial")
"""Results that the answers decide: nobody is asked who spoke."""
LATER = (
    *("suspended_partial", "appointment_respondent", "appointment_other"),
    *("callback_respondent", "callback_other"),
)
"""What is offered to who asks for another time."""


@dataclass(frozen=True, slots=True)
class CodingStep:
    """What the coding page asks: who spoke (`speakers`), or how it ended (`codes`), once known with `who`."""

    speakers: tuple[Speaker, ...] = ()
    codes: tuple[str, ...] = ()
    who: str = ""


def by_speaker(codes: Iterable[str]) -> dict[Speaker, tuple[str, ...]]:
    """Return the possible codes under each speaker who can have caused one, in their order."""
    possible = tuple(codes)
    listed = {code for each in BY_SPEAKER.values() for code in each}
    found = {who: tuple(code for code in given if code in possible) for who, given in BY_SPEAKER.items()}
    found[Speaker.UNCLEAR] += tuple(code for code in possible if code not in listed)
    return {who: given for who, given in found.items() if given}


def step(codes: Sequence[str], *, who: str = "", later: bool = False, is_wished: bool = False) -> CodingStep:
    """Return what is asked next, with the codes that are possible now, after `who` was chosen (if it was).

    One question is enough where the codes leave nothing to ask first, or where the household wishes no call
    (`is_wished`): that is how the talk ended, unless it was made.
    """
    if is_wished and not (len(codes) == 1 and codes[0] in MADE):
        return CodingStep(codes=(NEVER_AGAIN,))
    if later and (asked := tuple(code for code in LATER if code in codes)):
        return CodingStep(codes=asked)
    groups = by_speaker(codes)
    if len(codes) == 1 or len(groups) == 1:
        return CodingStep(codes=tuple(codes))
    if who in groups:
        return CodingStep(codes=groups[Speaker(who)], who=who)
    return CodingStep(speakers=tuple(groups))


GOODBYE = "好的，打扰您了，谢谢，再见。"
FAREWELLS = {
    "complete": "谢谢您花这么多时间。以后不想再接到这样的电话，现在告诉我就可以。再见。",
    "partial": "好的，就到这里，谢谢您说了这么多。再见。",
    "break_off": "好的，不耽误您了，谢谢您。再见。",
    "suspended_partial": "好的，先说到这里，下次从这一题接着问。谢谢您，再见。",
    "appointment_respondent": "好的，我记下了，到时候再打给您。谢谢，再见。",
    "appointment_other": "好的，我记下了，到时候再打过来。麻烦您转告一声，谢谢，再见。",
    "callback_respondent": "好的，那我改天再打给您。打扰了，再见。",
    "callback_other": "好的，那我改天再打。谢谢您，再见。",
    "soft_refusal": "好的，今天不打扰您了。谢谢您，再见。",
    BY_PERSON: "好的，我明白了，这次就不问了。打扰您了，谢谢，再见。",
    NEVER_AGAIN: "好的，我记下了，以后不会再打。打扰您了，再见。",
    "refusal_household": "好的，我明白了，打扰您了。谢谢，再见。",
    "number_suspect": "对不起，打错了，打扰您了。再见。",
    "not_resident": "谢谢您告诉我，打扰了。再见。",
    "dead_after_draw": "对不起，打扰了，请您节哀。再见。",
    "no_eligible": "谢谢您告诉我，这次就不多问了。再见。",
    "away_field_period": "好的，谢谢您告诉我，打扰了。再见。",
    "unable": "好的，不打扰休息了，请多保重。再见。",
    "language_callback": "谢谢，我们换一位同事再打来。再见。",
    "language_household": "谢谢您，打扰了。再见。",
    "language_respondent": "谢谢您，打扰了。再见。",
    "audio_quality": "对不起，这里听不清楚，今天先不打扰了。谢谢，再见。",
    "place_unfit": "好的，您现在不方便说，不打扰您了。谢谢，再见。",
}


def farewell(code: str) -> str:
    """Return the sentence to part by when a talk ends with this code."""
    return FAREWELLS.get(code, GOODBYE)
