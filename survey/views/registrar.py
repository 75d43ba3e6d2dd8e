"""The registrar: households into the registry, deposits from the public side."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from huying import clock, web
from huying.access import only
from huying.i18n import _, lazy
from huying.web import ground, reading
from survey.forms import UploadForm
from survey.models import Area, Deposit, Household
from survey.operations import accept, recipient, registry
from survey.operations.accept import LATE
from survey.roles import REGISTRAR
from survey.views.answering import DONE, me, page, store

routes = Blueprint("registrar", __name__, url_prefix="/registry")

"""A deposit is due every week; this leaves a day of grace."""
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


@routes.route("/", methods=["GET", "POST"])
@only(REGISTRAR)
def households() -> ResponseReturnValue:
    """Show how many households each grid has; take in a file of them."""
    form = UploadForm()
    status = store(form, lambda session: _import(session, form)) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".households"), 303)
    with reading() as session:
        grids = _grids(session)
    return page("registry", form=form, grids=grids, total=sum(count for _, _, count in grids)), status


@routes.route("/deposits", methods=["GET", "POST"])
@only(REGISTRAR)
def deposits() -> ResponseReturnValue:
    """Show the deposits that were accepted, with the age of the last; take in another."""
    form = UploadForm()
    status = store(form, lambda session: _accept(session, form)) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".deposits"), 303)
    with reading() as session:
        kept = list(session.scalars(select(Deposit).order_by(Deposit.period.desc())))
    rows = [(deposit, _contents(deposit)) for deposit in kept]
    return page("deposits", form=form, deposits=rows, age=_age(kept, now=clock.now()), late=LATE), status


@routes.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say where a larger file goes."""
    command = (
        _("huying survey accept 文件")
        if request.path.endswith("deposits")
        else _("huying survey import-households 文件")
    )
    return web.answer(
        413,
        _(
            "文件超过 4 MB，网页收不下，什么也没有保存。请在服务器上用命令行导入：%(command)s",
            command=command,
        ),
    )


def _import(session: Session, form: UploadForm) -> None:
    counts = registry.import_households(
        session,
        form.file.data.read(),
        vault=ground().vault,
        allowed=ground().settings.allowed_numbers,
        by=me().login,
        now=clock.now(),
    )
    flash(
        _(
            "读入 %(read)s 户：新增 %(created)s，变更 %(changed)s，不变 %(unchanged)s，迁出 %(left)s。",
            read=counts.read,
            created=counts.created,
            changed=counts.changed,
            unchanged=counts.unchanged,
            left=counts.left,
        )
    )


def _accept(session: Session, form: UploadForm) -> None:
    vkey = ground().settings.keys.find(recipient.DEPOSITOR) or ""
    deposit = accept.accept(session, form.file.data.read(), vkey=vkey, now=clock.now())
    flash(_("已收下 %(period)s 的交存文件，核对无误。", period=deposit.period))


def _grids(session: Session) -> list[tuple[str, str, int]]:
    """Grids with their names and how many households stand in the registry now."""
    here = select(Household.grid_code, func.count()).where(Household.left_at.is_(None))
    counts = dict(session.execute(here.group_by(Household.grid_code)).all())
    names = dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
    return [(code, names.get(code, ""), counts.get(code, 0)) for code in sorted(names.keys() | counts.keys())]


def _contents(deposit: Deposit) -> str:
    counts = json.loads(deposit.counts)
    return "，".join(f"{DEPOSITED.get(table, table)} {rows}" for table, rows in counts.items())


def _age(kept: list[Deposit], *, now: datetime) -> timedelta | None:
    return now - max(deposit.made_at for deposit in kept) if kept else None
