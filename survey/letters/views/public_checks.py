"""What anybody may ask: is my household in the frame, did my answer count. Never who was drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from huying.accounts.sign_in import entering
from huying.base import clock
from huying.base.errors import Refused
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import FAULTY
from survey.letters import operations
from survey.letters.forms import CodeForm
from survey.letters.queries import frame_answers, receipts
from survey.letters.queries.frame_answers import FrameAnswer
from survey.letters.queries.receipts import CountedReceipt
from survey.web.views.pages import page

T = TypeVar("T")

routes = Blueprint("asking", __name__)


@routes.route("/frame", methods=["GET", "POST"])
@anyone
def frame() -> ResponseReturnValue:
    """Say whether a letter's household was registered at the last freeze; every question is counted first."""
    form = CodeForm()
    answer, status = _answer_to(form, lambda: _in_frame(form.code.data))
    return page("letters/in_frame", form=form, answer=answer), status


def _in_frame(code: str) -> FrameAnswer:
    with transaction() as session:
        operations.count(session, entering.address(), keys=installation().keys, now=clock.now())
    with reading() as session:
        return frame_answers.at_newest_freeze(session, code)


@routes.route("/receipt", methods=["GET", "POST"])
@anyone
def receipt() -> ResponseReturnValue:
    """Say whether a receipt's answer counted, and where it stands in the ledger."""
    form = CodeForm()
    counted, status = _answer_to(form, lambda: _receipt_of(form.code.data))
    return page("letters/receipt", form=form, counted=counted), status


def _receipt_of(code: str) -> CountedReceipt:
    with reading() as session:
        return receipts.find(session, code)


def _answer_to(form: CodeForm, answer: Callable[[], T]) -> tuple[T | None, int]:
    """Return the answer to a code that was sent, and the status; a refusal stands beside the field."""
    if request.method == "GET":
        return None, 200
    if not form.validate():
        return None, FAULTY
    try:
        return answer(), 200
    except Refused as refusal:
        form.code.errors = [refusal.message]
        return None, refusal.status


@routes.get("/receipt/<code>/proof")
@anyone
def proof(code: str) -> ResponseReturnValue:
    """Give out the proof that a receipt's batch stands in the published ledger."""
    with reading() as session:
        return Response(receipts.proof(session, code), mimetype="text/plain; charset=utf-8")
