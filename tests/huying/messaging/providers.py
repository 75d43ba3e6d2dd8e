"""Carriers of our own on loopback, one for each adapter: they keep what they took and fail when told to."""

from __future__ import annotations

import base64
import hmac
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from huying.base import clock
from huying.base.channels import ChatGroup, Mail
from huying.messaging.carriers import Carrier
from huying.messaging.chat import ChatCarrier
from huying.messaging.http import HttpCarrier
from huying.messaging.mail import MailCarrier
from huying.messaging.twilio import TwilioCarrier
from huying.telephony import signing
from huying.telephony.voice import WebRequest
from huying.testing.fake_twilio import FakeTwilio
from huying.testing.mischief import sign
from tests.huying.telephony.gateways import elsewhere

KEY = "k" * 32
BASE = "https://hy.example.cn"
NUMBER = "+85221230000"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Provider:
    """The other half of a carrier; `failures` are taken one by one, before anything else is answered."""

    failures: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """The texts that people got."""
    tells: bool = False
    """Whether receipts and replies come."""
    recalls: str = "no"
    """What it says of a lost message: `exactly`, `found` only where it is there, or `no`."""
    number: str = NUMBER
    carrier: Carrier = field(init=False)

    def event(self, what: str, **said: str) -> WebRequest:
        """Return a signed request with an event."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, provider: WebProvider, *args: Any) -> None:
        self.provider = provider
        super().__init__(*args)

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, body: bytes) -> None:
        failure = self.provider.failures.pop(0) if self.provider.failures else ""
        if failure in {"429", "500"}:
            self._write(*self.provider.failed(int(failure)))
            return
        if failure != "reset_before":
            answer = self.provider.api(self.command, self.path, self.headers, body)
            if failure != "reset_after":
                self._write(*answer)
                return
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, status: int, document: Mapping[str, Any]) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""


class WebProvider(Provider):
    """A carrier that is spoken to over HTTP."""

    def api(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        raise NotImplementedError

    def failed(self, status: int) -> Answer:
        return status, {"code": status}

    def make(self, address: str) -> Carrier:
        raise NotImplementedError

    @contextmanager
    def serving(self) -> Iterator[None]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            self.carrier = self.make(f"http://127.0.0.1:{server.server_port}")
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class Gateway(WebProvider):
    """A gateway of domestic short messages: the signed contract, one identity once."""

    def __init__(self) -> None:
        super().__init__(tells=True, recalls="exactly")
        self.known: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []

    def make(self, address: str) -> Carrier:
        return HttpCarrier(KEY, address, {"rating": "SMS_1"})

    def api(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        signed = body if method == "POST" else path.encode()
        signing.check(KEY, signed, headers.get(signing.HEADER, ""), now=clock.now())
        if method == "GET":
            status = self.known.get(path.rpartition("/")[2])
            return (200, {"status": status}) if status else (404, {})
        wanted = json.loads(body)
        if wanted["to"].endswith("9404"):
            return 422, {"code": "vacant"}
        if wanted["id"] not in self.known:
            self.known[wanted["id"]] = "sent"
            self.asked.append(wanted)
            self.taken.append(wanted["text"])
        return 202, {"reference": f"r-{len(self.known)}"}

    def event(self, what: str, **said: str) -> WebRequest:
        body = json.dumps(said).encode()
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        return WebRequest(f"{BASE}/sms/http/{what}", headers, {}, body)


class Robot(WebProvider):
    """A group's robot, in one of three dialects; it answers 200 to everything, and says how it went."""

    def __init__(self, dialect: str) -> None:
        super().__init__(number="office")
        self.dialect, self.secret = dialect, "SEC" + "s" * 20

    def make(self, address: str) -> Carrier:
        key = "" if self.dialect == "wecom" else self.secret
        path = {"wecom": "/send?key=hidden", "dingtalk": "/robot/send?access_token=hidden"}
        there = f"{address}{path.get(self.dialect, '/hook/hidden')}"
        return ChatCarrier((ChatGroup("office", self.dialect, there, key),))

    def failed(self, status: int) -> Answer:
        busy = {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}[self.dialect]
        return (200, self._says(busy)) if status == 429 else (status, {})

    def api(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        document = json.loads(body)
        if not self._genuine(path, document):
            return 200, self._says({"dingtalk": 310000, "feishu": 19021}.get(self.dialect, 93000))
        text = document["content"]["text"] if self.dialect == "feishu" else document["text"]["content"]
        self.taken.append(text)
        return 200, self._says(0)

    def _says(self, code: int) -> dict[str, Any]:
        return {"code" if self.dialect == "feishu" else "errcode": code, "msg": "x"}

    def _genuine(self, path: str, document: Mapping[str, Any]) -> bool:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if self.dialect == "wecom":
            return query.get("key") == "hidden"
        if self.dialect == "dingtalk":
            stamp, secret = query["timestamp"], self.secret.encode()
            mac = hmac.new(secret, f"{stamp}\n{self.secret}".encode(), "sha256").digest()
            fresh = abs(int(stamp) / 1000 - clock.now().timestamp()) < 3600
            return fresh and query["sign"] == base64.b64encode(mac).decode()
        stamp = document["timestamp"]
        mac = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", "sha256").digest()
        return len(stamp) == 10 and document["sign"] == base64.b64encode(mac).decode()


MESSAGES = re.compile(r"^/2010-04-01/Accounts/AC0+/Messages\.json$")


@dataclass
class FakeTwilioOfMessages(FakeTwilio):
    """The fake of calls, which takes messages too."""

    messages: list[dict[str, str]] = field(default_factory=list)

    def api(self, method: str, path: str, form: Mapping[str, list[str]], given: str) -> Answer:
        if not MESSAGES.match(urlsplit(path).path) or self.token == "another":
            return super().api(method, path, form, given)
        if method == "GET":
            to = parse_qs(urlsplit(path).query).get("To", [""])[0]
            listed = [each for each in self.messages if each["to"] == to]
            return 200, {"messages": listed, "next_page_uri": None, "page": 0, "page_size": 50}
        if form["To"][0].endswith("9404"):
            return 400, {"code": 21211, "message": "invalid", "status": 400, "more_info": ""}
        sid = f"SM{len(self.messages):032x}"
        self.messages.append(
            {"sid": sid, "to": form["To"][0], "body": form["Body"][0], "status": "queued", "error_code": ""}
        )
        return 201, {**self.messages[-1], "error_code": None}


class TwilioProvider(Provider):
    """Twilio: the genuine client, pointed at the fake."""

    def __init__(self) -> None:
        super().__init__(tells=True, recalls="found")
        self.account = "AC" + "0" * 32

    @contextmanager
    def serving(self) -> Iterator[None]:
        fake = FakeTwilioOfMessages(self.account, KEY, lambda *_told: (204, ""), failures=self.failures)
        with fake.serving() as address:
            self.fake = fake
            self.carrier = TwilioCarrier(
                self.account, KEY, "+85212345678", BASE, make_client=partial(elsewhere, address)
            )
            yield

    @property
    def taken(self) -> list[str]:
        return [each["body"] for each in self.fake.messages] if hasattr(self, "fake") else []

    @taken.setter
    def taken(self, _value: list[str]) -> None:
        """Keep nothing: the fake does."""

    def event(self, what: str, **said: str) -> WebRequest:
        if what == "receipt":
            form = {"MessageSid": "SM" + "1" * 32, "MessageStatus": said["status"]}
            form |= {"ErrorCode": said["code"]} if "code" in said else {}
            url = f"{BASE}/sms/twilio/receipt?id={said['id']}"
        else:
            form = {"MessageSid": f"SM{said['seq']:0>32}", "From": said["from"], "Body": said["text"]}
            url = f"{BASE}/sms/twilio/reply"
        many = {name: [value] for name, value in form.items()}
        return WebRequest(url, {"X-Twilio-Signature": sign(KEY, url, form)}, many, b"")


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return a certificate of this machine, and its key, made for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_after(now + timedelta(days=9000))
        .not_valid_before(now - timedelta(days=9000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert, private


class MailServer(Provider):
    """A server of letters that insists on TLS and a password."""

    def __init__(self, folder: Path) -> None:
        super().__init__(number="office@example.cn")
        self.cert, self.private = certificate(folder)

    @contextmanager
    def serving(self) -> Iterator[None]:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(0.05)
        stopping = threading.Event()
        thread = threading.Thread(target=self._serve, args=(listener, stopping), daemon=True)
        thread.start()
        trust = ssl.create_default_context(cafile=str(self.cert))
        server = f"localhost:{listener.getsockname()[1]}"
        self.carrier = MailCarrier(Mail(server, "starttls", "user", "secret", "hy@example.cn"), trust)
        try:
            yield
        finally:
            stopping.set()
            listener.close()
            thread.join()

    def _serve(self, listener: socket.socket, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                connection, _address = listener.accept()
            except (TimeoutError, OSError):
                continue
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "reset_before":
            return
        connection.settimeout(5)
        try:
            self._converse(connection, failure)
        except (OSError, ssl.SSLError):
            return

    def _converse(self, plain: socket.socket, failure: str) -> None:
        plain.sendall(b"220 here\r\n")
        with plain.makefile("rb") as reader:
            for verb, answer in ((b"EHLO", b"250-here\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n")):
                assert reader.readline().upper().startswith(verb)
                plain.sendall(answer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.private)
        with context.wrap_socket(plain, server_side=True) as safe, safe.makefile("rb") as reader:
            self._receive(safe, reader, failure)

    def _receive(self, stream: socket.socket, reader: Any, failure: str) -> None:
        known = False
        while line := reader.readline():
            verb = line.strip().upper().partition(b" ")[0]
            if verb == b"EHLO":
                stream.sendall(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
            elif verb == b"AUTH":
                known = base64.b64decode(line.split()[-1]) == b"\0user\0secret"
                stream.sendall(b"235 ok\r\n" if known else b"535 who\r\n")
            elif verb == b"RCPT" and b"nobody@" in line:
                stream.sendall(b"550 no such box\r\n")
            elif verb == b"MAIL" and failure in {"429", "500"}:
                stream.sendall(b"451 later\r\n")
            elif verb == b"DATA":
                self._take(stream, reader, failure, known=known)
                if failure == "reset_after":
                    return
            else:
                stream.sendall(b"250 ok\r\n")

    def _take(self, stream: socket.socket, reader: Any, failure: str, *, known: bool) -> None:
        stream.sendall(b"354 go\r\n")
        letter = b"".join(iter(reader.readline, b".\r\n")).decode()
        assert known, "a letter in clear"
        self.taken.append(letter)
        if failure != "reset_after":
            stream.sendall(b"250 taken\r\n")


MAKERS: Mapping[str, Callable[[Path], Any]] = {
    "http": lambda _folder: Gateway(),
    "wecom": lambda _folder: Robot("wecom"),
    "dingtalk": lambda _folder: Robot("dingtalk"),
    "feishu": lambda _folder: Robot("feishu"),
    "mail": MailServer,
    "twilio": lambda _folder: TwilioProvider(),
}
