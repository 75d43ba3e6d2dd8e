"""The registrar's deposits from the public side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from huying.base import clock
from huying.base.i18n import _, lazy
from huying.side import app as web
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from survey.deposits import queries
from survey.deposits import rules as deposit_keys
from survey.deposits.operations import accept
from survey.deposits.operations.accept import LATE
from survey.deposits.queries import AcceptedDeposit
from survey.models import Deposit
from survey.roles import REGISTRAR
from survey.web.forms.fields import UploadForm
from survey.web.views.pages import page

routes = Blueprint("registrar", __name__, url_prefix="/registry")

DEPOSITED = {
    "areas": lazy("区域"),
    "posts": lazy("值守"),
    "cases": lazy("事项"),
    "visits": lazy("上门"),
    "ratings": lazy("评价汇总"),
    "posters": lazy("海报"),
    "lists": lazy("名单行"),
    "remit": lazy("职责变更"),
}
WORDS = {
    "link": lazy("短信链接：请过评价的人，号码核对过"),
    "telephone": lazy("话务员记下，另计"),
    "receipt": lazy("回执编号，另计，不进任何比率"),
    "late": lazy("过期后说的，另计"),
    "": lazy("以前的文件没有写明"),
}
"""How residents said that a matter is solved."""


@routes.route("/deposits", methods=["GET", "POST"])
@only(REGISTRAR)
def deposits() -> ResponseReturnValue:
    """Show the deposits that were accepted, with the age of the last; take in another."""
    form = UploadForm()
    status = _accept(form) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".deposits"), 303)
    with reading() as session:
        accepted, changes = queries.accepted(session), queries.waiting_map_changes(session)
        confirmed = queries.confirmed_by(session)
    rows = [(deposit, _contents(deposit.rows)) for deposit in accepted]
    age = _age(accepted, now=clock.now())
    shown = {"deposits": rows, "age": age, "late": LATE, "map_changes": changes}
    words = [(WORDS[code], confirmed[code]) for code in WORDS if confirmed[code]]
    return page("deposits/deposits", form=form, confirmed=words, **shown), status


@routes.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say where a larger file goes."""
    return web.answer(
        413,
        _(
            "文件超过 4 MB，网页收不下，什么也没有保存。请在服务器上用命令行导入：%(command)s",
            command=_("huying survey accept 文件"),
        ),
    )


def _accept(form: UploadForm) -> int:
    """Take in the file that was sent; return as `store` does."""
    vkey = installation().settings.keys.find(deposit_keys.DEPOSITOR) or ""
    log_vkey = installation().settings.keys.find(deposit_keys.PUBLIC_LEDGER) or ""
    accepted: list[Deposit] = []
    status = store(
        form,
        lambda session: accepted.append(
            accept.accept(session, form.file.data.read(), vkey=vkey, log_vkey=log_vkey, now=clock.now())
        ),
    )
    if status == DONE:
        flash(_("已收下 %(period)s 的交存文件，核对无误。", period=accepted[0].period))
    return status


def _contents(rows: Mapping[str, int]) -> str:
    return " · ".join(f"{DEPOSITED.get(table, table)} {count}" for table, count in rows.items())


def _age(accepted: Sequence[AcceptedDeposit], *, now: datetime) -> timedelta | None:
    return now - max(deposit.made_at for deposit in accepted) if accepted else None
