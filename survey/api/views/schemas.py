"""What programs ask and are answered, as the document describes it and as it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from huying.base.i18n import Lazy, Words, lazy
from survey.api.rules import ratings, selection
from survey.api.rules.tokens import LEVELS
from survey.scores.rules.desk import STANDINGS
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import ALL, RATED
from survey.scores.rules.release import DIRECT, HIDDEN, MODEL, NONE, UNSURE
from survey.scores.views.workbook import HEADINGS

JSON, CSV = "json", "csv"
LONGEST = 64
DIGITS = 9
MORE: Mapping[str, Lazy] = {
    "wave": lazy("几轮合算的用 + 连接；#2 是第 2 次公布。"),
    "asked": lazy("取整到 5；不到 10 的不写。"),
    "n": lazy("取整到 5；不到 10 的不写。"),
    "estimate": lazy("0 到 1，加权，带着 low 和 high 一起给；不公布的是 null。"),
    "low": lazy("有 estimate 就有它。"),
    "high": lazy("有 estimate 就有它。"),
    "unweighted": lazy("答案都一样的不写。"),
    "footnotes": lazy("编号，用分号隔开。"),
    "status": lazy("Q 不公布，O 没有回答，U 误差大，E 用模型估计，A 直接估计。"),
}


def _about(name: str) -> dict[str, Any]:
    """Describe a column of the release by its heading and, where there is more to say, a sentence."""
    return {"title": HEADINGS[name], "description": MORE.get(name, HEADINGS[name])}


class WholeNumber(fields.Integer):
    """A number of plain digits, few of them: other scripts' digits, signs and blanks are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        plain = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= DIGITS
        if not plain:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def _choice(options: Any, about: Words) -> fields.String:
    return fields.String(validate=validate.OneOf([*options]), metadata={"description": about})


def _code(about: Words) -> fields.String:
    return fields.String(validate=validate.Length(1, LONGEST), metadata={"description": about})


class PageQuerySchema(Schema):
    """Which page."""

    page = WholeNumber(
        load_default=1,
        validate=validate.Range(1, 100_000),
        metadata={"description": lazy("第几页，从 1 起。")},
    )
    per_page = WholeNumber(
        load_default=selection.USUAL,
        validate=validate.Range(1, selection.MOST),
        metadata={"description": lazy("一页多少行。")},
    )


class NoQuerySchema(Schema):
    """Nothing is asked after the `?`."""


class ScoreQuerySchema(PageQuerySchema):
    """Which rows of a release."""

    level = _choice(LEVELS, lazy("只要这一级的区域。"))
    parent = _code(lazy("只要在这个区域里面的区域，给编号。"))
    unit = _code(lazy("只要这个区域，给编号。"))
    type = _code(lazy("只要这个类型的网格。"))
    item = _choice(DENS, lazy("只要这个项目。"))
    denominator = _choice((RATED, ALL), lazy("谁算在内：rated 评了这一项的住户，all 全部受访户。"))
    format = fields.String(
        load_default=JSON,
        validate=validate.OneOf([JSON, CSV]),
        metadata={"description": lazy("csv 把选中的行全部给出，不分页。")},
    )


class RatingQuerySchema(PageQuerySchema):
    """Which rows of the volunteered ratings."""

    wave = _code(lazy("哪一轮；不写是最近的一轮。"))
    level = _choice(ratings.LEVELS, lazy("全市、街道，或者网格类型。"))
    item = _choice(ratings.ITEMS, lazy("只要这个项目。"))


def _text(about: Words, *, none: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=none, metadata={"description": about})


class ReleaseSchema(Schema):
    """What a release says of itself."""

    id = _text(lazy("轮次和第几次公布，例如 2026Q4.1。"))
    wave = _text(lazy("轮次"))
    number = fields.Integer(required=True, metadata={"description": lazy("第几次公布")})
    made_at = fields.AwareDateTime(required=True, metadata={"description": lazy("什么时候定下的")})
    published = fields.Boolean(required=True, metadata={"description": lazy("是不是已经对所有人公布")})
    release_sha256 = _text(lazy("定下的结果表的指纹"))
    corrects = _text(lazy("更正的是哪一次公布"), none=True)
    corrected_by = _text(lazy("后来由哪一次公布更正"), none=True)
    why = _text(lazy("为什么更正"), none=True)
    undone = fields.Integer(
        required=True, allow_none=True, metadata={"description": lazy("不再计入的答卷有多少份")}
    )
    scores = _text(lazy("得分的地址"))
    areas = _text(lazy("区域的地址"))


class _PagedSchema(Schema):
    total = fields.Integer(required=True, metadata={"description": lazy("一共多少行")})
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    per_page = fields.Integer(required=True)


class ReleasesSchema(_PagedSchema):
    """Releases, those of the newest wave first."""

    releases = fields.List(fields.Nested(ReleaseSchema), required=True)


class ScoreSchema(Schema):
    """A row of a release: the same seventeen columns as in the CSV file."""

    wave = fields.String(required=True, metadata=_about("wave"))
    level = fields.String(required=True, validate=validate.OneOf(LEVELS), metadata=_about("level"))
    unit = fields.String(required=True, metadata=_about("unit"))
    name = fields.String(required=True, metadata=_about("name"))
    type = fields.String(required=True, metadata=_about("type"))
    item = fields.String(required=True, metadata=_about("item"))
    den = fields.String(required=True, validate=validate.OneOf((RATED, ALL)), metadata=_about("den"))
    asked = fields.Integer(required=True, allow_none=True, metadata=_about("asked"))
    n = fields.Integer(required=True, allow_none=True, metadata=_about("n"))
    estimate = fields.Float(required=True, allow_none=True, metadata=_about("estimate"))
    low = fields.Float(required=True, allow_none=True, metadata=_about("low"))
    high = fields.Float(required=True, allow_none=True, metadata=_about("high"))
    unweighted = fields.Float(required=True, allow_none=True, metadata=_about("unweighted"))
    frame_covered = fields.Float(required=True, allow_none=True, metadata=_about("frame_covered"))
    position = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*STANDINGS]),
        metadata=_about("position"),
    )
    footnotes = fields.String(required=True, metadata=_about("footnotes"))
    status = fields.String(
        required=True,
        validate=validate.OneOf((MODEL, DIRECT, UNSURE, NONE, HIDDEN)),
        metadata=_about("status"),
    )


class _OfReleaseSchema(_PagedSchema):
    release = _text(lazy("哪一次公布"))
    release_sha256 = _text(lazy("定下的结果表的指纹"))
    corrected_by = _text(lazy("后来由哪一次公布更正"), none=True)
    levels = fields.List(
        fields.String(), required=True, metadata={"description": lazy("这个令牌能读哪几级；没有的行在别的级")}
    )


class ScoresSchema(_OfReleaseSchema):
    """Rows of a release, in its order."""

    scores = fields.List(fields.Nested(ScoreSchema), required=True)


class AreaSchema(Schema):
    """An area of a release."""

    unit = _text(lazy("编号"))
    name = _text(lazy("名称"))
    level = _text(lazy("层级"))
    type = _text(lazy("网格类型"))
    parent = _text(lazy("上一级区域的编号"), none=True)


class AreasSchema(_OfReleaseSchema):
    """Areas of a release, in its order."""

    areas = fields.List(fields.Nested(AreaSchema), required=True)


class RatingSchema(Schema):
    """Raters of a place: counted, never compared; neither an estimate nor limits."""

    level = fields.String(required=True, validate=validate.OneOf(ratings.LEVELS))
    unit = _text(lazy("编号"))
    name = _text(lazy("名称"))
    item = fields.String(required=True, validate=validate.OneOf(ratings.ITEMS))
    raw_share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": lazy("扫码评价的人里满意和非常满意的比例，不是住户的比例。")},
    )
    n = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": lazy("多少人评价，取整到 5；不到 30 人的不写。")},
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(ratings.STATES),
        metadata={
            "description": lazy("F 公布；A 不到 30 人，不公布；D 为保护别的数字不公布；O 没有人评价。")
        },
    )
    comparable = fields.Boolean(required=True, validate=validate.OneOf([ratings.NOT_COMPARABLE]))
    notice = _text(ratings.NOTICE)


class RatingsSchema(_PagedSchema):
    """Volunteered ratings by place."""

    wave = _text(lazy("轮次"))
    period = _text(lazy("数目到哪一周的交存文件为止"))
    comparable = fields.Boolean(required=True, validate=validate.OneOf([ratings.NOT_COMPARABLE]))
    notice = _text(ratings.NOTICE)
    ratings = fields.List(fields.Nested(RatingSchema), required=True)


class ProblemSchema(Schema):
    """Why a request isn't answered (RFC 9457)."""

    type = fields.String(required=True)
    title = _text(lazy("一句话的原因"))
    status = fields.Integer(required=True)
