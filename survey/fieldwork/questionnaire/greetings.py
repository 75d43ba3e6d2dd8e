"""How a call begins, by why it is made, and plain answers to what people usually object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Situation(StrEnum):
    """Why a household is talked to now."""

    FIRST = "first"
    APPOINTMENT = "appointment"
    RESUMED = "resumed"
    RETURN_CALL = "return_call"


GREETINGS = {
    Situation.APPOINTMENT: (
        "您好，我是【调查机构】访问员【工号】。之前约好这个时候再给您家打电话，"
        "想用五分钟听听对社区网格服务的看法，现在方便吗？"
    ),
    Situation.RESUMED: (
        "您好，我是【调查机构】访问员【工号】。上次的访问没有做完，还剩几个问题。"
        "请问上次接受访问的是您本人吗？现在方便接着说完吗？"
    ),
    Situation.RETURN_CALL: (
        "您好，这里是【调查机构】，我是访问员【工号】，谢谢您回电话。我们之前打给您，"
        "是想用五分钟听听您对社区网格服务的看法，现在方便吗？"
    ),
}
"""What stands in the place of the questionnaire's own opening; a first call begins with that."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody says who hesitates, and a plain answer that doesn't press."""

    said: str
    answer: str


OBJECTIONS = (
    Objection("没时间、正忙", "明白，不耽误您。大约五分钟；您说个方便的时候，我到时再打。"),
    Objection("怎么有我的电话", "号码来自住户登记。您家是电脑随机抽到的，号码只用这一次，不会给别人。"),
    Objection(
        "是不是骗子、推销", "我不问身份证、银行卡、验证码，也不卖东西。您可以先挂断，打公开电话查我的工号。"
    ),
    Objection("会不会告诉网格员", "不会。网格员、社区和街道都不知道抽到了谁、谁说了什么，只公布汇总的数字。"),
    Objection("我不了解、说不好", "没关系，没有对错，说不清也是一种回答，任何一题都可以不答。"),
    Objection("找别人吧", "抽到的是您，换了人就不准了，所以我们只想听您的看法。您不愿意也没关系。"),
    Objection("打过了、别再打", "对不起打扰了。您不想再接到，我现在就记下，以后都不会再打。"),
)
