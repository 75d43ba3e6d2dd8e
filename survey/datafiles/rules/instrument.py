"""The questions of a questionnaire as variables, and an interview's answers as their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from huying.base.i18n import _
from survey.datafiles.rules.data_file import Cell, Kind, Variable
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item, Value


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """A variable of the interview: `option` is that of a question with several answers, else None."""

    variable: Variable
    item: str
    option: int | None = None

    def cell(self, answers: Mapping[str, Value]) -> Cell:
        """Return the answer on the interview's path; None where the question wasn't on it."""
        value = answers.get(self.item)
        if value is None or self.option is None:
            return None if isinstance(value, tuple) else value
        return int(self.option in (value if isinstance(value, tuple) else (value,)))


def columns(questionnaire: Questionnaire) -> tuple[ItemColumn, ...]:
    """Return the variables of an interview, in the order of its questions.

    What was written down word for word is no variable: it may name people.
    """
    return tuple(column for item in questionnaire.items for column in _of(item))


def name(code: str) -> str:
    """Return a question's code as every program takes it."""
    return code.replace("-", "_")


def _of(item: Item) -> Iterator[ItemColumn]:
    if item.kind == "text":
        return
    if item.kind == "multi":
        yield from _options(item)
        return
    values = _values(item)
    kind: Kind = "count" if item.kind == "number" else "code"
    missing = tuple(value for value in (DONT_KNOW, REFUSED) if value in values)
    yield ItemColumn(
        Variable(name(item.code), _words(item), kind, values, missing),
        item.code,
    )


def _options(item: Item) -> Iterator[ItemColumn]:
    """A yes or no for each option of a question that takes several."""
    for value, label in _values(item).items():
        said = {0: _("没有提到"), 1: _("提到了")}
        variable = Variable(f"{name(item.code)}_{value}", f"{_words(item)} {label}", "code", said)
        yield ItemColumn(variable, item.code, value)


def _words(item: Item) -> str:
    """The question with the levels that are read in it."""
    blank = f"【{texts.SCALE}】"
    return item.text.replace(blank, texts.scale(item.options)) if blank in item.text else item.text


def _values(item: Item) -> dict[int, str]:
    listed = {option.value: option.label for option in (*item.options, *item.unread)}
    escapes = {DONT_KNOW: _("说不清、不知道"), REFUSED: _("拒绝回答")}
    return listed | {value: label for value, label in escapes.items() if value in item.values - listed.keys()}
