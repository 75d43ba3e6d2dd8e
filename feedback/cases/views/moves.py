"""What may be done with a case from a desk: one page and one set of posts for every desk that has cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from feedback.cases.forms.desk import AnswerForm, DeclareForm
from feedback.cases.forms.moves import NoteForm, PauseForm, QuestionForm
from feedback.cases.operations import coordination, handling, pauses, whistles
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.queries.cases import CaseFile
from feedback.cases.queries.desks import Desk
from feedback.cases.rules import lifecycle
from feedback.cases.rules.desks import hand_of
from feedback.cases.views import case_page
from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm

Operation = Callable[..., object]
"""Takes a session, a case's number, the filled-in form, the desk and the time."""


@dataclass(frozen=True, slots=True)
class Move:
    """A move: the form it needs, made for a case and a desk, and what it does; `stays` on the case's page."""

    form: Callable[[CaseFile, Desk], Any]
    do: Operation
    stays: bool = True


@dataclass(frozen=True, slots=True)
class DeskPages:
    """The pages of a desk: its routes, whose it is, who may do which move, and how it is called."""

    routes: Blueprint
    desk: Callable[[], Desk]
    roles: Mapping[str, tuple[str, ...]]
    page: Callable[..., str]

    def add(self) -> None:
        """Add a post for each move to the routes."""
        for name in self.roles:
            view = only(*self.roles[name])(self._view(name))
            self.routes.add_url_rule(
                f"/cases/<int:case_id>/{name}", endpoint=name, view_func=view, methods=["POST"]
            )

    def _view(self, name: str) -> Callable[[int], ResponseReturnValue]:
        def post(case_id: int) -> ResponseReturnValue:
            return self._post(case_id, name=name)

        return post

    def _post(self, case_id: int, *, name: str) -> ResponseReturnValue:
        move, desk = MOVES[name], self.desk()
        with reading() as session:
            found = desks.one_on(session, case_id, desk)
            form = move.form(case_queries.file_of(session, found, now=clock.now()), desk)
        status = store(form, lambda session: move.do(session, case_id, form, desk))
        if status != DONE:
            return self.page(case_id, **{name: form}), status
        if move.stays or desk.actor == "worker":
            return redirect(url_for(f"{self.routes.name}.case", case_id=case_id), 303)
        return redirect(url_for(f"{self.routes.name}.desk"), 303)


def may(case: Any, desk: Desk) -> tuple[str, ...]:
    """Return what whoever sits at the desk may do with a case on it."""
    hand = hand_of(desk.actor, holder=case.holder, keeper=case.keeper, lead=case.lead)
    return lifecycle.allowed(case.state, hand)


def _plain(*_made_for: object) -> ButtonForm:
    return ButtonForm()


def _plainly(event: str) -> Operation:
    def do(session: Any, case_id: int, form: Any, desk: Desk) -> object:
        words = getattr(form, "message", None) or getattr(form, "note", None)
        note = (words.data or "") if words is not None else ""
        return handling.plainly(session, case_id, event, desk=desk, note=note, now=clock.now())

    return do


def _whistle(session: Any, case_id: int, form: Any, desk: Desk) -> object:
    asked = form.value()
    found = desks.one_on(session, case_id, desk)
    return whistles.sound(
        session,
        found.id,
        department_code=asked.department,
        request=asked.request,
        why=asked.why,
        worker_code=desk.worker_code,
        by=desk.actor,
        lead=bool(form.lead.data) if "lead" in form else False,
        now=clock.now(),
    )


def _refuse(session: Any, case_id: int, form: Any, desk: Desk) -> None:
    found = handling.on_desk(session, case_id, desk=desk)
    own = desk.actor.partition(":")[2]
    whistles.refuse_case(session, found, form.value(), department_code=own, now=clock.now())


def _declare(session: Any, case_id: int, form: Any, desk: Desk) -> object:
    found, vault = desks.one_on(session, case_id, desk), installation().vault
    return handling.declare(
        session, found.id, actor=desk.actor, note=form.note.data, now=clock.now(), vault=vault
    )


def _ask(session: Any, case_id: int, form: Any, desk: Desk) -> object:
    return handling.ask(session, case_id, desk=desk, question=form.question.data, now=clock.now())


def _pause(session: Any, case_id: int, form: Any, desk: Desk) -> object:
    return pauses.pause(session, case_id, form.value(), desk=desk, now=clock.now())


def _resume(session: Any, case_id: int, _form: Any, desk: Desk) -> None:
    pauses.resume(session, case_id, desk=desk, now=clock.now())


def _return(session: Any, case_id: int, form: Any, desk: Desk) -> object:
    return coordination.send_back(session, case_id, desk=desk, note=form.note.data, now=clock.now())


MOVES: Mapping[str, Move] = {
    "answer": Move(lambda *_for: AnswerForm(), _plainly("answer")),
    "accept": Move(_plain, _plainly("accept")),
    "whistle": Move(
        lambda file, desk: case_page.whistle_form(file, lead=desk.actor == lifecycle.COORDINATION),
        _whistle,
        stays=False,
    ),
    "refuse": Move(
        lambda file, desk: case_page.refuse_form(file, own=desk.actor.partition(":")[2]),
        _refuse,
        stays=False,
    ),
    "declare": Move(lambda *_for: DeclareForm(), _declare, stays=False),
    "done": Move(lambda *_for: NoteForm(), _plainly("done"), stays=False),
    "ask": Move(lambda *_for: QuestionForm(), _ask),
    "recall": Move(_plain, _plainly("recall")),
    "pause": Move(lambda *_for: PauseForm(), _pause),
    "resume": Move(_plain, _resume),
    "take_over": Move(_plain, _plainly("take_over")),
    "return": Move(lambda *_for: NoteForm(), _return, stays=False),
}
