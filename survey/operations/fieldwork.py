"""What an interviewer and a supervisor do with the case in hand, under one name."""

from survey.fieldwork.operations.calls import dial, not_reached, person_of, reached
from survey.fieldwork.operations.claims import (
    LEASE,
    TALK,
    attempt_in_hand,
    hand_back,
    held,
    next_case,
    renew,
    sweep,
    take_over,
)
from survey.fieldwork.operations.interviews import (
    answers_of,
    completeness_of,
    current_item,
    ending_of,
    form_of,
    save_answer,
)
from survey.fieldwork.operations.outcomes import NOT_REACHED, codes_now, finish

__all__ = [
    "LEASE",
    "NOT_REACHED",
    "TALK",
    "answers_of",
    "attempt_in_hand",
    "codes_now",
    "completeness_of",
    "current_item",
    "dial",
    "ending_of",
    "finish",
    "form_of",
    "hand_back",
    "held",
    "next_case",
    "not_reached",
    "person_of",
    "reached",
    "renew",
    "save_answer",
    "sweep",
    "take_over",
]
