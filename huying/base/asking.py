"""One request over HTTP to a program of somebody else's: it has a time limit and is led nowhere else."""

from __future__ import annotations

import http.client
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

TIMEOUT_S = 10
LARGEST_ANSWER = 64 * 1024


class Unreached(Exception):
    """Nobody was there: nothing of the request was taken."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back."""

    status: int
    body: bytes


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: an address holds a key, a body a number."""

    def redirect_request(  # noqa: PLR0917
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: http.client.HTTPMessage,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stays)


def ask(url: str, headers: Mapping[str, str], *, body: bytes | None = None) -> HttpAnswer:
    """Post a body, or get without one.

    Raise Unreached where nobody was there, OSError where nothing came back.
    """
    request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
            return HttpAnswer(int(answer.status), answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            return HttpAnswer(error.code, error.read(LARGEST_ANSWER))
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError | socket.gaierror):
            raise Unreached from None
        raise ConnectionError from None  # the reason may hold the address, and that a key
    except http.client.HTTPException:
        raise ConnectionError from None
