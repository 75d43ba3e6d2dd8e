"""A second person, of another role, confirms that a field ends early."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.waves.operations import early_ending as operations
from survey.waves.queries import ceremony, early_ending, waves
from survey.waves.rules.early_ending import CONFIRM, Signer
from survey.web.views.pages import me, page

routes = Blueprint("early", __name__, url_prefix="/early")


@routes.get("/<label>")
@only(*CONFIRM)
def asked(label: str) -> ResponseReturnValue:
    """Show who asked to end the field early and why."""
    return _page(label, ButtonForm())


@routes.post("/<label>")
@only(*CONFIRM)
def confirm(label: str) -> ResponseReturnValue:
    """Confirm it with one's name."""
    form, by = ButtonForm(), Signer(me().login, me().role)
    status = store(form, lambda session: operations.confirm(session, label, by=by, now=clock.now()))
    if status != DONE:
        return _page(label, form), status
    flash(_("已确认。现在抽样官可以结束访问。"))
    return redirect(url_for(".asked", label=label), 303)


def _page(label: str, form: ButtonForm) -> str:
    with reading() as session:
        walk = ceremony.of(session, waves.find(session, label))
        ending = early_ending.of(session, label)
    if ending is None:
        raise NotFound(_("没有人提出提前结束 %(label)s 这一轮。", label=label))
    return page("waves/early", walk=walk, wave=walk.wave, ending=ending, form=form)
