"""A program with a token, which asks and reads what it is answered."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from huying.base import clock
from survey.api import operations
from survey.api.rules.tokens import TokenRequest, TokenScope
from tests.survey.world import ORIGIN

FIRST, SECOND = "first.1", "first.2"


class Program:
    """Somebody's program."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app, self.token, self.client = app, token, app.test_client(use_cookies=False)

    @classmethod
    def of(
        cls, app: Flask, *, reads: str = "frozen", finest: str = "grid", per_hour: int = 10_000
    ) -> Program:
        """Hand a token to a program."""
        here = app.extensions["huying"]
        request = TokenRequest("看板", "季度报告", TokenScope(reads, finest), per_hour=per_hour)
        with here.database.transaction() as session:
            token = operations.issue(
                session, request, keys=here.settings.keys, by="assessor", role="assessor", now=clock.now()
            )
        return cls(app, token)

    def ask(self, path: str, asked: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Ask with the token."""
        shown = {"Authorization": f"Bearer {self.token}", **headers}
        return self.client.get(f"/v1{path}", query_string=asked, base_url=ORIGIN, headers=shown)

    def rows(self, path: str, name: str, **asked: Any) -> list[dict[str, Any]]:
        """Return the rows of all pages."""
        found: list[dict[str, Any]] = []
        page, pages = 1, 1
        while page <= pages:
            answer = self.ask(path, {"page": page, "per_page": 40, **asked})
            assert answer.status_code == 200, answer.text
            told = answer.get_json()
            pages, page = told["pages"], page + 1
            found += told[name]
            assert told["total"] >= len(found)
        return found
