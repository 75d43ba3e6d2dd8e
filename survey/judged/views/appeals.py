"""Appeals before those who make no score: one counts again, another of another role decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import Words, _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm, Form
from survey.attribution.rules import words as attribution_words
from survey.judged.forms import YES, FindingForm, SecondNameForm
from survey.judged.operations import appeals as operations
from survey.judged.queries import appeals, looked_up
from survey.judged.rules import appeals as rules
from survey.waves.rules.early_ending import Signer
from survey.web.views.pages import me, page

routes = Blueprint("appeals", __name__, url_prefix="/appeals")


@routes.get("/")
@only(*rules.DECIDE)
def index() -> ResponseReturnValue:
    """Show the appeals, those that wait first."""
    return _page(ButtonForm(formdata=None))


@routes.post("/<int:number>/take")
@only(*rules.DECIDE)
def take(number: int) -> ResponseReturnValue:
    """Put one's name to counting an appeal again."""
    by = _signer()
    return _done(
        ButtonForm(),
        lambda session: operations.take(session, number, by=by, now=clock.now()),
        said=_("这件申诉由您重算，您的名字写在卡上。"),
    )


@routes.post("/<int:number>/recount")
@only(*rules.DECIDE)
def recount(number: int) -> ResponseReturnValue:
    """Compute the card's rows once more."""
    by = _signer()
    return _done(
        ButtonForm(),
        lambda session: operations.count_again(session, number, by=by, now=clock.now()),
        said=_("重算好了，结果在下面。"),
    )


@routes.post("/<int:number>/finding")
@only(*rules.DECIDE)
def find(number: int) -> ResponseReturnValue:
    """Write down what was found."""
    form, by = FindingForm(), _signer()
    outcome, said = form.outcome.data or "", form.said.data or ""
    return _done(
        form,
        lambda session: operations.find(session, number, outcome=outcome, said=said, by=by, now=clock.now()),
        said=_("记下了。等另一种职责的人决定。"),
        about=number,
    )


@routes.post("/<int:number>/decision")
@only(*rules.DECIDE)
def decide(number: int) -> ResponseReturnValue:
    """Let what was found stand, or send it back."""
    form, by = SecondNameForm(), _signer()
    agrees = form.agrees.data == YES
    return _done(
        form,
        lambda session: operations.decide(session, number, agrees=agrees, by=by, now=clock.now()),
        said=_("决定了，已写进账本。") if agrees else _("退回了，重算的人再查。"),
        about=number,
    )


def _done(
    form: Form, operation: Callable[[Any], object], *, said: Words, about: int = 0
) -> ResponseReturnValue:
    status = store(form, operation, passing=(NotFound,))
    if status != DONE:
        return _page(form, about=about), status
    flash(str(said))
    return redirect(url_for(".index"), 303)


def _signer() -> Signer:
    return Signer(me().login, me().role)


def _page(form: Form, *, about: int = 0) -> str:
    with reading() as session:
        found = appeals.every(session)
        known = {each.id: looked_up.of(session, each) for each in found if each.decided is None}
    now = clock.now()
    return page(
        "judged/appeals",
        found=found,
        known=known,
        whose=attribution_words,
        faulty=form,
        about=about,
        finding=form if isinstance(form, FindingForm) else FindingForm(formdata=None),
        second=form if isinstance(form, SecondNameForm) else SecondNameForm(formdata=None),
        send=ButtonForm(formdata=None),
        late={each.id for each in found if each.decided is None and each.due_at <= now},
        me=me(),
        rules=rules,
    )
