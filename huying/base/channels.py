"""What an installation says of its ways to send messages: read once, checked before anything is served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from huying.base.i18n import _
from huying.base.identity_provider import LOOPBACK

SMS = ("none", "fake", "http", "twilio")
DIALECTS = ("wecom", "dingtalk", "feishu")
SECURITY = ("starttls", "ssl")
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Sms:
    """A carrier of short messages. `templates`: what the carrier calls ours, where not as we do."""

    carrier: str = "none"
    key: str = field(default="", repr=False)
    address: str = ""
    account: str = ""
    number: str = ""
    shared_key: str = field(default="", repr=False)
    templates: Mapping[str, str] = field(default_factory=dict)

    def faults(self, *, name: str, demo: bool) -> list[str]:
        """Return what is wrong with these settings, each a sentence that says what to set."""
        if self.carrier not in SMS:
            return [_("%(name)s 只能是 none、http、twilio 之一。", name=name)]
        if self.carrier == "none":
            return []
        found = []
        if (self.carrier == "fake") != demo:
            found.append(_("%(name)s：演示只用 fake，正式使用不能用 fake。", name=name))
        if len(self.key) < SHORTEST_KEY:
            found.append(_("%(name)s_KEY 太短：至少 16 个字符。", name=name))
        if self.carrier == "http" and not is_safe(self.address):
            found.append(_("%(name)s_ADDRESS 必须以 https:// 开头。", name=name))
        if self.carrier == "twilio" and not (self.account and self.number):
            found.append(_("%(name)s_ACCOUNT 和 %(name)s_NUMBER 要一起设置。", name=name))
        return found


@dataclass(frozen=True, slots=True)
class ChatGroup:
    """A robot of a group in office chat. Its address is a secret: on some platforms it holds the key."""

    name: str
    dialect: str
    address: str = field(repr=False)
    key: str = field(default="", repr=False)

    def faults(self, *, prefix: str) -> list[str]:
        """Return what is wrong with these settings."""
        name = f"{prefix}_CHAT_{variable(self.name)}"
        if self.dialect not in DIALECTS:
            return [_("%(name)s 只能是 wecom、dingtalk、feishu 之一。", name=name)]
        found = [] if is_safe(self.address) else [_("%(name)s_ADDRESS 必须以 https:// 开头。", name=name)]
        if self.dialect != "wecom" and not self.key:
            found.append(_("%(name)s_KEY 没有设置：请在群机器人里选“加签”，把密钥填在这里。", name=name))
        return found


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, `host:port`, and whom of the staff letters go to, by desk."""

    server: str = ""
    security: str = "starttls"
    user: str = ""
    key: str = field(default="", repr=False)
    sender: str = ""
    to: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The server's name."""
        return self.server.rpartition(":")[0] or self.server

    @property
    def port(self) -> int:
        """The server's port; that of its kind of security where none is named."""
        _host, _colon, port = self.server.rpartition(":")
        return int(port) if _host and port.isdigit() else {"ssl": 465}.get(self.security, 587)

    def faults(self, *, name: str) -> list[str]:
        """Return what is wrong with these settings."""
        if not self.server:
            return []
        found = []
        if self.security not in SECURITY:
            found.append(_("%(name)s_SECURITY 只能是 starttls 或 ssl。", name=name))
        if "@" not in self.sender or not all("@" in each for each in self.to.values()):
            found.append(_("%(name)s_FROM 和 %(name)s_TO 要写邮箱地址。", name=name))
        if self.user and not self.key:
            found.append(_("%(name)s_KEY 没有设置。", name=name))
        return found


@dataclass(frozen=True, slots=True)
class Channels:
    """All ways to send."""

    sms: Sms = field(default_factory=Sms)
    chats: tuple[ChatGroup, ...] = ()
    mail: Mail = field(default_factory=Mail)

    @property
    def reaches_people(self) -> bool:
        """Whether messages go to telephones: else numbers are checked, and residents asked, by hand."""
        return self.sms.carrier != "none"

    def faults(self, *, prefix: str, demo: bool) -> list[str]:
        """Return what is wrong with these settings, each a sentence that says what to set."""
        groups = [fault for group in self.chats for fault in group.faults(prefix=prefix)]
        sms = self.sms.faults(name=f"{prefix}_SMS", demo=demo)
        return [*sms, *groups, *self.mail.faults(name=f"{prefix}_MAIL")]


def read(own: Callable[[str, str], str], *, demo: bool, key: str) -> Channels:
    """Return the settings from variables `…_SMS`, `…_CHATS`, `…_MAIL`; a demonstration has the fake."""
    sms = Sms(
        carrier=own("SMS", "fake" if demo else "none"),
        key=own("SMS_KEY", key if demo else ""),
        address=own("SMS_ADDRESS", "").rstrip("/"),
        account=own("SMS_ACCOUNT", ""),
        number=own("SMS_NUMBER", ""),
        shared_key=own("SMS_SHARED_KEY", ""),
        templates=_pairs(own("SMS_TEMPLATES", "")),
    )
    mail = Mail(
        server=own("MAIL", ""),
        security=own("MAIL_SECURITY", "starttls"),
        user=own("MAIL_USER", ""),
        key=own("MAIL_KEY", ""),
        sender=own("MAIL_FROM", ""),
        to=_pairs(own("MAIL_TO", "")),
    )
    return Channels(sms, tuple(_group(own, name) for name in own("CHATS", "").split()), mail)


def variable(name: str) -> str:
    """Return how the name of a desk is written in a variable of the environment."""
    return "".join(sign if sign.isalnum() else "_" for sign in name).upper()


def is_safe(address: str) -> bool:
    """Tell whether what is sent to an address can't be read on the way."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in LOOPBACK)


def _group(own: Callable[[str, str], str], name: str) -> ChatGroup:
    its = f"CHAT_{variable(name)}"
    return ChatGroup(name, own(its, ""), own(f"{its}_ADDRESS", ""), own(f"{its}_KEY", ""))


def _pairs(text: str) -> Mapping[str, str]:
    """Return `name=value name=value` as a mapping."""
    return {name: value for name, _equals, value in (each.partition("=") for each in text.split())}
