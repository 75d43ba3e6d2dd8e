"""An address for programs, declared once: who may call it, what it asks, what it answers, how it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Request, Response, current_app, g, request
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from huying.base.errors import Invalid
from huying.base.i18n import Lazy, Words, _, lazy
from huying.web import access
from survey.api.views import bearer
from survey.api.views.schemas import ProblemSchema

PROBLEM = "application/problem+json"
REFUSALS: Mapping[int, Words] = {
    401: lazy("没有令牌，或者令牌不能用。"),
    403: lazy("这个令牌不能读这些数据。"),
    404: lazy("没有这样的内容，或者这个令牌看不到它。"),
    422: lazy("有一个参数不对。"),
    429: lazy("这个令牌这一小时的次数用完了；Retry-After 是还要等的秒数。"),
}
ETAG = {
    "ETag": {"schema": {"type": "string"}, "description": lazy("放在 If-None-Match 里再问，没有变就答 304。")}
}
DESCRIBED = "huying.api"
"""Under this name an app keeps the description of its addresses."""
LONGEST_NAMED = 40


class StrictParser(FlaskParser):
    """Takes what is asked after the `?` by the letter: nothing unknown, nothing twice."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return the query; raise Invalid where a name stands twice."""
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise Invalid(_("参数写了两遍：%(names)s。", names=_named(twice)))
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, *_args: Any, **_kwargs: Any) -> Any:
        """Raise Invalid with the names of what is wrong."""
        wrong = [str(name) for name in error.messages_dict.get("query", {})]
        raise Invalid(_("参数不对，或者没有这个参数：%(names)s。请看 /v1/docs。", names=_named(wrong)))


def _named(names: list[str]) -> str:
    return "、".join(name[:LONGEST_NAMED] for name in sorted(names))


class ProgramRoutes(Blueprint):  # type: ignore[misc]
    """Addresses for programs."""

    ARGUMENTS_PARSER = StrictParser()


class Description(Api):  # type: ignore[misc]
    """The document of those addresses. Errors are answered as everywhere else in the app."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave the app's own error pages in place."""


routes = ProgramRoutes("v1", __name__, url_prefix="/v1")
View = Callable[..., Any]


def endpoint(
    rule: str,
    *,
    asks: type[Schema],
    answers: type[Schema],
    summary: Words,
    description: Words = "",
    as_csv: bool = False,
) -> Callable[[View], View]:
    """Declare a view that programs call by GET with a token: it is given what `asks` has read."""

    def declare(view: View) -> View:
        made = view
        for status, said in REFUSALS.items():
            made = routes.alt_response(status, schema=ProblemSchema, content_type=PROBLEM, description=said)(
                made
            )
        made = routes.alt_response(304, description=lazy("没有变。"))(made)
        if as_csv:
            made = routes.alt_response(200, schema={"type": "string"}, content_type="text/csv")(made)
        made = routes.response(200, answers, description=summary, headers=ETAG)(made)
        made = routes.arguments(asks, location="query")(made)
        made = routes.doc(summary=summary, description=description, operationId=view.__name__)(made)
        routes.route(rule)(access.by_token(made))
        return view

    return declare


def _for_programs(response: Response) -> Response:
    """Let a program ask whether anything changed; say how to show a token, and how long to wait."""
    response.vary.add("Authorization")
    if response.status_code == 200:
        response.headers["Cache-Control"] = "private, no-cache"
        response.add_etag()
        response.make_conditional(request)
    elif response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    elif wait := g.get(bearer.WAIT):
        response.headers["Retry-After"] = str(wait)
    return response


routes.after_request(_for_programs)


def init_app(app: Flask) -> None:
    """Register the addresses for programs, what checks their tokens, and what describes them."""
    app.extensions[access.TOKENS] = bearer.check
    app.json.sort_keys = False  # type: ignore[attr-defined]
    described = Description(
        app,
        spec_kwargs={
            "title": lazy("呼应：得分"),
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {
                "description": lazy(
                    "已定下的得分，逐格和网页、CSV 文件一样。估计值总带着区间；不公布的格子写明不公布。"
                )
            },
            "security": [{"token": []}],
        },
    )
    described.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    described.register_blueprint(routes)
    _bind_interval(described.spec.components.schemas["Score"])
    app.extensions[DESCRIBED] = described


def _bind_interval(score: dict[str, Any]) -> None:
    """Say of a row that an estimate never comes without its interval, nor a hidden cell with a number."""
    number, nothing = {"type": "number"}, {"type": "null"}
    score["allOf"] = [
        {
            "if": {"properties": {"estimate": number}},
            "then": {"properties": {"low": number, "high": number}},
        },
        {
            "if": {"properties": {"status": {"const": "Q"}}},
            "then": {"properties": dict.fromkeys(("estimate", "low", "high", "unweighted"), nothing)},
        },
    ]


def document() -> dict[str, Any]:
    """Return the OpenAPI document in the language that is spoken now."""
    found: dict[str, Any] = _spoken(current_app.extensions[DESCRIBED].spec.to_dict())
    return found


def _spoken(told: Any) -> Any:
    if isinstance(told, Lazy):
        return str(told)
    if isinstance(told, Mapping):
        return {name: _spoken(value) for name, value in told.items()}
    return [_spoken(value) for value in told] if isinstance(told, list | tuple) else told
