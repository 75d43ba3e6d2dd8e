"""The first page of this side with the last result, and a page of results for each wave; open to all."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from huying.web.access import anyone
from huying.web.current import reading
from survey.results import queries, rules
from survey.results.queries import PublicResult
from survey.scores.views import plain_language
from survey.web import queries as web_queries
from survey.web.views.pages import page

routes = Blueprint("results", __name__)


@routes.get("/")
@anyone
def front() -> ResponseReturnValue:
    """Say what was found last, how it can be checked, and which waves there are."""
    with reading() as session:
        waves = web_queries.public_waves(session)
        newest = queries.newest(session)
    shown = _shown(newest) if newest else {}
    return page("results/front", waves=waves.over, running=waves.running, watches=waves.watches, **shown)


@routes.get("/results/<label>")
@anyone
def one(label: str) -> ResponseReturnValue:
    """Tell what a wave found, in three sentences and one picture."""
    with reading() as session:
        found = queries.of(session, label)
    return page("results/result", **_shown(found))


def _shown(found: PublicResult) -> dict[str, Any]:
    headline = plain_language.headline(found.city)
    return {
        "result": found,
        "headline": headline,
        "picture": rules.picture(headline.rated, found.streets) if headline else None,
        "say": plain_language,
    }
