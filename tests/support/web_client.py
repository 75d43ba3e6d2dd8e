"""A plain web client: cookies, forms with their CSRF token, no redirects followed."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class WebClient:
    """One visitor of a server."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> str:
        """Return the page at `path`, and remember its form's token."""
        status, text, _ = self._send("GET", path)
        assert status == 200, (status, path)
        found = TOKEN.search(text)
        self.token = found[1] if found else self.token
        return text

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form; return the status and where it leads."""
        body = urlencode({"csrf_token": self.token, **fields})
        status, _, location = self._send("POST", path, body)
        return status, location

    def sign_in(self, login: str, password: str) -> None:
        """Sign in."""
        self.get("/sign-in")
        status, _ = self.post("/sign-in", login=login, password=password)
        assert status == 303

    def _send(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.request(method, path, body or None, self._headers())
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}


class Caller(WebClient):
    """An interviewer at a plain client, who works through the same pages as one at a browser."""

    def __init__(self, url: str, login: str, password: str) -> None:
        super().__init__(url)
        self.sign_in(login, password)

    def interviews(self, answers: Mapping[str, str]) -> None:
        """Take the next case, reach somebody, ask every question of the path, code the call as complete."""
        self.get("/interview/")
        place = self._leads("/interview/next")
        self.post(f"{place}/dial")
        place = self._leads(f"{place}/reached")
        while (item := place.rsplit("/", 1)[1]) != "coding":
            name = "value" if item == "O1" else "code"
            place = self._leads(place, **{name: answers[item]})
        assert self._leads(place, code="complete") == "/interview/"

    def _leads(self, path: str, **fields: str) -> str:
        status, location = self.post(path, **fields)
        assert status == 303, (status, path)
        return urlsplit(location).path
