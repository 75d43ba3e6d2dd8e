"""Questionnaires before they are asked: their versions, every wording and order, every way, the pretest."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _, lazy
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.questionnaires import QuestionnaireForm, ReadingForm
from survey.fieldwork.operations import questionnaires as operations
from survey.fieldwork.queries import questionnaire_files, questionnaires
from survey.fieldwork.queries.questionnaires import KnownVersion
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Ending
from survey.fieldwork.rules import pretest, preview
from survey.roles import ASSESSOR, DRAW_OFFICER
from survey.web.views.pages import me, page

routes = Blueprint("questionnaires", __name__, url_prefix="/questionnaires")

SHOWN = 40
"""Ways on one page."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES = {"en": lazy("英语")}
SITUATIONS = {
    Situation.FIRST: lazy("第一次打"),
    Situation.APPOINTMENT: lazy("约好的时间打"),
    Situation.RESUMED: lazy("接着上次问"),
    Situation.RETURN_CALL: lazy("住户打回来"),
}
ENDINGS = {
    Ending.APPOINTMENT: lazy("另约时间，结束"),
    Ending.REFUSED: lazy("拒绝，结束"),
    Ending.NUMBER_WRONG: lazy("号码不对，结束"),
    Ending.NOT_ELIGIBLE: lazy("不符合条件，结束"),
    Ending.NOT_IN: lazy("人不在，另约"),
    Ending.NO_SUCH_PERSON: lazy("没有这个人，结束"),
}


@routes.get("/")
@only(ASSESSOR, DRAW_OFFICER)
def versions() -> str:
    """List the versions, and the waves that sealed each."""
    return _listed(QuestionnaireForm(formdata=None))


@routes.post("/")
@only(ASSESSOR)
def bring() -> ResponseReturnValue:
    """Say every fault of a file; keep its questionnaire where it has none and that is wished."""
    form = QuestionnaireForm()
    by, now, keep = me().login, clock.now(), form.keep.data
    status = store(form, lambda session: operations.take(session, _brought(form), keep=keep, by=by, now=now))
    if status == DONE:
        flash(_("问卷已经留下，轮次冻结的时候可以选它。") if keep else _("没有毛病。什么也没有留下。"))
        return redirect(url_for(".versions"), 303)
    form.form_errors = [line for message in form.form_errors for line in message.splitlines()]
    return _listed(form), status


@routes.get("/<name>")
@only(ASSESSOR, DRAW_OFFICER)
def one(name: str) -> str:
    """Show every wording in the orders that are asked for, with a translation beside it if wished."""
    known, form = _known(name), ReadingForm(request.args)
    form.offer(known.form, languages=LANGUAGES)
    chosen = form.value(known.form)
    return page(
        "fieldwork/questionnaire",
        known=known,
        form=form,
        parts=preview.preview(known.form, chosen),
        reading=chosen,
        situations=SITUATIONS,
        endings=ENDINGS,
        gloss=chosen.language,
    )


@routes.get("/<name>/ways")
@only(ASSESSOR, DRAW_OFFICER)
def every_way(name: str) -> str:
    """Show every way through the interview, or those on which one question (`through`) is asked."""
    known = _known(name)
    through = request.args.get("through", "")
    found = [way for way in preview.ways(known.form) if not through or through in way.asked]
    first = min(_whole(request.args.get("first", "")), max(len(found) - 1, 0)) // SHOWN * SHOWN
    return page(
        "fieldwork/ways",
        known=known,
        through=through if through in known.form.by_code else "",
        total=len(found),
        first=first,
        shown=SHOWN,
        ways=[(way, preview.deciding(known.form, way)) for way in found[first : first + SHOWN]],
        endings=ENDINGS,
    )


@routes.get("/<name>/pretest")
@only(ASSESSOR, DRAW_OFFICER)
def pretest_sheet(name: str) -> str:
    """Show the sheet of a cognitive pretest, for print: every question with its probes."""
    known, form = _known(name), ReadingForm(request.args)
    chosen = form.value(known.form)
    sheet = pretest.sheet(known.form, chosen)
    return page("fieldwork/pretest", known=known, sheet=sheet, people=pretest.PEOPLE, reading=chosen)


@routes.get("/<name>/file.<any(json, xlsx):kind>")
@only(ASSESSOR, DRAW_OFFICER)
def file(name: str, kind: str) -> ResponseReturnValue:
    """Hand out the questionnaire's file, or the same as an XLSForm."""
    form, is_book = _known(name).form, kind == "xlsx"
    data = questionnaire_files.written(form, workbook=is_book)
    headers = {"Content-Disposition": f'attachment; filename="questionnaire-{form.name}.{kind}"'}
    return Response(data, mimetype=WORKBOOK if is_book else "application/json", headers=headers)


def _brought(form: QuestionnaireForm) -> Questionnaire:
    given = form.file.data
    return questionnaire_files.read(given.read(), name=given.filename or "")


def _listed(form: QuestionnaireForm) -> str:
    with reading() as session:
        every = questionnaires.every(session)
    return page("fieldwork/questionnaires", every=every, form=form, may_bring=me().role == ASSESSOR)


def _known(name: str) -> KnownVersion:
    with reading() as session:
        return questionnaires.named(session, name)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
