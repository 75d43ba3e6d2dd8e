"""How a call may end: the codes that are possible at a moment of it, and what is recorded of its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from huying.base.i18n import Lazy, lazy
from survey.fieldwork.questionnaire.items import Ending

NOT_REACHED = (
    "no_answer",
    "busy",
    "machine",
    "machine_household",
    "machine_unclear",
    "blocked",
    "number_suspect",
    "technical_ours",
    "cancelled_by_us",
)
BROKEN = ("cut_off",)
LATER = ("callback_respondent", "callback_other", "appointment_respondent", "appointment_other")
NEVER_AGAIN, BY_PERSON = "never_again", "refusal_person"
"""A wish never to be called again, as it is coded; what is kept of it beside the wish, and of a plain refusal
by whom the draw names."""
REFUSALS = ("soft_refusal", BY_PERSON, "refusal_household", "refusal", NEVER_AGAIN)
BEFORE, AFTERWARDS = frozenset({BY_PERSON}), frozenset({"refusal_household", "refusal"})
"""Refusals that can't be before the respondent was found, and that can't be afterwards."""
REASONS: Mapping[str, Lazy] = {
    "busy": lazy("没空、不方便"),
    "not_interested": lazy("没兴趣、觉得没用"),
    "distrust": lazy("怕是诈骗、不相信"),
    "privacy": lazy("不想谈自己的事"),
    "too_many_calls": lazy("这类电话太多"),
    "by_rule": lazy("家里或单位不让"),
    "other": lazy("别的原因"),
}
"""Why somebody refuses, as they say; what nobody said isn't recorded."""
NOT_THERE = ("number_suspect", "not_resident", "dead_after_draw", "unknown_respondent")
OBSTACLES = (
    "language_callback",
    "language_household",
    "language_respondent",
    "unable",
    "audio_quality",
    "place_unfit",
    "away_field_period",
    "no_eligible",
    "other_unknown",
    "miscellaneous",
)
AFTER = {
    Ending.APPOINTMENT: LATER,
    Ending.NOT_IN: LATER,
    Ending.REFUSED: REFUSALS,
    Ending.NUMBER_WRONG: ("number_suspect", "not_resident"),
    Ending.NOT_ELIGIBLE: ("no_eligible", "not_resident"),
    Ending.NO_SUCH_PERSON: NOT_THERE,
}


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call ended; an `appointment` is the time asked for, `pinned` with this very interviewer.

    `receipt`: the respondent wants one. Of a refusal `refused_by` tells who refused, `reason` why. `language`
    is what the household is to be called in; "" leaves that as it is.
    """

    code: str
    note: str = ""
    appointment: datetime | None = None
    receipt: bool = False
    pinned: bool = False
    refused_by: str = ""
    reason: str = ""
    language: str = ""


def kept(code: str) -> str:
    """Return the code that is kept of a call that ended so."""
    return BY_PERSON if code == NEVER_AGAIN else code


def codes_now(
    *,
    is_talk: bool,
    ending: Ending | None,
    completeness: str | None,
    is_begun: bool,
    is_found: bool | None = None,
) -> tuple[str, ...]:
    """Return the codes with which a call may end now: before anybody answered, in the talk, or after it.

    `is_found`: the respondent came to the telephone; None where the questionnaire doesn't ask for that.
    """
    if not is_talk:
        return NOT_REACHED
    codes = _in_talk(ending, completeness=completeness, is_begun=is_begun)
    if is_found is None:
        return codes
    return tuple(code for code in codes if code not in (AFTERWARDS if is_found else BEFORE))


def _in_talk(ending: Ending | None, *, completeness: str | None, is_begun: bool) -> tuple[str, ...]:
    if ending is Ending.FINISHED and completeness:
        return (completeness,)
    if ending in AFTER:
        return AFTER[ending]
    over = (completeness,) if completeness else ()
    suspended = ("suspended_partial",) if is_begun else ()
    return (*over, *suspended, *BROKEN, *LATER, *REFUSALS, *NOT_THERE, *OBSTACLES)
