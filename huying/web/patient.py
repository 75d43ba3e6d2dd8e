"""A worker that gives threads to requests which have arrived whole: nobody holds one by sending slowly."""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from io import BytesIO
from selectors import EVENT_READ
from tempfile import TemporaryFile
from typing import IO, Any

from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

LONGEST_HEAD = 64 * 1024
LARGEST_BODY = 65 * 1024 * 1024
"""What is waited for; the app itself refuses larger bodies, by their head alone."""
IN_MEMORY = 256 * 1024
MOST_AT_ONCE = 512 * 1024 * 1024
"""Bytes of requests that are on their way to one process, all together."""
HEAD_S, SILENT_S, WHOLE_S = 15.0, 15.0, 300.0
"""Seconds in which a head must arrive, in which something must, and in which the whole request must."""
SEND_S = 30
"""Seconds after which a client that takes no answer is left."""
A_PIECE = 64 * 1024

_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class IncomingRequest(Unreader):  # type: ignore[misc]
    """One request as it arrives: kept in memory or, where it is long, in a file, until it is whole."""

    def __init__(self, *, now: float) -> None:
        super().__init__()
        self._spool: IO[bytes] = BytesIO()
        self._head, self._tail = b"", b""
        self.size = 0
        self.begun = self.heard = now
        self.wanted: int | None = None
        """Bytes of the whole request; None before its head is there, and where the last chunk ends it."""
        self.expects = False
        self._chunked = self._is_long = False

    def take(self, piece: bytes, *, now: float) -> None:
        """Add what has arrived."""
        self._spool.write(piece)
        if self.size <= IN_MEMORY < self.size + len(piece):
            self._roll_over()
        self.size, self.heard = self.size + len(piece), now
        self._tail = (self._tail + piece)[-len(_LAST_CHUNK) :]
        if self.wanted is None and not self._chunked:
            self._head += piece
            self._read_head()

    @property
    def is_whole(self) -> bool:
        """Whether the app can read all of it without waiting, or will refuse it by its head."""
        if self._chunked:
            return self._tail == _LAST_CHUNK or self.size > LARGEST_BODY
        return self.size >= self.wanted if self.wanted is not None else self.size > LONGEST_HEAD

    def is_late(self, *, now: float) -> bool:
        """Tell whether its sender has been too slow."""
        in_head = self.wanted is None and not self._chunked
        return (
            now - self.heard > SILENT_S
            or now - self.begun > WHOLE_S
            or (in_head and now - self.begun > HEAD_S)
        )

    @property
    def is_cut(self) -> bool:
        """Whether more of it may come than was waited for: its connection can serve no other request."""
        whole = self._chunked or (self.wanted is not None and not self._is_long)
        return not whole or self.size > LARGEST_BODY

    def left(self) -> bytes:
        """Return what came after the request that was read."""
        return bytes(self.take_buffered() + self._spool.read())

    def rewind(self) -> None:
        """Let it be read from its beginning."""
        self._spool.seek(0)

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece of what has arrived; never wait for more."""
        return self._spool.read(min(max(size_hint or 0, 8192), 1024 * 1024))

    def close(self) -> None:
        """Let go of what it holds."""
        self._spool.close()

    def _roll_over(self) -> None:
        """Go on in a file without a name."""
        self._spool.seek(0)
        file: IO[bytes] = TemporaryFile()  # noqa: SIM115  (closed with its connection)
        file.write(self._spool.read())
        self._spool = file

    def _read_head(self) -> None:
        end = self._head.find(_END)
        if end < 0:
            return
        head, self._head = self._head[: end + len(_END)], b""
        self._chunked = _CHUNKED.search(head) is not None
        length = _LENGTH.search(head)
        body = int(length[1]) if length else 0
        self._is_long = body > LARGEST_BODY
        self.expects = _EXPECTS.search(head) is not None and not self._is_long
        if not self._chunked:
            self.wanted = len(head) + (0 if self._is_long else body)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Listens to every client from its one loop; threads see whole requests alone."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._arriving: dict[TConn, IncomingRequest] = {}
        self._looked = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """Wait for a request on a connection, without a thread."""
        now = time.monotonic()
        self._arriving[conn] = arrival = IncomingRequest(now=now)
        conn.sock.settimeout(0)
        self.poller.register(conn.sock, EVENT_READ, partial(self._hear, conn))
        if conn.initialized and (left := conn.parser.unreader.left()):
            arrival.take(left, now=now)
        self._hear(conn, conn.sock)

    def murder_pending(self) -> None:
        """Leave those who are too slow, once a second; where all places are taken, the oldest too."""
        super().murder_pending()
        now = time.monotonic()
        if now - self._looked < 1:
            return
        self._looked = now
        crowd = len(self._arriving) // 4 if self.nr_conns >= self.worker_connections else 0
        for number, (conn, arrival) in enumerate(list(self._arriving.items())):
            if number < crowd or arrival.is_late(now=now) or (not self.alive and not arrival.size):
                self._leave(conn, _TOO_SLOW if arrival.size else b"")

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:  # noqa: FBT001
        """Tell whether a connection may carry another request."""
        return super()._keepalive_after(conn, keepalive) and not conn.parser.unreader.is_cut

    def _hear(self, conn: TConn, _client: object) -> None:
        arrival = self._arriving[conn]
        try:
            piece = conn.sock.recv(A_PIECE)
        except (BlockingIOError, InterruptedError):
            piece = None
        except OSError:
            piece = b""
        if piece == b"" or sum(each.size for each in self._arriving.values()) > MOST_AT_ONCE:
            self._leave(conn)
            return
        if piece:
            arrival.take(piece, now=time.monotonic())
        if arrival.expects and not arrival.is_whole:
            arrival.expects = False
            _say(conn, _CONTINUE)
        if arrival.is_whole:
            self._hand_over(conn)

    def _hand_over(self, conn: TConn) -> None:
        arrival = self._arriving.pop(conn)
        self.poller.unregister(conn.sock)
        conn.init()
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_S, 0))
        if isinstance(conn.parser.unreader, IncomingRequest):
            conn.parser.unreader.close()
        arrival.rewind()
        conn.parser.unreader = arrival
        super().enqueue_req(conn)

    def _leave(self, conn: TConn, said: bytes = b"") -> None:
        self._arriving.pop(conn).close()
        self.poller.unregister(conn.sock)
        if said:
            _say(conn, said)
        self.nr_conns -= 1
        conn.close()


def _say(conn: TConn, said: bytes) -> None:
    with suppress(OSError):
        conn.sock.send(said)
