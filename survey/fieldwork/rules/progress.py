"""How far an interview is: the question's number, and about how many there will be."""

from __future__ import annotations

from dataclasses import dataclass

from survey.fieldwork.questionnaire import path
from survey.fieldwork.questionnaire.items import Answers, Item, Value
from survey.fieldwork.questionnaire.spoken import SpokenForm


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """Question `n` of `about` as many."""

    n: int
    about: int


def progress(code: str, answers: Answers, *, form: SpokenForm) -> QuestionCount | None:
    """Return where the item `code` stands; what is still open is taken to be answered by its first option.

    Items of the call itself aren't counted: there is None.
    """
    items = path.path(answers, form=form)
    if code not in items:
        return None
    return QuestionCount(items.index(code) + 1, max(len(items), _outlook(answers, form=form)))


def _outlook(answers: Answers, *, form: SpokenForm) -> int:
    """Return how many items are asked where each open one is answered by the first that its list holds."""
    assumed = dict(answers)
    while (item := path.next_item(assumed, form=form)) is not None:
        assumed[item.code] = _first(item)
    return len(path.path(assumed, form=form))


def _first(item: Item) -> Value:
    if item.kind == "text":
        return ""
    value = item.options[0].value if item.options else item.least
    return (value,) if item.kind == "multi" else value
