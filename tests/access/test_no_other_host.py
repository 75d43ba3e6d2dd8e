"""Whatever host a request claims: ours is served, another is refused, and nobody is led there."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from huying.side.app import behind_door
from huying.web.hosts import SettledHost
from tests.access.visiting import ORIGINS, SIDES, Opens, routes


def _asks(door, path: str, *, host: str, method: str = "GET", **headers: str):
    return Client(door).open(
        path, method=method, headers={"Host": host, **headers}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    )


@pytest.mark.parametrize("side", SIDES)
def test_another_host_is_refused_on_every_route(opens: Opens, side: str) -> None:
    app = opens(side)
    door = behind_door(app)
    for route in routes(app):
        for path in {route.path, route.path.rstrip("/") or "/"}:
            answer = _asks(door, path, host="other.example", method=route.method)
            assert answer.status_code == 421, route
            assert "Location" not in answer.headers, route


@pytest.mark.parametrize("side", SIDES)
def test_an_address_without_its_slash_leads_on_within_this_server(opens: Opens, side: str) -> None:
    app = opens(side)
    door, own = behind_door(app), ORIGINS[side].partition("//")[2]
    cut = {route.path.rstrip("/") for route in routes(app) if route.path != "/" and route.path.endswith("/")}
    assert cut
    for path in cut:
        for host in (own, "127.0.0.1:8000"):
            answer = _asks(door, path, host=host, **{"X-Forwarded-Host": "other.example"})
            led = answer.headers.get("Location", "/")
            assert led.startswith("/"), path
            assert not led.startswith("//"), path


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("hy.example.cn", 200), ("HY.example.cn", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200)),
        *(
            ("intern.example.cn", 200),
            ("hy.example.cn.evil.example", 421),
            ("hy.example.cn@evil.example", 421),
        ),
        *(("evil.example", 421), ("", 421), ("[", 421), ("hy.example.cn:8443", 421)),
    ],
)
def test_only_names_that_are_set_are_served(host: str, status: int) -> None:
    seen: list[dict] = []

    def app(environ, start_response):
        seen.append(environ)
        start_response("200 OK", [])
        return [b""]

    door = SettledHost(app, base_url="https://hy.example.cn", more=("intern.example.cn",))
    begun: list[str] = []
    environ = {"HTTP_HOST": host, "wsgi.url_scheme": "http"}
    list(door(environ, lambda said, _headers: begun.append(said)))
    assert int(begun[0][:3]) == status
    if status == 200:
        kept = host if host.startswith("intern") else "hy.example.cn"
        assert (seen[0]["HTTP_HOST"], seen[0]["wsgi.url_scheme"]) == (kept, "https")
