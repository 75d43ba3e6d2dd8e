"""How far an interview is: the question's number, and about how many there will be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.questionnaire import path
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.questionnaire.spoken import SpokenForm
from survey.fieldwork.rules.progress import progress

FORM = SpokenForm()
FIRST = path.path({}, form=FORM)[0]
CALLS = FORM.call_codes


def first_of(item) -> Value:
    """Return the first answer that a question offers."""
    if item.kind == "text":
        return ""
    value = item.options[0].value if item.options else item.least
    return (value,) if item.kind == "multi" else value


def led(steps: int) -> dict[str, Value]:
    """Return the answers of an interview in which so many questions were answered by their first option."""
    answers: dict[str, Value] = {}
    for _ in range(steps):
        item = path.next_item(answers, form=FORM)
        if item is None:
            break
        answers[item.code] = first_of(item)
    return answers


WHOLE = path.path(led(200), form=FORM)


def test_the_first_question_is_the_first_of_as_many_as_first_options_lead_to() -> None:
    found = progress(FIRST, {}, form=FORM)
    assert found is not None
    assert (found.n, found.about) == (1, len(WHOLE))


@given(st.integers(0, len(WHOLE) - 1))
def test_each_question_has_its_place_and_the_outlook_stays_while_the_first_is_answered(at: int) -> None:
    found = progress(WHOLE[at], led(at + len(CALLS) + 1), form=FORM)
    assert found is not None
    assert (found.n, found.about) == (at + 1, len(WHOLE))


def test_the_last_question_is_the_last_of_all() -> None:
    found = progress(WHOLE[-1], led(200), form=FORM)
    assert found is not None
    assert found.n == found.about == len(WHOLE)


def test_what_is_asked_before_the_interview_and_what_is_not_on_the_path_is_not_counted() -> None:
    assert progress("nowhere", led(200), form=FORM) is None
    for code in CALLS - set(WHOLE):
        assert progress(code, led(3), form=FORM) is None
