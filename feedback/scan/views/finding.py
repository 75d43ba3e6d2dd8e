"""Without a poster at hand: its code typed in, or one's grid found by a name."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback import codes
from feedback.codes import is_dial_code, normalise_dial
from feedback.posters.queries import posters as poster_queries
from feedback.scan import queries
from feedback.scan.rules import finding
from feedback.web.views.guessing import look_up
from huying.base.errors import NotFound
from huying.base.i18n import Words, _
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading

routes = Blueprint("finding", __name__)
INDEX = "search_index"
NOT_FOUND = 404
FAULTY = 422


def init_app(app: Flask) -> None:
    """Let this app keep what is searched."""
    app.extensions[INDEX] = queries.SearchIndex()


@routes.get("/find")
@anyone
def by_name() -> ResponseReturnValue:
    """Find communities by a name, each with its grids and the offices that answer there."""
    sought = request.args.get("name", "")[: finding.LONGEST]
    if not sought.strip():
        return _page()
    if len(finding.cleaned(sought)) < finding.SHORTEST:
        return _page(sought=sought, refused=_("请至少写两个字，例如街道或小区的名字。")), FAULTY
    with reading() as session:
        index: queries.SearchIndex = current_app.extensions[INDEX]
        found, count = queries.communities(session, sought, index=index, vault=installation().vault)
    if not found:
        said = _("没有找到“%(name)s”。可以换街道或社区的名字再试，或拨 12345。", name=sought.strip())
        return _page(sought=sought, refused=said), NOT_FOUND
    return _page(sought=sought, found=found, more=count - len(found))


@routes.get("/find/code")
@anyone
def by_code() -> ResponseReturnValue:
    """Lead from a poster's code, typed in, to its page; the digits below it have a page of their own."""
    typed = request.args.get("code", "")[: finding.LONGEST]
    dialled = normalise_dial(typed)
    if dialled and is_dial_code(dialled):
        return redirect(url_for("dialled.ask", number=dialled, **languages.kept()), 303)  # type: ignore[arg-type]
    code = codes.normalise(typed)
    if code is None:
        return _page(code=typed, refused=_("海报编号是 8 位字母和数字，印在二维码下面。")), FAULTY
    try:
        with reading() as session:
            poster = look_up(partial(poster_queries.find, session, code))
    except NotFound as unknown:
        return _page(code=typed, refused=unknown.message), NOT_FOUND
    return redirect(url_for("scan.scanned", code=poster.code, **languages.kept()), 303)  # type: ignore[arg-type]


def _page(*, refused: Words = "", **shown: object) -> str:
    return render_template("feedback/scan/find.html", refused=refused, **shown)
