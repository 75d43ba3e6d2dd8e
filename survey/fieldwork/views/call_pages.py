"""The pages of a call as they are shown: dialling, a question, how it ended; of a wave or of practice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.forms import ButtonForm, OnceForm
from survey.fieldwork.forms.desk import OutcomeForm, ResultForm
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.queries.household_notes import HouseholdNotes
from survey.fieldwork.queries.last_steps import CallSteps
from survey.fieldwork.queries.line_states import LineState
from survey.fieldwork.questionnaire.items import Ending
from survey.fieldwork.rules import speakers
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.rules.languages import IN_ITS_LANGUAGE
from survey.fieldwork.rules.outcome_codes import NOT_REACHED, REFUSALS
from survey.fieldwork.rules.practice import InventedHousehold
from survey.fieldwork.rules.progress import progress
from survey.fieldwork.rules.speakers import CodingStep, Speaker
from survey.fieldwork.rules.typed import whole
from survey.fieldwork.views import call_script
from survey.web.views import labels
from survey.web.views.pages import page

ANSWERED = "0"
"""What is typed where somebody answered."""
CODING = "coding"
COMPLETE = "complete"
REFUSED = frozenset(REFUSALS)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every page of a call shows around its own part; `address(case, to=…)` leads to its others.

    `practice` is the invented household where nothing of this is a wave's.
    """

    case: HeldCase
    address: Callable[..., str]
    blanks: Mapping[str, str]
    told: HouseholdNotes
    steps: CallSteps
    practice: InventedHousehold | None = None

    def context(self, *, here: str = "") -> dict[str, Any]:
        """Return what the templates name; `here` is the page to come back to."""
        case = self.case
        dialling = case.state == "held" and case.is_dialled
        return {
            "case": case,
            "here": here,
            "state_name": labels.CALL_STATES["dialling" if dialling else case.state],
            "verify": call_script.verify(case.interview, blanks=self.blanks),
            "objections": call_script.objections(case.interview, blanks=self.blanks),
            "told": self.told,
            "steps": self.steps,
            "outcome": labels.outcome,
            "address": self.address,
            "noting": case.is_dialled,
            "practice": self.practice,
            "once": OnceForm(formdata=None),
            "button": ButtonForm(formdata=None),
        }


@dataclass(frozen=True, slots=True)
class LineShown:
    """How the line of a call stands, None before it was dialled, and what is said of it."""

    state: LineState | None
    said: str


def next_step(case: HeldCase) -> str:
    """Return what the talk has come to: the call, the first question that is open, else the coding page."""
    if case.state == "held":
        return ""
    if case.state == CODING:
        return CODING
    return case.interview.next_item or CODING


def call(
    around: Surroundings,
    *,
    numbers: Sequence[str] = (),
    missed: ResultForm | None = None,
    line: LineShown | None = None,
    door: bool = False,
) -> str:
    """Show a household before anybody answers; `numbers` stand in the answer to a dial alone.

    `line` is a carrier's that joins the telephones; then there are no numbers. At the `door` it is addresses.
    """
    return page(
        "fieldwork/call",
        bridged=line is not None,
        door=door,
        line=line.state if line else None,
        line_said=line.said if line else "",
        **around.context(),
        missed=missed or ResultForm(formdata=None),
        results=[(code, labels.TEMPORARY[code]) for code in NOT_REACHED],
        numbers=numbers,
        opening=call_script.greeting(around.case.interview, blanks=around.blanks),
    )


def item(around: Surroundings, code: str, *, form: ButtonForm) -> str:
    """Show one question; raise NotFound where the questionnaire has none of that code."""
    interview = around.case.interview
    asked = interview.form.item(code)
    if asked is None:
        raise NotFound(_("没有这一题。"))
    question = call_script.question(asked, talk=interview, blanks=around.blanks)
    previous = interview.item_before(code)
    return page(
        "fieldwork/item",
        **around.context(here=code),
        form=form,
        question=question,
        typed=request.form.get("code", ""),
        words=request.form.get("value", question.words),
        previous=previous,
        saved=previous if previous in interview.said else None,
        progress=progress(code, interview.answers, form=interview.form),
    )


def entered() -> str | Sequence[str]:
    """Return what was entered: ticked boxes with what was typed, else what was typed or chosen."""
    typed, ticked = request.form.get("code", "").strip(), request.form.getlist("value")
    if request.form.get("several"):
        return [*ticked, typed] if typed else ticked
    return typed or (ticked[0] if ticked else "")


def coding_step(codes: Sequence[str], *, is_wished: bool) -> CodingStep:
    """Return what is asked of how the call ended; who spoke is named by a digit, by name, or not yet."""
    who, named = request.args.get("who", "").strip(), tuple(Speaker)
    if (number := whole(who)) is not None and 1 <= number <= len(named):
        who = named[number - 1]
    is_wished = is_wished and "all" not in request.args
    return speakers.step(codes, who=who, later="later" in request.args, is_wished=is_wished)


def outcome_form(asked: CodingStep, *, formdata: bool = True) -> OutcomeForm:
    """Return the form of a result, with the fields that the offered ones need."""
    form = OutcomeForm() if formdata else OutcomeForm(formdata=None)
    if not APPOINTED.intersection(asked.codes):
        del form.when
    if COMPLETE not in asked.codes:
        del form.receipt
    if not REFUSED.intersection(asked.codes):
        del form.reason
    if IN_ITS_LANGUAGE not in asked.codes:
        del form.language
    return form


def coding(around: Surroundings, asked: CodingStep, *, form: OutcomeForm) -> str:
    """Ask who spoke, or offer the results that are possible now."""
    interview = around.case.interview
    alone = asked.codes[0] if len(asked.codes) == 1 else ""
    return page(
        "fieldwork/coding",
        **around.context(here=CODING),
        form=form,
        asked=asked,
        speakers=[(tuple(Speaker).index(who) + 1, labels.SPEAKERS[who]) for who in asked.speakers],
        results=[(code, labels.outcome(code), speakers.farewell(code)) for code in asked.codes],
        chosen=form.of(asked.codes) or alone,
        end=interview.form.questionnaire.texts["END"] if interview.ending is Ending.FINISHED else "",
        previous=interview.item_before("") if interview.said else None,
    )
