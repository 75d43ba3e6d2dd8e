"""The register of what the public side keeps of people."""

from __future__ import annotations

from datetime import timedelta

from feedback.calls import rules as calls
from feedback.cases.rules import limits
from feedback.cases.rules.retention import CONTACT, INDEX, KEPT, PHOTO, TEXT
from feedback.deposit.rules import VISITS_KEPT
from huying.accounts import unsent
from huying.base.i18n import Lazy, lazy
from huying.keeping.register import KeptData
from huying.messaging import outbox

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _days(sentence: Lazy, kept: timedelta) -> Lazy:
    return lazy(sentence.message, days=kept // DAY)


OVER = lazy("事情了结后 %(days)d 天")
SINCE = lazy("%(days)d 天")
ALWAYS = lazy("不删")
IN_OFFICE = lazy("在岗期间，离岗后停用；记录里的名字留着")

REGISTER = (
    KeptData(
        lazy("您留的电话"),
        lazy("给您回电话、发回执和评价链接；加密存放，办事的人要打才打得开"),
        _days(OVER, KEPT[CONTACT]),
        ("help_case.contact_sealed", "contact_proof.sealed_number"),
    ),
    KeptData(
        lazy("由您的电话算出的一串码"),
        lazy("认出同一个号码的几件事，限制一个号码一天的条数；还原不出号码"),
        _days(OVER, KEPT[INDEX]),
        ("help_case.contact_index",),
    ),
    KeptData(
        lazy("您写的话和地点，办事的人写的话"),
        lazy("办这件事，办完请您评价"),
        _days(OVER, KEPT[TEXT]),
        (
            *("help_case.text", "help_case.place", "case_step.note"),
            *("whistle.request", "whistle.reason", "whistle.why", "scope_verdict.reason"),
            *("rating.words", "rating_version.words", "receipt_word.words"),
        ),
    ),
    KeptData(
        lazy("照片"),
        lazy("办这件事；存下时已去掉拍摄地点"),
        _days(SINCE, KEPT[PHOTO]),
        ("case_photo.content",),
    ),
    KeptData(
        lazy("回执和评价链接"),
        lazy("凭它查看和评价；只存算出的一串码，原样在您手里"),
        ALWAYS,
        ("help_case.receipt_hash", "rating.token_hash"),
    ),
    KeptData(
        lazy("发给您的短信、您回的短信"),
        lazy("通知您；内容里没有别人的信息"),
        _days(SINCE, outbox.KEPT),
        (
            *("outbox.sealed_number", "outbox.number_index", "outbox.params"),
            *("message_reply.sealed_number", "message_reply.text"),
        ),
    ),
    KeptData(
        lazy("您退订短信"),
        lazy("不再给这个号码发短信"),
        lazy("到您重新要短信为止"),
        ("opt_out.number_index",),
    ),
    KeptData(
        lazy("您拨编号打来的电话：号码、响过谁的铃"),
        lazy("没人接的，替您登记一件事，给您回电话"),
        _days(SINCE, calls.KEPT),
        ("call.sealed_caller", "call_leg.sealed_number", "call_event.raw", "call_event.reply"),
    ),
    KeptData(
        lazy("您的网络地址算出的一串码"),
        lazy("防止有人冒名大量登记、猜编号；密钥每天换，还原不出地址"),
        _days(SINCE, limits.KEPT),
        ("request_mark.key", "rating_trace.network", "wrong_code.key"),
    ),
    KeptData(
        lazy("网格员记的走访：您的电话和住址"),
        lazy("独立测评方抽一些打电话核实；加密存放，这里没有人打开"),
        lazy("交给独立测评方后 %(days)d 天", days=VISITS_KEPT // DAY),
        ("visit.sealed_number", "visit.sealed_address"),
    ),
    KeptData(
        lazy("网格员交的联系名单：电话和住址"),
        lazy("独立测评方据此把名单上的人和抽签的人分开算；加密存放，这里没有人打开"),
        lazy("名单有效期间"),
        ("worker_list_row.sealed_number", "worker_list_row.sealed_address", "deposit_run.file"),
    ),
    KeptData(
        lazy("工作人员的姓名、账号、电话"),
        lazy("您看得到谁在值班，打得通；谁做了什么有记录"),
        IN_OFFICE,
        (
            *("worker.name", "account.login", "account.name", "department.name", "second_factor.sealed"),
            *("contact.sealed", "contact.blind_index", "contact.office_name", "ping.number_index"),
            *("ping.token_hash", "account_session.token_digest", "account_link.digest"),
            *("recovery_code.digest", "known_browser.digest", "connection.placed_by", "duty.reason"),
            "rating_verdict.text",
        ),
    ),
    KeptData(
        lazy("谁什么时候登录、看了号码、打印或导出了什么"),
        lazy("查得出谁看过您的信息"),
        ALWAYS,
        (
            "sign_in.login",
            "sign_in.address",
            "case_print.login",
            "case_print.name",
            "account_failure.subject",
        ),
    ),
    KeptData(
        lazy("工作人员没有发出的表单、导入前试读的文件"),
        lazy("登录过期时不丢写了一半的内容；加密存放"),
        lazy("表单 %(hours)d 小时，文件一天", hours=unsent.KEPT // HOUR),
        ("unsent_form.sealed", "import_file.sealed"),
    ),
)
"""In the order in which residents ask."""
