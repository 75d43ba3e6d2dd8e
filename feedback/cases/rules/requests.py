"""What a form about a case holds, whole: a request, a department's refusal, a resident's word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """What somebody asks for help with; `contact` is the number to answer to, E.164, or None."""

    category: str
    text: str
    location: str = ""
    urgency: str = "ordinary"
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a department refuses: one of lifecycle.REFUSALS, in words what that reason has to bring.

    `instead` is the department whose it is, needed for `not_ours`.
    """

    reason: str
    instead: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class RatingAnswer:
    """A resident's word on what was resolved; `conduct` and `result` are 1–5, None for not said."""

    solved: str
    conduct: int | None = None
    result: int | None = None
    words: str = ""
