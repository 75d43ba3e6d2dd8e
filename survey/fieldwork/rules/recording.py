"""Whether a call may be recorded: only as whoever speaks now agreed to."""

from __future__ import annotations

from survey.fieldwork.questionnaire.items import Answers

AGREED, FETCHED = 1, 2
STARTED, STOPPED, UNSURE = "recording started", "recording stopped", "recording unsure"


def is_wanted(call: Answers) -> bool:
    """Whether who speaks now agreed; once another was fetched, only that person's consent counts."""
    return call.get("C2R" if call.get("S3") == FETCHED else "C2") == AGREED


def may_run(last: str | None) -> bool:
    """Whether a recording may be running after what was logged last: in doubt it is."""
    return last in {STARTED, UNSURE}
