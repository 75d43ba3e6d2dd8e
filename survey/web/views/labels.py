"""Chinese names for the codes of the field, as the pages show them."""

from __future__ import annotations

import re

from huying.base.i18n import _, lazy

STATES = {
    "released": lazy("已放出"),
    "queued": lazy("等待拨打"),
    "resting": lazy("过后再拨"),
    "held": lazy("在访问员手上"),
    "talking": lazy("通话中"),
    "interviewing": lazy("访问中"),
    "coding": lazy("记录结果"),
    "closed": lazy("已有结果"),
}
CALL_STATES = {
    "held": lazy("准备拨打"),
    "dialling": lazy("拨打中"),
    "talking": lazy("通话中"),
    "interviewing": lazy("访问中"),
    "coding": lazy("记录结果"),
}
"""The state of the case in hand, as its interviewer reads it."""
TEMPORARY = {
    "no_answer": lazy("没人接"),
    "busy": lazy("占线"),
    "machine": lazy("答录机、语音信箱"),
    "machine_household": lazy("答录机，报出是这一户"),
    "machine_unclear": lazy("提示音，听不出是谁家"),
    "blocked": lazy("被拦截、拒接陌生号"),
    "number_suspect": lazy("空号、停机、打错了"),
    "technical_ours": lazy("我们的线路故障"),
    "cancelled_by_us": lazy("还没接通我就挂了"),
    "callback_respondent": lazy("本人说改天再打"),
    "callback_other": lazy("家人说改天再打"),
    "appointment_respondent": lazy("和本人约了时间"),
    "appointment_other": lazy("和家人约了时间"),
    "soft_refusal": lazy("这次不方便、不想答"),
    "never_again": lazy("说以后不要再打"),
    "language_callback": lazy("听不懂，换人再打"),
    "to_supervisor": lazy("请督导处理"),
    "suspended_partial": lazy("中途断了，下次接着问"),
    "cut_off": lazy("没说上几句就挂断、断线"),
    "to_confirm": lazy("说不符合条件，等第二个人核实"),
}
CALL_BACK_ENDINGS = {
    "no_answer": lazy("没人接"),
    "not_in": lazy("接受访问的那位不在"),
    "refused": lazy("不愿意回答"),
    "never_again": lazy("说以后不要再打"),
}
"""How a call-back ended in which nothing was asked."""
CALL_BACK_VERDICTS = {
    "agrees": lazy("一致"),
    "differs": lazy("对不上"),
    "refused": lazy("不愿意回答"),
    "not_reached": lazy("三次没有找到人"),
    "silent": lazy("早先说过不要再打"),
}
CALL_BACK_REASONS = {
    "lot": lazy("抽签抽中"),
    "short": lazy("时间特别短"),
    "even": lazy("各题都是同一个答案"),
}
CHECKED_ITEMS = {
    "held": lazy("做没做过访问"),
    "length": lazy("访问多长"),
    "A3": lazy("怎么联系网格员"),
    "E1": lazy("有没有遇到事"),
    "D2": lazy("年龄段"),
}
"""What is laid side by side when a household is called back."""
SIGNS = {
    "short": lazy("访问的长度"),
    "hasty": lazy("两秒内就记下的回答"),
    "even": lazy("五级题全是同一个答案"),
    "unknown": lazy("说不清的回答"),
    "refused": lazy("拒绝回答的题"),
    "closed": lazy("会引出下一题的“有”"),
    "hours": lazy("在各时段以外访问"),
    "gap": lazy("两次拨打的间隔"),
    "unrecorded": lazy("没有话单的访问"),
}
"""Signs of made-up interviews."""
CAUSES = {"call_back": lazy("回访对不上"), "flag": lazy("看了标记")}
DECISIONS = {"stands": lazy("有效"), "voided": lazy("作废")}
TRAITS = {"street": lazy("街道"), "language": lazy("语言"), "line": lazy("分机")}
"""What is known of an interviewer."""
LINE_STATES = {
    "requested": lazy("正在拨出去"),
    "unknown": lazy("还不知道拨出去没有，不会重拨：请等一等，话机响了就接"),
    "queued": lazy("您的话机会先响"),
    "initiated": lazy("正在接对方"),
    "ringing": lazy("对方在响铃"),
    "in_progress": lazy("线路接通了"),
    "completed": lazy("线路断了，请记下结果"),
    "busy": lazy("占线"),
    "no_answer": lazy("没人接"),
    "failed": lazy("没有接通"),
    "canceled": lazy("没有拨出去"),
}
"""How the line of a call stands that a carrier places."""
LINE_ENDS = {
    **LINE_STATES,
    "completed": lazy("接通过"),
}
"""How a call ended, as its carrier tells a supervisor."""
SPEAKERS = {
    "respondent": lazy("受访人本人"),
    "other": lazy("家里别的人"),
    "stranger": lazy("不是这一户的人"),
    "unclear": lazy("说不清是谁，或没说话"),
}
"""Who spoke last in a talk that is to be coded."""
BREAKS = {
    "rest": lazy("歇一会儿"),
    "meal": lazy("吃饭"),
    "meeting": lazy("开会、培训"),
    "technical": lazy("设备有问题"),
    "off": lazy("今天下班"),
}
"""Why a seat takes no case."""
RECORD_KINDS = {"": lazy("全部"), "sights": lazy("看过号码"), "refused": lazy("被拒绝的操作")}
"""What the auditor looks through."""
SEEN = {
    "number shown": lazy("看了号码"),
    "return call": lazy("住户打来，按号码查"),
    "never call again: by number": lazy("按号码登记不要再打"),
    "never call again: lifted": lazy("按号码恢复"),
}
"""What somebody saw of a household."""
REFUSED_STEPS = {
    "next_case": lazy("手上有户又要下一户"),
    "take": lazy("手上有户又按来电号码查"),
    "dial": lazy("拨打不在手上、或已经打过的户"),
    "call": lazy("打开不在手上的户"),
    "item": lazy("打开不在手上的户"),
    "choose": lazy("打开不在手上的户"),
    "take_over": lazy("接管不在手上的户"),
    "reached": lazy("没有拨打就说接通"),
    "not_reached": lazy("没有拨打就记没人接"),
    "answer": lazy("回答不在手上的户，或跳过问题"),
    "finish": lazy("办结不在手上的户，或还没有接通"),
    "never_again": lazy("替不在手上的户说不要再打"),
    "undo": lazy("撤回不在手上的户的回答"),
    "nobody": lazy("撤回接通，但已经有回答"),
    "note": lazy("给不在手上的户写备注"),
    "renew": lazy("给不在手上的户续时"),
}
"""What an interviewer tried and was refused, by the last part of the page's name."""
FINAL = {
    "complete": lazy("完整访问"),
    "complete_other": lazy("完整访问（总体一题未评）"),
    "partial": lazy("部分访问"),
    "refusal": lazy("拒绝"),
    "refusal_household": lazy("拒绝，还没请到受访人"),
    "refusal_person": lazy("受访人本人拒绝"),
    "break_off": lazy("中途挂断，不肯再答"),
    "noncontact": lazy("联系不上"),
    "never_available": lazy("本人一直不在"),
    "household_machine": lazy("只有答录机（确认是这户）"),
    "away_field_period": lazy("访问期间外出"),
    "other_eligible": lazy("其他"),
    "dead_after_draw": lazy("抽中之后去世"),
    "unable": lazy("身体原因无法回答"),
    "language_household": lazy("全家语言不通"),
    "language_respondent": lazy("本人语言不通"),
    "language_no_interviewer": lazy("没有会这种语言的访问员"),
    "audio_quality": lazy("通话质量太差"),
    "place_unfit": lazy("场合不便"),
    "miscellaneous": lazy("其他情况"),
    "unknown_if_household": lazy("不知是否住户"),
    "not_attempted": lazy("未拨打"),
    "always_busy": lazy("一直占线"),
    "no_answer": lazy("一直没人接"),
    "machine_unknown": lazy("一直是答录机"),
    "blocked": lazy("一直被拦截"),
    "technical": lazy("线路问题"),
    "ambiguous_message": lazy("提示音不明"),
    "unknown_respondent": lazy("不知受访人"),
    "no_screener": lazy("没问成资格"),
    "unknown_resident": lazy("有人接，不知是否这户"),
    "other_unknown": lazy("其他不明"),
    "frame_bad_contact": lazy("名册电话全部无效"),
    "out_of_sample": lazy("不在范围"),
    "not_resident": lazy("已经搬走"),
    "no_eligible": lazy("没有符合条件的人"),
    "duplicate": lazy("重复登记"),
    "other_not_eligible": lazy("其他不符合"),
}
GROUPS = {
    "I": lazy("完成"),
    "P": lazy("部分完成"),
    "R": lazy("拒绝"),
    "NC": lazy("联系不上"),
    "O": lazy("其他"),
    "UH": lazy("不知是否住户"),
    "UO": lazy("住户情况不明"),
    "NE": lazy("不符合"),
}
RATES = {
    "RR1": lazy("应答率（最严）"),
    "RR3": lazy("应答率（估计资格）"),
    "COOP1": lazy("合作率"),
    "REF1": lazy("拒绝率"),
    "CON1": lazy("接触率"),
}
"""No rate is shown without the others, and none without the counts."""


SAID = {"answered": lazy("接通了")}
"""What an interviewer may say of a call beside the codes that end it."""


def said(code: str) -> str:
    """Return what an interviewer said of a call: a code that ended it, or that somebody answered."""
    return str(SAID.get(code) or outcome(code))


def outcome(code: str) -> str:
    """Return the name of a temporary or final code."""
    return str(TEMPORARY.get(code) or FINAL.get(code) or code)


WAITS = {
    "appointment": lazy("约好了时间"),
    "partial": lazy("要接着问完"),
    "window": lazy("等别的时段，例如晚上或周末"),
    "rest": lazy("刚打过，要过一阵再打"),
    "never": lazy("按规则已经不能再打"),
}
"""What cases wait for."""
FILTERS = {
    "declined": lazy("要换一位访问员来打"),
    "street": lazy("在您住或工作的街道，由别的访问员来打"),
    "language": lazy("要用别的话打，由会说的访问员来打"),
    "pinned": lazy("约的是另一位访问员，再等几分钟"),
}
"""Why a case that may be called now isn't this interviewer's."""


LISTS_MATCHED = re.compile(r"lists matched: (\d+) of (\d+)")
"""What a freeze notes of the lists that workers handed in: how many households, of how many rows."""


def seen(what: str) -> str:
    """Return what somebody saw of a household, as the auditor reads it."""
    if matched := LISTS_MATCHED.fullmatch(what):
        return _("交来的名单有 %(rows)s 行，对上名册 %(found)s 户", rows=matched[2], found=matched[1])
    return str(SEEN.get(what, what))


def refused_step(step: str) -> str:
    """Return what an interviewer was refused, as the auditor reads it."""
    return str(REFUSED_STEPS.get(step) or _("打开别人的页面：%(page)s", page=step))
