"""Questionnaire v1 at the door, for households that no telephone reaches: another opening alone."""

from __future__ import annotations

from dataclasses import replace

from survey.fieldwork.questionnaire.asking_for import WHO_CALLS, OpeningWords
from survey.fieldwork.questionnaire.shipped import V1

OPENING = OpeningWords(
    "听听您对社区网格服务的看法",
    "请问这是登记在【小区】的这一户吗？",
    "我想请【受访人】谈谈。是您本人吗？",
    takes="五分钟",
    who=f"{WHO_CALLS}，这是我的工作证",
    meets="见面",
)

DOORSTEP = replace(V1, name="v1.doorstep", calls=OPENING.calls, mode="visit", digest="whole")
