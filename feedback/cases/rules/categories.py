"""What residents ask for: the kinds of matters that forms offer, until a city brings its own."""

from __future__ import annotations

from huying.base.i18n import mark

CATEGORIES = (
    mark("环境卫生"),
    mark("道路和公共设施"),
    mark("水电气热"),
    mark("噪音扰民"),
    mark("邻里纠纷"),
    mark("停车秩序"),
    mark("老人、孩子需要照看"),
    mark("其他"),
)
UNREACHED = mark("电话打不通或号码不对")
"""The category under which a wrong number, or one that nobody answers, is reported."""
