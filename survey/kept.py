"""The register of what the independent side keeps of people."""

from __future__ import annotations

from datetime import timedelta

from huying.accounts import unsent
from huying.base.i18n import lazy
from huying.keeping.register import KeptData
from huying.messaging import outbox
from survey.waves.rules.deadlines import APPEAL

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AFTER_SCORE = lazy("得分公布后 %(days)d 天，申诉期满后销毁", days=APPEAL // DAY)
ALWAYS = lazy("不删")

REGISTER = (
    KeptData(
        lazy("住户名册：住址、电话、成年人数"),
        lazy("从名册里抽签，给抽中的人家打电话；电话加密存放"),
        lazy("在册期间；迁出后不再抽、不再拨打"),
        (
            *("household.address", "outside_letter.address", "registry_request.sealed"),
            *("household_number.sealed", "household_number.blind_index", "household_number.extension"),
            *("household_adult.sealed", "household_adult.blind_index", "household_adult.extension"),
        ),
    ),
    KeptData(
        lazy("每一轮冻结时的住址和电话"),
        lazy("证明拨打的就是抽中的那一户；加密存放"),
        ALWAYS,
        ("frame_unit.record", "case_number.blind_index"),
    ),
    KeptData(
        lazy("您的回答"),
        lazy("算得分；公布的只有合计，谁答了什么不公布"),
        AFTER_SCORE,
        ("answer.value", "attempt_answer.value", "answer_commitment.answer", "call_back.said"),
    ),
    KeptData(
        lazy("访问员写的备注"),
        lazy("下一位访问员打来时不让您从头说"),
        AFTER_SCORE,
        ("attempt.note", "call_note.text"),
    ),
    KeptData(
        lazy("每次拨打：时间、结果、线路的记录"),
        lazy("查得出电话真的打过，没有人编结果"),
        ALWAYS,
        (
            *("dial.number_ref", "dial.number_index", "provider_event.payload", "provider_event.raw"),
            *("telephone_record.number_index", "dispute.why", "dispute.heard"),
        ),
    ),
    KeptData(
        lazy("您说过不要再打"),
        lazy("不再给您打电话；号码只存算出的一串码"),
        lazy("到您改主意为止"),
        ("dnc.number_index",),
    ),
    KeptData(
        lazy("发给您的短信"),
        lazy("告诉您谁会打来"),
        lazy("%(days)d 天", days=outbox.KEPT // DAY),
        ("outbox.sealed_number", "outbox.number_index", "outbox.params"),
    ),
    KeptData(
        lazy("公众端交来的事项、名单和走访里的电话和住址"),
        lazy("抽一些打电话核实；加密交来，由打电话的人打开"),
        lazy("到下一份交存替换它、核实做完为止"),
        (
            *("deposited_list_row.sealed_contact", "deposited_list_row.sealed_address"),
            *("deposited_post.sealed_contact", "deposited_case.line", "deposited_row.line"),
        ),
    ),
    KeptData(
        lazy("来查在不在名册的人的网络地址算出的一串码"),
        lazy("防止有人一户一户地试"),
        lazy("一小时"),
        ("question.who",),
    ),
    KeptData(
        lazy("工作人员的姓名、账号"),
        lazy("谁做了什么有记录"),
        lazy("在岗期间，离岗后停用；记录里的名字留着"),
        (
            *("account.login", "account.name", "second_factor.sealed", "account_session.token_digest"),
            *("account_link.digest", "recovery_code.digest", "known_browser.digest", "party_link.digest"),
            *("interviewer_trait.value", "seat_message.text", "map_change.decided_name"),
            "registry_request.decided_name",
        ),
    ),
    KeptData(
        lazy("被评的人申诉时写的话，复核的人写的结果"),
        lazy("有名有姓的人重新算过；谁被问到不会写进去"),
        ALWAYS,
        ("appeal.said", "appeal_finding.said", "card_code.digest"),
    ),
    KeptData(
        lazy("谁什么时候登录、打开了哪一户的号码"),
        lazy("查得出谁看过您的信息"),
        ALWAYS,
        ("sign_in.login", "sign_in.address", "account_failure.subject", "access_record.by"),
    ),
    KeptData(
        lazy("工作人员没有发出的表单、导入前试读的文件"),
        lazy("登录过期时不丢写了一半的内容；加密存放"),
        lazy("表单和文件 %(hours)d 小时", hours=unsent.KEPT // HOUR),
        ("unsent_form.sealed", "registry_trial.sealed"),
    ),
)
"""In the order in which households ask."""
