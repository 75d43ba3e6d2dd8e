"""Robots of groups in office chat: one adapter, three dialects, each with its own signature.

企业微信 signs nothing: the key stands in the address. 钉钉 signs `timestamp\\nsecret` by the secret, in the
query, in milliseconds. 飞书 signs nothing at all by the key `timestamp\\nsecret`, in the body, in seconds.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from huying.base import asking, clock
from huying.base.channels import ChatGroup
from huying.messaging import posting
from huying.messaging.carriers import ACCEPTED, Delivery, NoEvents, Sent, body

HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform is spoken to: what address and document carry, and what its answers say.

    `result` names the fields, in their order, in which it says that all is well (0); `busy` are its words for
    too many at once.
    """

    address: Callable[[ChatGroup, datetime], str]
    document: Callable[[ChatGroup, str, datetime], Mapping[str, Any]]
    result: tuple[str, ...]
    busy: frozenset[int]


def _as_it_is(group: ChatGroup, _at: datetime) -> str:
    return group.address


def _signed_query(group: ChatGroup, at: datetime) -> str:
    stamp = str(int(at.timestamp() * 1000))
    sign = _mac(group.key.encode(), f"{stamp}\n{group.key}".encode())
    joint = "&" if "?" in group.address else "?"
    return f"{group.address}{joint}{urlencode({'timestamp': stamp, 'sign': sign})}"


def _plain(_group: ChatGroup, text: str, _at: datetime) -> Mapping[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _signed_document(group: ChatGroup, text: str, at: datetime) -> Mapping[str, Any]:
    stamp = str(int(at.timestamp()))
    sign = _mac(f"{stamp}\n{group.key}".encode(), b"")
    return {"timestamp": stamp, "sign": sign, "msg_type": "text", "content": {"text": text}}


def _mac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.digest(key, text, "sha256")).decode()


DIALECTS = {
    "wecom": Dialect(_as_it_is, _plain, ("errcode",), frozenset({-1, 45009})),
    "dingtalk": Dialect(_signed_query, _plain, ("errcode",), frozenset({-1, 90030, 130101})),
    "feishu": Dialect(_as_it_is, _signed_document, ("code", "StatusCode"), frozenset({9499, 11232})),
}


@dataclass(frozen=True, slots=True)
class ChatCarrier(NoEvents):
    """Writes into the groups of an installation; `number` is the name of a group."""

    groups: tuple[ChatGroup, ...]
    name: str = "chat"

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:  # noqa: ARG002
        """Write a message into a group; what its platform doesn't answer stays unknown."""
        group = next((each for each in self.groups if each.name == number), None)
        if group is None:
            return Sent(Delivery.REFUSED, "group")
        dialect, now = DIALECTS[group.dialect], clock.now()
        document = json.dumps(dialect.document(group, body(template, params), now), ensure_ascii=False)
        address = dialect.address(group, now)
        return posting.outcome(
            lambda: asking.ask(address, HEADERS, body=document.encode()),
            read=lambda answer: _said(dialect, json.loads(answer)),
        )


def _said(dialect: Dialect, answer: Mapping[str, Any]) -> Sent:
    code = next(int(answer[name]) for name in dialect.result if name in answer)
    if code == 0:
        return ACCEPTED
    return Sent(Delivery.LATER if code in dialect.busy else Delivery.REFUSED, str(code))
