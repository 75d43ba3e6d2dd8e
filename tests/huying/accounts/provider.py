"""An identity provider on loopback that can be told to lie, and one that doesn't, as a process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.servers import free_port

PEOPLE = ({"sub": "s-bob", "email": "bob@example.cn", "email_verified": True},)


@contextmanager
def honest() -> Iterator[str]:
    """Run a whole provider as a process; yield its issuer."""
    port = free_port()
    claims = [part for person in PEOPLE for part in ("--user-claims", json.dumps(person))]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *claims],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        _await(f"{issuer}/.well-known/openid-configuration")
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


def _await(address: str) -> None:
    for _n in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(address)


def agrees(address: str, sub: str) -> str:
    """Be the person at the provider's page who says yes; return where the browser is sent."""

    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: Any) -> None:
            return None

    opener = urllib.request.build_opener(Stays)
    try:
        opener.open(address, data=f"sub={sub}".encode(), timeout=5)
    except urllib.error.HTTPError as redirected:
        with redirected:
            return redirected.headers["Location"]
    raise AssertionError(address)


@dataclass
class Liar:
    """A provider whose answers a test bends: claims of the token, the key, the description, silence."""

    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "k"}))
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    silent: bool = False
    issuer: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    challenged: bool = False

    def description(self) -> dict[str, Any]:
        """Return what it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.described

    def agreed(self, address: str) -> str:
        """Note what the browser brings, and say where it is sent."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return f"{self.asked['redirect_uri']}?code=c&state={self.asked['state']}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Return a token for the code, after checking the proof of its possession."""
        proof = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        self.challenged = self.asked["code_challenge"] == proof.decode()
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.asked["client_id"], "sub": "s-bob", "iat": now}
        claims |= {"exp": now + 60, "nonce": self.asked["nonce"]} | self.claims
        key = self.signs_with or self.key
        signed = jwt.encode({"alg": self.algorithm, "kid": "k"}, claims, key, algorithms=[self.algorithm])
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Answer a request of the client."""
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        return self.token(form) if path == "/token" else self.description()


@contextmanager
def running(liar: Liar) -> Iterator[Liar]:
    """Serve it on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            if liar.silent:
                time.sleep(1)
            data = json.dumps(liar.answer(urlsplit(self.path).path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_args: None  # a client that hung up
        liar.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield liar
        server.shutdown()
        thread.join()
