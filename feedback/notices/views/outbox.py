"""The operator's page of messages: what waits, what failed, what people wrote back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.models import OutboxMessage
from feedback.notices.operations import replies
from feedback.notices.queries import messages
from feedback.roles import OPERATOR
from huying.base import clock
from huying.base.i18n import Lazy, _, lazy
from huying.messaging import outbox
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.forms import ButtonForm

routes = Blueprint("outbox", __name__, url_prefix="/outbox")

STATES: dict[str, Lazy] = {
    "queued": lazy("等着发"),
    "sending": lazy("正在发"),
    "sent": lazy("已发出"),
    "delivered": lazy("已送到"),
    "failed": lazy("没有发出"),
    "unknown": lazy("不知道送到没有"),
    "dropped": lazy("不再发"),
}
PURPOSES: dict[str, Lazy] = {
    "receipt": lazy("回执"),
    "rating": lazy("请居民评价"),
    "ping": lazy("核对号码"),
    "gap": lazy("值守有缺口"),
    "lapse": lazy("号码快到期"),
    "notice": lazy("通知工作人员"),
    "transfer": lazy("告诉居民：转部门"),
    "refused": lazy("告诉居民：部门退回"),
    "next_round": lazy("告诉居民：重新办理"),
    "stopped": lazy("确认退订"),
    "resumed": lazy("确认恢复"),
}
WHY: dict[str, Lazy] = {
    "stopped": lazy("对方退订了"),
    "stale": lazy("等了三天没发出"),
    "limited": lazy("同一个号码一天太多"),
    "dead": lazy("空号"),
    "vacant": lazy("空号"),
    "unreached": lazy("连不上通道"),
    "429": lazy("通道太忙"),
}


@routes.get("/")
@only(OPERATOR)
def listing() -> ResponseReturnValue:
    """Show counts, what can be sent again, what somebody has to read; no number in clear."""
    now = clock.now()
    with reading() as session:
        return render_template(
            "feedback/notices/outbox.html",
            found=messages.overview(session, vault=installation().vault, now=now),
            states=STATES,
            purposes=PURPOSES,
            why=WHY,
            form=ButtonForm(),
            now=now,
        )


@routes.post("/<int:message_id>/again")
@only(OPERATOR)
def again(message_id: int) -> ResponseReturnValue:
    """Queue a message once more."""
    with transaction() as session:
        outbox.retry(session, OutboxMessage, message_id, now=clock.now())
    flash(_("已放回队列，会再发一次。"))
    return redirect(url_for("outbox.listing"), 303)


@routes.get("/replies/<int:reply_id>")
@only(OPERATOR)
def reply(reply_id: int) -> ResponseReturnValue:
    """Show what somebody wrote, and the number to call."""
    with reading() as session:
        found, number = messages.reply(session, reply_id, vault=installation().vault)
        return render_template(
            "feedback/notices/reply.html", reply=found, number=number, form=ButtonForm(), now=clock.now()
        )


@routes.post("/replies/<int:reply_id>")
@only(OPERATOR)
def handled(reply_id: int) -> ResponseReturnValue:
    """Note that it was seen to."""
    with transaction() as session:
        messages.reply(session, reply_id, vault=installation().vault)
        replies.handle(session, reply_id, by=current_user.login, now=clock.now())
    return redirect(url_for("outbox.listing"), 303)
