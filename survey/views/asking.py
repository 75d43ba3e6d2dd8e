"""What anybody may ask: is my household in the frame, did my answer count. Never who was drawn."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from huying import clock
from huying.access import anyone
from huying.errors import Refused
from huying.sign_in import entering
from huying.web import ground, reading, transaction
from survey.forms import CodeForm
from survey.operations import letters, receipts
from survey.views.answering import FAULTY, page

routes = Blueprint("asking", __name__)


@routes.route("/frame", methods=["GET", "POST"])
@anyone
def frame() -> ResponseReturnValue:
    """Say whether the household of a letter is in the newest frame; every question is counted first."""
    form, answer, status = CodeForm(), None, 200
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                letters.count(session, entering.address(), keys=ground().keys, now=clock.now())
            with reading() as session:
                answer = letters.ask(session, form.code.data)
        except Refused as refusal:
            form.code.errors, status = [refusal.message], refusal.status
    elif request.method == "POST":
        status = FAULTY
    return page("in_frame", form=form, answer=answer), status


@routes.route("/receipt", methods=["GET", "POST"])
@anyone
def receipt() -> ResponseReturnValue:
    """Say whether a receipt's answer counted, and where it stands in the ledger."""
    form, counted, status = CodeForm(), None, 200
    if request.method == "POST" and form.validate():
        try:
            with reading() as session:
                counted = receipts.find(session, form.code.data)
        except Refused as refusal:
            form.code.errors, status = [refusal.message], refusal.status
    elif request.method == "POST":
        status = FAULTY
    return page("receipt", form=form, counted=counted), status


@routes.get("/receipt/<code>/proof")
@anyone
def proof(code: str) -> ResponseReturnValue:
    """Give out the proof that a receipt's batch stands in the published ledger."""
    with reading() as session:
        return Response(receipts.proof(session, code), mimetype="text/plain; charset=utf-8")
