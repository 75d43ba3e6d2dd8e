"""The way through a call and its interview, computed anew from the answers: what is asked, what counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import REFUSED, Answers, Ending, Item, Value
from survey.fieldwork.questionnaire.spoken import STANDARD, SpokenForm

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Walk:
    """Items walked in their order: `asked` as far as the answers decide it, and the answers among them.

    `end` is what the last answer ends the call with; None where it ends nothing or an item is open.
    """

    asked: tuple[str, ...]
    kept: dict[str, Value]
    end: Ending | None = None

    @property
    def next_code(self) -> str | None:
        """The first code without an answer; None when all are answered."""
        return next((code for code in self.asked if code not in self.kept), None)


def walk(items: Sequence[Item], answers: Answers) -> Walk:
    """Walk the items: which are asked, and which answers count."""
    asked: list[Item] = []
    # Conditions see only answers that are themselves on the path: a change of mind leaves nothing behind.
    kept: dict[str, Value] = {}
    for item in items:
        if item.condition.holds(kept):
            asked.append(item)
            if item.code in answers:
                kept[item.code] = answers[item.code]
    is_over = bool(kept) and len(kept) == len(asked)
    end = asked[-1].end(kept[asked[-1].code]) if is_over else None
    return Walk(tuple(item.code for item in asked), kept, end)


def fold(log: Iterable[tuple[str, Value]], *, items: Sequence[Item], walked: bool = True) -> dict[str, Value]:
    """Return the answers that count after these were given one after the other.

    Where the path is `walked`, an answer that leaves it counts no more, and doesn't count again by itself
    when its item returns: it has to be given anew.
    """
    kept: dict[str, Value] = {}
    for code, value in log:
        changed = {**kept, code: value}
        kept = walk(items, changed).kept if walked else changed
    return kept


def path(answers: Answers, *, form: SpokenForm = STANDARD) -> tuple[str, ...]:
    """Return the codes of the interview's items to be asked, as far as the answers decide it."""
    return walk(form.items(), answers).asked


def record(answers: Answers, *, form: SpokenForm = STANDARD) -> dict[str, Value]:
    """Return the answers of the interview that count: those on the path, in its order."""
    return walk(form.items(), answers).kept


def next_item(answers: Answers, *, form: SpokenForm = STANDARD) -> Item | None:
    """Return the first item on the interview's path without an answer; None when all are answered."""
    code = walk(form.items(), answers).next_code
    return form.item(code) if code else None


def ending(answers: Answers, *, form: SpokenForm = STANDARD) -> Ending | None:
    """Return why the interview is at its end; None while an item is to be asked."""
    found = walk(form.items(), answers)
    return None if found.next_code else found.end or Ending.FINISHED


def is_answered(value: Value | None) -> bool:
    """Whether something was answered: 98 is an answer, 99 is none."""
    return value is not None and value not in {REFUSED, (REFUSED,)}


def is_begun(answers: Answers, *, form: SpokenForm = STANDARD) -> bool:
    """Whether at least one item from A1 on was answered: being asked isn't enough, and 99 is no answer."""
    screening = form.questionnaire.screening
    kept = record(answers, form=form)
    return any(is_answered(value) for code, value in kept.items() if code not in screening)


def completeness(answers: Answers, *, form: SpokenForm = STANDARD, share: Fraction = HALF) -> str | None:
    """Return `complete`, `partial` or `break_off`; None where the interview wasn't begun.

    Complete: what the questionnaire needs is answered as far as it is on the path (A1, A3, and G1 or G1C),
    and the path walked to its end. Partial: at least `share` of the items on the path from A1 on. Refused
    answers (99) are none.
    """
    if not is_begun(answers, form=form):
        return None
    asked = [code for code in path(answers, form=form) if code not in form.questionnaire.screening]
    answered = {code for code in asked if is_answered(answers.get(code))}
    if _has_what_counts(asked, answered, form.questionnaire) and (
        _is_over(answers, form) or not form.questionnaire.walked
    ):
        return "complete"
    return "partial" if len(answered) >= share * len(asked) else "break_off"


def _has_what_counts(asked: Sequence[str], answered: set[str], questionnaire: Questionnaire) -> bool:
    heads = set(questionnaire.heads).intersection(asked)
    return bool(heads) and heads | set(questionnaire.needed).intersection(asked) <= answered


def _is_over(answers: Answers, form: SpokenForm) -> bool:
    return ending(answers, form=form) is Ending.FINISHED


def headline(answers: Answers, *, form: SpokenForm = STANDARD) -> int | None:
    """Return the headline answer 1…5 on the path; None without one."""
    value = record(answers, form=form).get(form.questionnaire.headline)
    return value if isinstance(value, int) and 1 <= value <= 5 else None
