"""The pages of a game: one address, which shows what comes next."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from demo import survey
from demo.play import game
from demo.play.forms import DiceForm, PhraseForm
from demo.play.game import BY_HAND, DRAWN, SIZE, Stage
from demo.survey import Bench
from huying.base import clock
from huying.base.errors import Refused
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm, Form
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.views import call_pages, call_script

routes = Blueprint("play", __name__, url_prefix="/play")
SEED, AGAIN = "PLAY_SEED", "play_again"


@routes.get("")
@anyone
def page() -> ResponseReturnValue:
    """Show what comes next in the game."""
    return _page()


@routes.post("/seal")
@anyone
def seal() -> ResponseReturnValue:
    """Freeze, and seal the visitor's sentence."""
    form = PhraseForm()
    phrase = form.phrase.data or ""
    return _after(form, lambda session: game.seal(session, _bench(), phrase=phrase, now=clock.now()))


@routes.post("/draw")
@anyone
def draw() -> ResponseReturnValue:
    """Throw the dice, open the parts, draw."""
    form = DiceForm()
    phrase, dice = form.phrase.data or "", form.dice.data or ""
    return _after(form, lambda session: game.draw(session, _bench(), phrase=phrase, dice=dice))


@routes.post("/ring")
@anyone
def ring() -> ResponseReturnValue:
    """Pick up as the next household that is called."""
    return _after(ButtonForm(), lambda session: game.ring(session, _bench()))


@routes.post("/answer/<item>")
@anyone
def answer(item: str) -> ResponseReturnValue:
    """Say one answer for the household that is called."""
    raw = call_pages.entered()
    return _after(ButtonForm(), lambda session: game.answer(session, item=item, raw=raw))


@routes.post("/refuse")
@anyone
def refuse() -> ResponseReturnValue:
    """Don't wish to be asked."""
    return _after(ButtonForm(), game.refuse)


@routes.post("/finish")
@anyone
def finish() -> ResponseReturnValue:
    """Let the demo answer what is left for this household."""
    return _after(ButtonForm(), lambda session: game.finish_for(session, _bench()))


@routes.post("/rest")
@anyone
def rest() -> ResponseReturnValue:
    """Let the demo answer for the others; the score is published."""
    form = ButtonForm()
    if not form.validate():
        return _page(form), 422
    try:
        game.call_the_rest(_bench())
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return _page(form), refusal.status
    return redirect(url_for(".page"), 303)


@routes.post("/again")
@anyone
def again() -> ResponseReturnValue:
    """Begin another game; this one's data are thrown away."""
    if not ButtonForm().validate():
        return redirect(url_for(".page"), 303)
    begin: Callable[[], None] = current_app.extensions[AGAIN]
    begin()
    return redirect(url_for(".page"), 303)


def _after(form: Form, step: Callable[..., object]) -> ResponseReturnValue:
    """Do one step of the game, then show what comes next; or say why it wasn't done."""
    status = store(form, step)
    return redirect(url_for(".page"), 303) if status == DONE else (_page(form), status)


def _bench() -> Bench:
    return game.bench(installation(), seed=current_app.config[SEED])


def _page(form: Form | None = None) -> str:
    with reading() as session:
        now, case = game.standing(session), game.in_hand(session)
    return render_template(
        "demo/play.html",
        now=now,
        stages=Stage,
        faults=form,
        phrase=form if isinstance(form, PhraseForm) else PhraseForm(formdata=None),
        dice=form if isinstance(form, DiceForm) else DiceForm(formdata=None),
        button=ButtonForm(formdata=None),
        case=case,
        question=_question(case) if case else None,
        households=len(SIZE.streets) * 5 * SIZE.most,
        drawn=DRAWN,
        by_hand=BY_HAND,
        parties=survey.PARTIES,
        verdict=game.verified(installation()) if now.stage is Stage.SCORED else None,
        label=game.LABEL,
        typed=request.form.get("value", ""),
    )


def _question(case: HeldCase) -> call_script.SpokenQuestion | None:
    """The question that the household hears now."""
    code = case.interview.next_item
    asked = case.interview.form.item(code) if code else None
    if asked is None:
        return None
    with reading() as session:
        caller = game.seat(session)
    blanks = call_script.blanks(case, interviewer=caller)
    return call_script.question(asked, talk=case.interview, blanks=blanks)
