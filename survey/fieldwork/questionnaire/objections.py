"""Plain answers to what people usually object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody says who hesitates, and a plain answer that doesn't press."""

    said: str
    answer: str


OBJECTIONS = (
    Objection("没时间、正忙", "明白，不耽误您。大约五分钟；您说个方便的时候，我到时再打。"),
    Objection("怎么有我的电话", "号码来自住户登记。您家是电脑随机抽到的，号码只用来做这次访问，不会给别人。"),
    Objection(
        "是不是骗子、推销", "我不问身份证、银行卡、验证码，也不卖东西。您可以先挂断，打公开电话查我的工号。"
    ),
    Objection("会不会告诉网格员", "不会。网格员、社区和街道都不知道抽到了谁、谁说了什么，只公布汇总的数字。"),
    Objection("我不了解、说不好", "没关系，没有对错，说不清也是一种回答，任何一题都可以不答。"),
    Objection("找别人吧", "抽到的是您，换了人就不准了，所以我们只想听您的看法。您不愿意也没关系。"),
    Objection("打过了、别再打", "对不起打扰了。您不想再接到，我现在就记下，以后都不会再打。"),
)
