"""How a campaign's call opens: who speaks, whether it is the right telephone, who is to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from survey.fieldwork.questionnaire.instrument import Situation
from survey.fieldwork.questionnaire.items import Ending, Every, Is, Item, Option, options
from survey.fieldwork.questionnaire.objections import OBJECTIONS, Objection
from survey.fieldwork.questionnaire.shipped import V1

CONSENT = (
    Option(1, "愿意"),
    Option(2, "约时间", Ending.APPOINTMENT),
    Option(3, "拒绝", Ending.REFUSED),
)
YES_NO = options("是", "否")
THIS_HOME = (Option(1, "是"), Option(2, "否", Ending.NUMBER_WRONG))
THIS_PERSON = (
    Option(1, "是本人"),
    Option(2, "请过来了"),
    Option(3, "现在不在或不方便", Ending.NOT_IN),
)
HAVE = options("有", "没有")
WILLING, WILLING_TOO, FETCHED = Is("C1", (1,)), Is("C1R", (1,)), Is("S3", (2,))
RIGHT_PLACE = Every((WILLING, Is("S1", (1, 98, 99))))
WHO_CALLS = "您好，我是【调查机构】访问员【工号】"
NO_FAULT = "没有对错，说不清也是一种回答，任何一题都可以不答。"


@dataclass(frozen=True, slots=True)
class OpeningWords:
    """What a campaign says first: `about` what it calls, `place` asks for the home, `person` for the one.

    `takes` says how long it takes, `who` who speaks, `meets` how people meet.
    """

    about: str
    place: str
    person: str
    takes: str = "两分钟"
    who: str = WHO_CALLS
    meets: str = "通话"

    @property
    def calls(self) -> Mapping[Situation, tuple[Item, ...]]:
        """The items of each kind of call."""
        first = f"{self.who}，想用{self.takes}{self.about}，现在方便吗？"
        appointed = f"{self.who}。我们和您约好现在{self.meets}，想用{self.takes}{self.about}，现在方便吗？"
        returned = (
            f"您好，这里是【调查机构】，我是访问员【工号】。谢谢您回电。我们想{self.about}，现在方便吗？"
        )
        resumed = f"{self.who}。上次还剩几题没有问完，现在方便接着问吗？"
        return {
            Situation.FIRST: self._opens(first, greeting=first),
            Situation.APPOINTMENT: self._opens(appointed, greeting=first),
            Situation.RETURN_CALL: self._opens(returned, greeting=first),
            Situation.RESUMED: self._opens(resumed, greeting=first),
        }

    def _opens(self, text: str, *, greeting: str) -> tuple[Item, ...]:
        """Whoever is fetched is greeted, asked for consent and told of a recording anew."""
        return (
            Item("C1", text, "single", CONSENT, escapes=False, read=False),
            _recording("C2", WILLING),
            Item("S1", self.place, "single", THIS_HOME, WILLING, read=False),
            Item(
                "S3",
                self.person,
                "single",
                THIS_PERSON,
                RIGHT_PLACE,
                escapes=False,
                read=False,
            ),
            Item("C1R", greeting, "single", CONSENT, FETCHED, escapes=False, read=False),
            _recording("C2R", WILLING_TOO),
        )


def _recording(code: str, condition: Is) -> Item:
    return Item(code, "您同意录音吗？", "single", YES_NO, condition, extra=True, read=False)


def said_around(drawn: str) -> Mapping[str, str]:
    """Return what is read around a campaign's items; `drawn` says from what this one was drawn."""
    promise = "您的回答只用于汇总统计，不会告诉网格员、部门、社区或街道；任何一题都可以不答，也可以随时结束。"
    return {**V1.texts, "INTRO2": f"谢谢。{drawn}{promise}"}


def objections(number: str) -> tuple[Objection, ...]:
    """Return what people object, each with its answer; `number` says whence we have theirs."""
    mine = {
        "没时间、正忙": "明白，不耽误您。大约两分钟；您说个方便的时候，我到时再打。",
        "怎么有我的电话": number,
        "会不会告诉网格员": "不会。网格员、部门、社区和街道都不知道问了谁、谁说了什么，只公布汇总的数字。",
        "我不了解、说不好": f"没关系，{NO_FAULT}",
        "找别人吧": "这件事只有您最清楚，换了人就不准了。您不愿意也没关系。",
    }
    return tuple(Objection(each.said, mine.get(each.said, each.answer)) for each in OBJECTIONS)


CLOSING = (
    Item("B1", "在接这个电话之前，有人告诉过您会有人打这样的电话吗？", "single", HAVE, read=False),
    Item("B1A", "有人跟您说过应该怎么回答吗？", "single", HAVE, read=False),
    Item("O1", "您还有什么想说的？", "text"),
)
"""What every campaign that speaks with a resident asks last."""
MORE = {"O1": "还有吗？（不提示，也不念选项）"}
