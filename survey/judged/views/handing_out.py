"""The assessor: lets the judged look before the public, and prints the slips that open their cards."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm
from survey.judged.forms import SlipsForm
from survey.judged.operations import cards
from survey.judged.operations.cards import MadeCode
from survey.judged.queries import appeals
from survey.judged.queries import cards as queries
from survey.judged.rules import appeals as rules
from survey.letters.rules import symbol
from survey.roles import ASSESSOR
from survey.scores.queries import previews, releases
from survey.scores.views.desk import READ
from survey.waves.queries import waves
from survey.web.views.pages import me, page

routes = Blueprint("handing_out", __name__, url_prefix="/scores")


@routes.get("/<label>/cards")
@only(ASSESSOR)
def index(label: str) -> ResponseReturnValue:
    """Show until when the judged look, whose slips may be printed, and which appeals wait until when."""
    return _page(label, form=SlipsForm(formdata=None))


@routes.post("/<label>/preview")
@only(ASSESSOR)
def open_preview(label: str) -> ResponseReturnValue:
    """Freeze the scores where they aren't yet, and let the judged look for ten days."""
    form, by = ButtonForm(), me().login
    status = store(form, lambda session: cards.open_preview(session, label, by=by, now=clock.now()))
    if status != DONE:
        raise Refused(form.form_errors[0] if form.form_errors else _("请再试一次。"), status=status)
    flash(_("得分已经定下。请把纸条交给被评的人；十天以后才能公布。"))
    return redirect(url_for(".index", label=label), 303)


@routes.post("/<label>/cards")
@only(ASSESSOR)
def slips(label: str) -> ResponseReturnValue:
    """Make the slips of an area and of all cards in it; they are shown this once."""
    form = SlipsForm()
    if not form.validate():
        return _page(label, form=form), FAULTY
    try:
        made = _made(label, form.area.data)
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return _page(label, form=form), refusal.status
    origin = installation().settings.base_url
    symbols = {each.code: symbol(f"{origin}{url_for('card.one', code=each.code)}") for each in made}
    with reading() as session:
        preview = previews.of(session, label)
    shown = {"address": f"{origin}{url_for('card.enter')}", "symbols": symbols, "preview": preview}
    answer = make_response(page("judged/slips", label=label, made=made, **shown))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _made(label: str, area: str) -> list[MadeCode]:
    read, keys, by = current_app.extensions[READ], installation().keys, me().login
    with transaction() as session:
        units = queries.areas(session, read, label, inside=area)
        return cards.make_codes(session, label, units, keys=keys, by=by, now=clock.now())


def _page(label: str, *, form: SlipsForm) -> str:
    read, now = current_app.extensions[READ], clock.now()
    with reading() as session:
        wave, preview = waves.find(session, label), previews.of(session, label)
        made = releases.find(session, label)
        offices = queries.offices(session, read, label) if made is not None else []
        waiting = appeals.every(session, label=label)
    late = [each for each in waiting if each.decided is None and each.due_at <= now]
    return page(
        "judged/handing_out",
        wave=wave,
        preview=preview,
        running=preview is not None and now < preview.ends_at,
        made=made,
        offices=offices,
        appeals=waiting,
        late=late,
        form=form,
        send=ButtonForm(formdata=None),
        rules=rules,
    )
