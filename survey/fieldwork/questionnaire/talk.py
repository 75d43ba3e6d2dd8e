"""One call as it stands: its own answers, the interview's, and what follows from both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from survey.fieldwork.questionnaire import path
from survey.fieldwork.questionnaire.instrument import Situation
from survey.fieldwork.questionnaire.items import Answers, Ending, Value
from survey.fieldwork.questionnaire.path import Walk
from survey.fieldwork.questionnaire.spoken import SpokenForm

CONSENT = frozenset({"C1", "C1R"})
RECORDING = frozenset({"C2", "C2R"})


@dataclass(frozen=True, slots=True)
class Talk:
    """The form, the answers that count of this call and of the interview, and whether there is one.

    `former` are answers that left the path: where their items return, they have to be confirmed.
    """

    form: SpokenForm
    call: Answers
    answers: Answers
    former: Mapping[str, Value]
    exists: bool

    @property
    def is_through(self) -> bool:
        """Whether the call has come to the respondent, willing: what follows belongs to the interview."""
        found = self._call_walk
        return found.next_code is None and found.end is None

    @property
    def is_found(self) -> bool:
        """Whether who is to be asked came to the telephone in this call."""
        return self._call_walk.kept.get("S3") in {1, 2}

    @property
    def items(self) -> tuple[str, ...]:
        """Codes of the items to be asked, as far as is decided: the call's, then the interview's."""
        return (*self._call_walk.asked, *self._interview_items)

    @property
    def next_item(self) -> str | None:
        """Code of the first item that isn't answered; None when nothing more is to be asked."""
        return next((code for code in self.items if code not in self.said), None)

    @property
    def said(self) -> Mapping[str, Value]:
        """Everything that counts, of the call and of the interview."""
        return {**self.call, **self.answers}

    @property
    def ending(self) -> Ending | None:
        """Why nothing more is to be asked in this call; None while something is, or nothing was said."""
        return path.ending(self.answers, form=self.form) if self._is_interview else self._call_walk.end

    @property
    def is_begun(self) -> bool:
        """Whether something from A1 on was answered."""
        return path.is_begun(self.answers, form=self.form)

    @property
    def completeness(self) -> str | None:
        """`complete`, `partial` or `break_off`; None where the interview wasn't begun."""
        return path.completeness(self.answers, form=self.form)

    @property
    def headline(self) -> int | None:
        """The headline answer 1…5; None without one."""
        return path.headline(self.answers, form=self.form)

    def item_before(self, code: str) -> str | None:
        """Return the code of the item before `code`, with "" of the last one; None at the start."""
        codes = self.items
        position = codes.index(code) if code in codes else len(codes)
        return codes[position - 1] if position else None

    def after(self, code: str, value: Value) -> Talk:
        """Return the talk once this answer was given to an item of it."""
        if code in self.form.call_codes:
            return replace(self, call=path.walk(self.form.call_items(), {**self.call, code: value}).kept)
        changed = {**self.answers, code: value}
        kept = path.record(changed, form=self.form) if self.form.questionnaire.walked else changed
        latest = {**self.former, **changed}
        former = {each: latest[each] for each in latest if each not in kept}
        return replace(self, answers=kept, former=former)

    def lead(self, code: str) -> str:
        """Return what is read before the item: after each consent, how the household came to be drawn."""
        told = self.form.questionnaire.texts
        recording = told["RECORDING"] if code in RECORDING else ""
        if self.item_before(code) not in CONSENT or self.form.situation is Situation.RESUMED:
            return recording
        return told["INTRO2"] + recording

    @property
    def _call_walk(self) -> Walk:
        return path.walk(self.form.call_items(), self.call)

    @property
    def _is_interview(self) -> bool:
        return self.is_through and (self.exists or bool(self.form.questionnaire.calls))

    @property
    def _interview_items(self) -> tuple[str, ...]:
        return path.path(self.answers, form=self.form) if self.is_through else ()
