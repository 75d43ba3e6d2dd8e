"""One interviewer over HTTP: claims, dials, asks, codes, at a pace; what a kill cut off is sent once more."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.survey.stories import TEXT, brief

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ONCE = re.compile(r'name="once"[^>]*value="([^"]+)"')
RING, TALK, QUESTION, EMPTY = 78.0, 12.0, 12.0, 20.0
"""Seconds at pace 1: till it is clear whether anybody answers, to part, a question, without a case."""
BEAT = 30.0
"""Seconds between two signs of life of a page with a case: without them its lease runs out."""
KEPT_OPEN = 1.0
"""Seconds after which a connection isn't used again: the server closes an idle one after two."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SAYS = {**brief(5), "G1C": "4"}
OUTCOMES = (
    (0.09, "complete"),
    (0.05, "soft_refusal"),
    (0.04, "callback_other"),
    (0.12, "busy"),
    (0.06, "machine"),
    (0.04, "number_suspect"),
    (0.60, "no_answer"),
)
"""What comes of a dial, by the base case of 11.5 dials a complete."""
TALKS = frozenset({"complete", "soft_refusal", "callback_other"})


@dataclass
class Load:
    """What all seats share: the server's port, their pace, when to stop, and everything measured."""

    port: int
    pace: float
    seed: int
    kills: list[float] = field(default_factory=list)
    times: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    retried: list[float] = field(default_factory=list)
    said: list[tuple[str, str, str]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    drained: threading.Event = field(default_factory=threading.Event)
    """While it is set nobody claims, and whoever has a case in hand ends it at once, unmeasured."""

    def note(self, what: str, began: float) -> None:
        """Keep how long a request took."""
        if not self.drained.is_set():
            self.times[what].append((began, time.monotonic() - began))


class Seat(threading.Thread):
    """One interviewer."""

    def __init__(self, load: Load, login: str, password: str) -> None:
        super().__init__(name=login, daemon=True)
        self.load, self.login, self.password = load, login, password
        self.random = random.Random(f"{load.seed} {login}")  # noqa: S311 - who answers, not a secret
        self.cookies: dict[str, str] = {}
        self.token = self.once = self.place = ""
        self.connection = http.client.HTTPConnection("127.0.0.1", load.port, timeout=30)
        self.sent = self.beaten = 0.0
        self.has_case = False

    def sign_in(self) -> None:
        """Sign in."""
        self.get("/sign-in")
        status, where = self.post("/sign-in", login=self.login, password=self.password)
        if status != 303:
            message = f"{self.login} can't sign in: {status} {where}"
            raise RuntimeError(message)

    def run(self) -> None:
        """Work until told to stop."""
        comes_back = True
        while not self.load.stopped.is_set():
            if self.load.drained.is_set():
                comes_back = True
                time.sleep(0.05)
                continue
            if comes_back:
                # Nobody's shift begins in the same second as everybody's.
                self.thinks(RING * self.random.random())
                comes_back = False
            try:
                self.works()
            except Exception as error:  # noqa: BLE001 - whatever happens to a seat is told at the end
                self.load.odd.append(f"{self.login}: {type(error).__name__} {error}")
            self.has_case = False

    def works(self) -> None:
        """Take the next case and work it to its end."""
        self.get("/interview/")
        _status, where = self.post("/interview/next", what="next", once=self.once)
        if "nothing" in where or where.endswith("/interview/"):
            self.thinks(EMPTY)
            return
        self.has_case = True
        place = self.follows(where)
        self.place, self.beaten = "/".join(place.split("/")[:4]), time.monotonic()
        while place.count("/") > 2:
            place = self.dials(place)

    def dials(self, place: str) -> str:
        """Dial one number; return where that leads."""
        self.post(f"{place}/dial", what="dial")
        self.thinks(RING)
        outcome = self.random.choices([each for _, each in OUTCOMES], [share for share, _ in OUTCOMES])[0]
        if outcome not in TALKS:
            _, where = self.post(f"{place}/not-reached", what="code", code=outcome)
            return self.follows(where)
        _, where = self.post(f"{place}/reached", what="reached")
        return self.talks(self.follows(where), outcome=outcome)

    def talks(self, place: str, *, outcome: str) -> str:
        """Ask what is to be asked, then code."""
        while (item := place.rsplit("/", 1)[1]) != "coding":
            self.thinks(QUESTION)
            raw = SAYS.get(item, "" if item in TEXT else "99")
            if outcome != "complete":
                raw = "3"
            name = "value" if item in TEXT else "code"
            status, where = self.post(place, what="save", **{name: raw})
            if status == http.client.SEE_OTHER:
                self.load.said.append((place.split("/")[2], item, raw))
            place = self.follows(where)
        self.thinks(TALK)
        status, where = self.post(f"{place}?{urlencode({'who': 'other'})}", what="code", code=outcome)
        if status != http.client.SEE_OTHER:
            status, where = self.post(place, what="code", code=outcome)
        return self.follows(where)

    def follows(self, where: str) -> str:
        """Look at the page that an answer leads to, as a browser does; return its path."""
        path = urlsplit(where).path
        self.get(path)
        return path

    def thinks(self, seconds: float) -> None:
        """Let time pass as it does between two presses; none while everybody is to come to an end."""
        ends = time.monotonic() + self.random.expovariate(1 / seconds) / self.load.pace if seconds else 0.0
        while (left := ends - time.monotonic()) > 0 and not self.load.drained.is_set():
            self.beats()
            time.sleep(min(left, 0.5))

    def beats(self) -> None:
        """Renew the lease of the case in hand, as its page does."""
        if self.has_case and time.monotonic() - self.beaten > BEAT:
            self.beaten = time.monotonic()
            self.post(f"{self.place}/renew", what="beat")

    def get(self, path: str) -> str:
        """Return a page; its form's token and mark are kept."""
        _, text, where = self._insists("GET", path, None, what="page")
        if where:
            return self.get(urlsplit(where).path)
        self.token = found[1] if (found := TOKEN.search(text)) else self.token
        self.once = found[1] if (found := ONCE.search(text)) else self.once
        return text

    def post(self, path: str, *, what: str = "other", **fields: str) -> tuple[int, str]:
        """Send a form; return the status and where it leads."""
        body = urlencode({"csrf_token": self.token, **fields})
        status, text, where = self._insists("POST", path, body, what=what)
        if status >= http.client.BAD_REQUEST and status != http.client.UNPROCESSABLE_ENTITY:
            told = re.sub(r"<[^>]+>|\s+", " ", text.partition("<main")[2])[:160]
            self.load.odd.append(f"{self.login} {path.rsplit('/', 1)[1]} {status} {told.strip()}")
        return status, where

    def _insists(self, method: str, path: str, body: str | None, *, what: str) -> tuple[int, str, str]:
        began = time.monotonic()
        cut = False
        while True:
            try:
                answer = self._sends(method, path, body)
            except (OSError, http.client.HTTPException):
                self.connection.close()
                cut = True
                if time.monotonic() - began > 30:
                    raise
                time.sleep(0.05)
                continue
            if cut:
                self.load.retried.append(time.monotonic() - began)
            else:
                self.load.note(what, began)
            return answer

    def _sends(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        if time.monotonic() - self.sent > KEPT_OPEN:
            self.connection.close()
        self.sent = time.monotonic()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookies, **FORM})
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")


def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Wait for a condition; tell whether it came."""
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.05)
    return condition()
