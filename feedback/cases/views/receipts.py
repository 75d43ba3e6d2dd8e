"""What whoever holds a receipt does with it: says whether it is solved, proves a number, sees the photos."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.forms.resident import COOKIELESS, NumberForm, ProofForm, WordForm
from feedback.cases.operations import joins, photos, proofs, receipt_words, retention
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.limits import TOO_MANY
from feedback.cases.views import receipt_page
from feedback.models import Case
from feedback.web.views.guessing import look_up
from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store

routes = Blueprint("receipts", __name__, url_prefix="/receipt/<receipt>")


@routes.post("/word")
@anyone
def say(receipt: str) -> ResponseReturnValue:
    """Take solved or not; the reply is alike whatever was said."""
    refuse_staff()
    with reading() as session:
        case = joins.joined_into(session, _case(session, receipt))
        door, case_id = case_queries.door(session, case, now=clock.now()), case.id
    if door is None:
        raise Conflict(_("这件事现在不用您说办好没有。"))
    form = WordForm(meta=COOKIELESS).offer(door.words)
    status = store(
        form,
        lambda session: receipt_words.say(
            session, case_id, solved=form.solved.data, words=form.words.data or "", now=clock.now()
        ),
    )
    return _back(receipt) if status == DONE else (receipt_page.page(receipt, word=form), status)


@routes.post("/proof")
@anyone
def prove(receipt: str) -> ResponseReturnValue:
    """Take the code that came by message."""
    form, vault = ProofForm(meta=COOKIELESS), installation().vault
    right: list[bool] = []
    status = store(
        form,
        lambda session: right.append(
            proofs.prove(session, _case(session, receipt).id, form.digits, vault=vault, now=clock.now())
        ),
    )
    if status == DONE and right == [True]:
        return _back(receipt)
    if status == DONE:
        form.code.errors = [_("验证码不对，请对照短信再看一遍。")]
    return receipt_page.page(receipt, proof=form), status or FAULTY


@routes.post("/code")
@anyone
def code(receipt: str) -> ResponseReturnValue:
    """Send another code to the number that waits to be proven."""
    vault = installation().vault
    with transaction() as session:
        case = _case(session, receipt)
        if case.contact_sealed is None or case_queries.is_proven(session, case):
            raise Conflict(_("没有等着核对的电话。"))
        sent = proofs.ask(session, case, vault=vault, now=clock.now())
    return _back(receipt) if sent else _too_many(receipt)


@routes.post("/number")
@anyone
def number(receipt: str) -> ResponseReturnValue:
    """Take another number for a case; it counts once its code has come back."""
    refuse_staff()
    form, vault = NumberForm(meta=COOKIELESS), installation().vault
    sent: list[bool] = []
    status = store(
        form,
        lambda session: sent.append(
            proofs.ask(session, _case(session, receipt), vault=vault, now=clock.now(), number=form.number)
        ),
    )
    if status != DONE:
        return receipt_page.page(receipt, number=form), status
    return _back(receipt) if sent[0] else _too_many(receipt)


@routes.post("/same/<any(yes, no):answer>")
@anyone
def same(receipt: str, answer: str) -> ResponseReturnValue:
    """Take the second resident's word on a desk's wish to join two cases."""
    with transaction() as session:
        joins.answer(session, _case(session, receipt).id, same=answer == "yes", now=clock.now())
    return _back(receipt)


@routes.get("/photos/<int:position>")
@anyone
def photo(receipt: str, position: int) -> ResponseReturnValue:
    """Show a photo to whoever handed it in."""
    with reading() as session:
        return as_picture(photos.one(session, _case(session, receipt).id, position))


@routes.post("/photos/erase")
@anyone
def erase_photos(receipt: str) -> ResponseReturnValue:
    """Delete the photos of a case, as whoever handed them in may wish."""
    with transaction() as session:
        photos.erase(session, _case(session, receipt))
    return _back(receipt)


@routes.post("/erase")
@anyone
def erase(receipt: str) -> ResponseReturnValue:
    """Drop all that names the resident of a case that is over, as whoever holds its receipt wishes."""
    refuse_staff()
    with transaction() as session:
        retention.erase(session, _case(session, receipt).id, now=clock.now())
    return _back(receipt)


def refuse_staff() -> None:
    """Raise Conflict for a signed-in account: nobody who works here speaks for a resident."""
    if current_user.is_authenticated:
        raise Conflict(_("工作账号不能替居民说话。请先退出。"))


def as_picture(content: bytes | None) -> Response:
    """Return a photo, or raise NotFound where there is none."""
    if content is None:
        raise NotFound(_("没有这张照片。"))
    return Response(content, mimetype="image/jpeg")


def _too_many(receipt: str) -> ResponseReturnValue:
    form = ProofForm(formdata=None, meta=COOKIELESS)
    form.form_errors.append(_("今天往这个电话发得太多了。请打海报上的电话，请人给您回电核对。"))
    return receipt_page.page(receipt, proof=form), TOO_MANY


def _case(session: Any, receipt: str) -> Case:
    return look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))


def _back(receipt: str) -> ResponseReturnValue:
    return redirect(url_for("cases.receipt", receipt=receipt, **languages.kept()), 303)  # type: ignore[arg-type]
