"""Final outcomes of a released household: the codes, their classes, and how the log decides between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.fieldwork.rules.attempts import CONFIRMING, ContactResult, DialledAttempt
from survey.waves.rules.final_codes import FINAL, Group

Completeness = Literal["complete", "partial", "break_off"]

COMPUTED = frozenset({"break_off", "frame_bad_contact"})
"""Outcomes that follow from the interview or the numbers, so that nobody can just declare them."""

BY_MACHINE = (
    ("machine_unknown", frozenset({"machine"})),
    ("ambiguous_message", frozenset({"machine_unclear"})),
    ("blocked", frozenset({"blocked"})),
    ("no_answer", frozenset({"no_answer"})),
    ("always_busy", frozenset({"busy"})),
    ("technical", frozenset({"technical_ours"})),
)
"""What is said of a household that nobody ever answered for, the most telling result first."""

SPOKEN = frozenset(
    {"callback_respondent", "callback_other", "appointment_respondent", "appointment_other"}
    | {"soft_refusal", "language_callback", "suspended_partial", "cut_off"}
)
"""Temporary codes that only a voice can have caused."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody established about a household beside the attempts: a final code of R, NC, O, UO or NE.

    `confirmed` by a second person's contact or a correction of the registry; it matters for NE alone.
    A demand never to be called again is `refusal_person`.
    """

    code: str
    confirmed: bool = False

    def __post_init__(self) -> None:
        if group_of(self.code) in {"I", "P", "UH"} or self.code in COMPUTED:
            raise Refused(_("“%(code)s”由拨打记录和访问算出，不能直接登记。", code=self.code), status=422)


def group_of(name: str) -> Group:
    """Return the class of a final outcome; raise Refused for a name that is none."""
    if name not in FINAL:
        raise Refused(_("没有“%(name)s”这个最终处置码。", name=name), status=422)
    return FINAL[name].group


def final_disposition(
    attempts: Sequence[DialledAttempt],
    *,
    numbers: Iterable[str],
    interview: Completeness | None = None,
    facts: Sequence[Fact] = (),
) -> str:
    """Return the final outcome that the whole log of a case gives, the first that applies.

    `numbers` are the states of all its numbers (`untested`, `live`, `suspect`, `bad`), `interview` how
    complete its interview is, without voided ones. Facts of one class: the latest counts.
    """
    return (
        _fact(facts, "NE", confirmed=True)
        or (interview if interview in {"complete", "partial"} else None)
        or _fact(facts, "R")
        or ("break_off" if interview else None)
        or _fact(facts, "O")
        or _no_language(attempts)
        or ("other_unknown" if _fact(facts, "NE") else None)
        or ("refusal" if any(attempt.code == "soft_refusal" for attempt in attempts) else None)
        or _noncontact(attempts, facts)
        or (None if _is_confirmed(attempts) else _bad_contact(numbers))
        or _somebody(attempts, facts)
        or _nobody(attempts)
    )


def _fact(facts: Sequence[Fact], group: Group, *, confirmed: bool = False) -> str | None:
    found = [fact.code for fact in facts if group_of(fact.code) == group and fact.confirmed >= confirmed]
    return found[-1] if found else None


def _no_language(attempts: Sequence[DialledAttempt]) -> str | None:
    """A confirmed household was to be called in its own language, and no later call learnt of its person.

    Who did speaks what the household speaks: from then on the language isn't what is in the way.
    """
    put_off = [attempt.started for attempt in attempts if attempt.code == "language_callback"]
    if not put_off or not _is_confirmed(attempts):
        return None
    since = (attempt for attempt in attempts if attempt.started > max(put_off))
    if any(attempt.contact == ContactResult.PERSON for attempt in since):
        return None
    return "language_no_interviewer"


def _noncontact(attempts: Sequence[DialledAttempt], facts: Sequence[Fact]) -> str | None:
    """Household and person were confirmed by a voice, a greeting or otherwise, and never interviewed."""
    contacts = {attempt.contact for attempt in attempts} & CONFIRMING
    if known := _fact(facts, "NC"):
        return known
    if ContactResult.PERSON in contacts:
        return "never_available"
    # What a greeting told isn't forgotten because a voice tells it too, without the person.
    if contacts == {ContactResult.GREETING, ContactResult.HOUSEHOLD}:
        return "noncontact"
    return "household_machine" if contacts == {ContactResult.GREETING} else None


def _is_confirmed(attempts: Sequence[DialledAttempt]) -> bool:
    return any(attempt.contact in CONFIRMING for attempt in attempts)


def _bad_contact(numbers: Iterable[str]) -> str | None:
    """Nobody can be reached: there is no number, or each proved bad."""
    return "frame_bad_contact" if all(state == "bad" for state in numbers) else None


def _somebody(attempts: Sequence[DialledAttempt], facts: Sequence[Fact]) -> str | None:
    """Somebody answered, and nobody learnt whether the one to be asked lives there."""
    if known := _fact(facts, "UO"):
        return known
    if any(attempt.contact == ContactResult.HOUSEHOLD for attempt in attempts):
        return "unknown_respondent"
    spoke = {
        attempt.code
        for attempt in attempts
        if attempt.contact == ContactResult.SOMEBODY or attempt.code in SPOKEN
    }
    if not spoke:
        return None
    return "no_screener" if spoke == {"cut_off"} else "unknown_resident"


def _nobody(attempts: Sequence[DialledAttempt]) -> str:
    codes = {attempt.code for attempt in attempts}
    for name, results in BY_MACHINE:
        if codes & results:
            return name
    return "unknown_if_household" if codes - {None, "cancelled_by_us"} else "not_attempted"


def ledger_code(disposition: str, *, headline: int | None) -> str:
    """Return the outcome as the ledger names it: a complete without a headline answer 1…5 is another one."""
    group_of(disposition)
    if disposition == "complete" and headline is None:
        return "complete_other"
    return disposition


def counts(outcomes: Iterable[str]) -> dict[Group, int]:
    """Return how many outcomes fall into each class, all eight of them."""
    found: dict[Group, int] = {code.group: 0 for code in FINAL.values()}
    for name in outcomes:
        found[group_of(name)] += 1
    return found
