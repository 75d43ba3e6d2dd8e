"""Releases, their rows and areas, and volunteered ratings, for programs that show a token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, current_app, request, url_for

from huying.base.errors import NotFound
from huying.base.i18n import _, lazy
from huying.web.current import reading
from survey.api.queries.ratings import RatingTables
from survey.api.queries.releases import FrozenTables, ReleaseHead, ReleaseHeads
from survey.api.rules import selection
from survey.api.rules.ratings import NOTICE
from survey.api.rules.selection import Leaf, ScoreFilter
from survey.api.rules.tokens import TokenScope
from survey.api.views.bearer import scope
from survey.api.views.describing import endpoint
from survey.api.views.schemas import (
    CSV,
    AreasSchema,
    NoQuerySchema,
    PageQuerySchema,
    RatingQuerySchema,
    RatingsSchema,
    ReleaseSchema,
    ReleasesSchema,
    ScoreQuerySchema,
    ScoresSchema,
)
from survey.scores.queries.export import csv_rows
from survey.scores.rules.pipeline import CITY, STREET

Asked = Mapping[str, Any]
HEADS, TABLES, RATINGS = "huying.api.heads", "huying.api.tables", "huying.api.ratings"
FILTERS = ("level", "parent", "type", "item", "denominator", "unit")


@endpoint(
    "/releases",
    asks=PageQuerySchema,
    answers=ReleasesSchema,
    summary=lazy("有哪些公布"),
    description=lazy("最近的一轮在前；一轮更正过的，几次公布都在。"),
)
def list_releases(asked: Asked) -> dict[str, Any]:
    """Return the releases that exist for this token."""
    with reading() as session:
        heads = _heads().of(session, scope())
    return _paged(_leaf([_head(head) for head in heads], asked), "releases")


@endpoint("/releases/<release>", asks=NoQuerySchema, answers=ReleaseSchema, summary=lazy("一次公布"))
def get_release(_asked: Asked, release: str) -> dict[str, Any]:
    """Return what a release says of itself."""
    with reading() as session:
        return _head(_heads().get(session, scope(), release))


@endpoint(
    "/releases/<release>/scores",
    asks=ScoreQuerySchema,
    answers=ScoresSchema,
    summary=lazy("一次公布的得分"),
    description=lazy("和 CSV 文件同样的十七列，取自同一张定下的表。ETag 是这张表的指纹。"),
    as_csv=True,
)
def list_scores(asked: Asked, release: str) -> Any:
    """Return rows of a release: those of the token's levels that fit every filter."""
    _check_level(asked, scope())
    with reading() as session:
        head = _heads().get(session, scope(), release)
        if request.if_none_match.contains_weak(head.etag):
            return _unchanged(head)
        table = _tables().of(session, head)
    rows = selection.readable(table.rows, scope().levels)
    wanted = ScoreFilter(**{name: asked.get(name) for name in FILTERS})
    found = selection.select(rows, wanted, table.parents)
    if asked["format"] == CSV:
        return _csv(csv_rows(found, digest=head.release_sha256), head)
    return _of_release(head, _leaf(found, asked), "scores"), 200, _etag(head)


@endpoint(
    "/releases/<release>/areas",
    asks=PageQuerySchema,
    answers=AreasSchema,
    summary=lazy("一次公布里的区域"),
    description=lazy("每个区域在哪个区域里面，按这一轮冻结时的地图。"),
)
def list_areas(asked: Asked, release: str) -> dict[str, Any]:
    """Return the areas of a release, each with the one above it."""
    with reading() as session:
        head = _heads().get(session, scope(), release)
        table = _tables().of(session, head)
    found = selection.areas(selection.readable(table.rows, scope().levels), table.parents)
    return _of_release(head, _leaf(found, asked), "areas")


@endpoint(
    "/qr-ratings",
    asks=RatingQuerySchema,
    answers=RatingsSchema,
    summary=lazy("扫码评价的数目"),
    description=lazy(
        "自愿评价的人有多少、满意的占多少。不是抽样，不能当满意度，不能比较；少于 30 人的不写。"
    ),
)
def list_ratings(asked: Asked) -> dict[str, Any]:
    """Return the volunteered ratings by place, as what they are."""
    levels = _rating_levels(scope())
    if (level := asked.get("level")) is not None and level not in levels:
        scope().check_level(STREET)
    with reading() as session:
        table = _ratings().of(session, _wave(_heads().of(session, scope()), asked.get("wave")))
    notice = str(NOTICE)
    found = [
        {**asdict(row), "notice": notice}
        for row in table.rows
        if row.level in levels and level in {None, row.level} and asked.get("item") in {None, row.item}
    ]
    said = {"wave": table.wave, "period": table.period, "comparable": False, "notice": notice}
    return said | _paged(_leaf(found, asked), "ratings")


def _check_level(asked: Asked, token: TokenScope) -> None:
    if asked.get("level") is not None:
        token.check_level(asked["level"])


def _rating_levels(token: TokenScope) -> frozenset[str]:
    """A type's grids lie all over the city: who reads streets reads types."""
    return frozenset({*token.levels, *(("type",) if STREET in token.levels else ())}) | {CITY}


def _wave(heads: Sequence[ReleaseHead], label: str | None) -> str:
    """Return the wave that is asked for, else the newest; raise NotFound where this token reads none."""
    found = next((head.wave for head in heads if label in {None, head.wave}), None)
    if found is None:
        raise NotFound(_("没有这一轮，或者这个令牌不能读它。"))
    return found


def _head(head: ReleaseHead) -> dict[str, Any]:
    links = {name: url_for(f"v1.list_{name}", release=head.id) for name in ("scores", "areas")}
    return {**asdict(head), "id": head.id, **links}


def _leaf(found: Sequence[Any], asked: Asked) -> Leaf[Any]:
    return selection.leaf(found, page=asked["page"], per_page=asked["per_page"])


def _paged(leaf: Leaf[Any], name: str) -> dict[str, Any]:
    numbers = {"total": leaf.total, "page": leaf.page, "pages": leaf.pages, "per_page": leaf.per_page}
    return {**numbers, name: leaf.rows}


def _of_release(head: ReleaseHead, leaf: Leaf[Any], name: str) -> dict[str, Any]:
    said = {"release": head.id, "release_sha256": head.release_sha256, "corrected_by": head.corrected_by}
    return {**said, "levels": scope().levels, **_paged(leaf, name)}


def _etag(head: ReleaseHead) -> dict[str, str]:
    return {"ETag": f'"{head.etag}"'}


def _unchanged(head: ReleaseHead) -> Response:
    return Response(status=304, headers=_etag(head))


def _csv(data: bytes, head: ReleaseHead) -> Response:
    name = f'attachment; filename="scores-{head.id}.csv"'
    return Response(data, mimetype="text/csv", headers={**_etag(head), "Content-Disposition": name})


def _heads() -> ReleaseHeads:
    heads: ReleaseHeads = current_app.extensions[HEADS]
    return heads


def _tables() -> FrozenTables:
    tables: FrozenTables = current_app.extensions[TABLES]
    return tables


def _ratings() -> RatingTables:
    tables: RatingTables = current_app.extensions[RATINGS]
    return tables
