"""What a form about a case holds, whole: a request, a department's refusal, a resident's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import Lazy, _, lazy

REFUSALS: Mapping[str, Lazy] = {
    "not_ours": lazy("请写明应由哪个部门办理。"),
    "missing_fact": lazy("请写明要问居民什么。"),
    "done": lazy("请写明做了什么、什么时候做的。"),
    "law_forbids": lazy("请写明依据的条款。"),
}
"""Reasons a department may give for refusing, and what each has to bring."""


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
    """Why a department refuses: one of REFUSALS, in words what that reason has to bring.

    `instead` is the department whose it is, needed for `not_ours`.
    """

    reason: str
    instead: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class WhistleRequest:
    """Which department is called and for what; `why` where it isn't the one that the remit names."""

    department: str
    request: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RatingAnswer:
    """A resident's word on what was resolved; `conduct` and `result` are 1–5, None for not said."""

    solved: str
    conduct: int | None = None
    result: int | None = None
    words: str = ""


def event_of_word(solved: str) -> str:
    """Return the event that a word is: `solved`, `not_solved` or `unsure`; marks open no round."""
    if solved not in {"solved", "not_solved", "unsure"}:
        raise Invalid(_("请选择“解决了”“没有解决”或“说不清”。"))
    return {"solved": "confirm", "not_solved": "contest"}.get(solved, "unsure")


def check_refusal(reason: str, *, text: str) -> None:
    """Raise Invalid unless a refusal gives a listed reason and, in words, what that reason has to bring."""
    if reason not in REFUSALS:
        raise Invalid(_("请选择退回的理由。"))
    if not text.strip():
        raise Invalid(REFUSALS[reason])
