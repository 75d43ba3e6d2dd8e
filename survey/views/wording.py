"""Chinese names for the codes of the field, as the pages show them."""

from __future__ import annotations

STATES = {
    "released": "已放出",
    "queued": "等待拨打",
    "resting": "过后再拨",
    "held": "在访问员手上",
    "talking": "通话中",
    "interviewing": "访问中",
    "coding": "记录结果",
    "closed": "已有结果",
}
CALL_STATES = {
    "held": "准备拨打",
    "dialling": "拨打中",
    "talking": "通话中",
    "interviewing": "访问中",
    "coding": "记录结果",
}
"""The state of the case in hand, as its interviewer reads it."""
TEMPORARY = {
    "no_answer": "没人接",
    "busy": "占线",
    "machine": "答录机、语音信箱",
    "blocked": "被拦截、拒接陌生号",
    "number_suspect": "空号、停机、打错了",
    "technical_ours": "我们的线路故障",
    "cancelled_by_us": "还没接通我就挂了",
    "callback_respondent": "本人说改天再打",
    "callback_other": "家人说改天再打",
    "appointment_respondent": "和本人约了时间",
    "appointment_other": "和家人约了时间",
    "soft_refusal": "这次不方便、不想答",
    "language_callback": "听不懂，换人再打",
    "to_supervisor": "请督导处理",
    "suspended_partial": "中途断了，下次接着问",
}
FINAL = {
    "complete": "完整访问",
    "complete_other": "完整访问（总体一题未评）",
    "partial": "部分访问",
    "refusal": "拒绝",
    "refusal_household": "家人拒绝",
    "refusal_person": "本人明确拒绝，不要再打",
    "break_off": "中途挂断，不肯再答",
    "noncontact": "联系不上",
    "never_available": "本人一直不在",
    "household_machine": "只有答录机（确认是这户）",
    "away_field_period": "访问期间外出",
    "other_eligible": "其他",
    "dead_after_draw": "抽中之后去世",
    "unable": "身体原因无法回答",
    "language_household": "全家语言不通",
    "language_respondent": "本人语言不通",
    "language_no_interviewer": "没有会这种语言的访问员",
    "audio_quality": "通话质量太差",
    "place_unfit": "场合不便",
    "miscellaneous": "其他情况",
    "unknown_if_household": "不知是否住户",
    "not_attempted": "未拨打",
    "always_busy": "一直占线",
    "no_answer": "一直没人接",
    "machine_unknown": "一直是答录机",
    "blocked": "一直被拦截",
    "technical": "线路问题",
    "ambiguous_message": "提示音不明",
    "unknown_respondent": "不知受访人",
    "no_screener": "没问成资格",
    "unknown_resident": "有人接，不知是否这户",
    "other_unknown": "其他不明",
    "frame_bad_contact": "名册电话全部无效",
    "out_of_sample": "不在范围",
    "not_resident": "已经搬走",
    "no_eligible": "没有符合条件的人",
    "duplicate": "重复登记",
    "other_not_eligible": "其他不符合",
}
GROUPS = {
    "I": "完成",
    "P": "部分完成",
    "R": "拒绝",
    "NC": "联系不上",
    "O": "其他",
    "UH": "不知是否住户",
    "UO": "住户情况不明",
    "NE": "不符合",
}


def outcome(code: str) -> str:
    """Return the name of a temporary or final code."""
    return TEMPORARY.get(code) or FINAL.get(code, code)
