"""What an installation sets: read once from the environment, frozen, checked before anything is served."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from huying.base import channels as base_channels
from huying.base import dialling, identity_provider
from huying.base import voice as base_voice
from huying.base.channels import Channels
from huying.base.dialling import DiallerSettings
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.identity_provider import LOOPBACK, Provider
from huying.base.keys import Keyring
from huying.base.voice import Voice

SECRET_LENGTH = 32
THREADS, MOST_THREADS = 8, 64
LEAST_TOKEN = 24
SECOND_FACTOR = ("required", "optional")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one side. `prefix` is what its variables begin with, e.g. `HUYING_PUBLIC`.

    `owner_url` opens the database as the role that owns its tables; `upgrade` alone needs it. `processes`
    answer pages side by side, each with so many `threads`. `hosts` are further names by which the pages are
    reached; who shows `metrics_token` reads the figures of operation from elsewhere than loopback. `unit` is
    who runs this side, as its pages name them. `backup_key` is the public key to which backups are
    sealed.
    """

    side: str
    prefix: str
    data: Path
    database_url: str
    base_url: str
    secret: str
    demo: bool
    debug: bool
    origin: str
    region: str
    allowed_numbers: str
    second_factor: str = ""
    provider: Provider | None = None
    voice: Voice = field(default_factory=Voice)
    channels: Channels = field(default_factory=Channels)
    dialler: DiallerSettings = field(default_factory=DiallerSettings)
    owner_url: str = ""
    processes: int = 1
    threads: int = THREADS
    hosts: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)
    unit: str = ""
    backup_key: str = ""

    @property
    def asks_second_factor(self) -> bool:
        """Whether nobody signs in without a code: on the independent side, but for the demo."""
        usual = self.side == "survey" and not self.demo
        return self.second_factor == "required" or (usual and not self.second_factor)

    @property
    def sends_messages(self) -> bool:
        """Whether messages go to telephones; else numbers are checked, and residents asked, by hand."""
        return self.demo or self.channels.reaches_people

    @property
    def keys(self) -> Keyring:
        """The key files of this side, in a folder of its own."""
        return Keyring(self.data / "keys" / self.side)

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel by TLS only: always, but on plain loopback."""
        return not (self.base_url.startswith("http://") and self._on_loopback)

    @property
    def _on_loopback(self) -> bool:
        return urlsplit(self.base_url).hostname in LOOPBACK

    def for_serving(self) -> Settings:
        """Return these settings; raise Refused where they are unfit to serve people."""
        for fault in self._faults():
            raise Refused(fault)
        return self

    def _faults(self) -> list[str]:
        faults = []
        parts = urlsplit(self.base_url)
        if not parts.hostname:
            faults.append(
                _(
                    "%(prefix)s_BASE_URL 未设置：请设为居民打开的网址，例如 https://hy.example.cn",
                    prefix=self.prefix,
                )
            )
        elif parts.scheme != "https" and not self.demo:
            faults.append(_("%(prefix)s_BASE_URL 必须以 https:// 开头", prefix=self.prefix))
        if self.demo and not self._on_loopback:
            faults.append(
                _(
                    "演示只在本机运行：请取消设置 HUYING_DEMO，或把 %(prefix)s_BASE_URL 设为本机网址，"
                    "例如 http://127.0.0.1:8000",
                    prefix=self.prefix,
                )
            )
        if len(self.secret) < SECRET_LENGTH:
            faults.append(
                _(
                    "%(prefix)s_SECRET 太短：至少 %(secret_length)s 个字符；不设则自动生成",
                    prefix=self.prefix,
                    secret_length=SECRET_LENGTH,
                )
            )
        if self.debug and not self.demo:
            faults.append(_("%(prefix)s_DEBUG 不能在演示以外打开：请取消设置", prefix=self.prefix))
        faults += self._faults_of_serving()
        if self.second_factor not in {"", *SECOND_FACTOR}:
            faults.append(
                _("%(prefix)s_SECOND_FACTOR 只能是 required（必须）或 optional（自愿）", prefix=self.prefix)
            )
        faults += self.voice.faults(prefix=self.prefix, demo=self.demo, region=self.region)
        faults += self.channels.faults(prefix=self.prefix, demo=self.demo)
        faults += self.dialler.faults(prefix=self.prefix, demo=self.demo, region=self.region)
        return [*faults, *identity_provider.faults(self.provider, prefix=self.prefix)]

    def _faults_of_serving(self) -> list[str]:
        faults = []
        if self.processes < 1:
            faults.append(_("%(prefix)s_PROCESSES 应当是 1 以上的整数", prefix=self.prefix))
        if not 1 <= self.threads <= MOST_THREADS:
            faults.append(
                _("%(prefix)s_THREADS 应当是 1 到 %(most)d 的整数", prefix=self.prefix, most=MOST_THREADS)
            )
        if self.metrics_token and len(self.metrics_token) < LEAST_TOKEN:
            faults.append(
                _(
                    "%(prefix)s_METRICS_TOKEN 太短：至少 %(least)d 个字符",
                    prefix=self.prefix,
                    least=LEAST_TOKEN,
                )
            )
        return faults


def load(side: str, prefix: str, environ: Mapping[str, str]) -> Settings:
    """Return the settings of `side` from variables `HUYING_DATA` and `<prefix>_…`; missing keys are made.

    Without `HUYING_DATA` each side has a folder of its own, `var/public` or `var/survey`.
    """
    data = Path(environ.get("HUYING_DATA") or _usual_folder(side)).resolve()
    demo = environ.get("HUYING_DEMO") == "1"
    keys = Keyring(data / "keys" / side)

    def own(name: str, default: str) -> str:
        return environ.get(f"{prefix}_{name}") or default

    secret = environ.get(f"{prefix}_SECRET") or keys.text("session")
    return Settings(
        side=side,
        prefix=prefix,
        data=data,
        database_url=own("DATABASE_URL", f"sqlite:///{data / f'{side}.db'}"),
        owner_url=own("OWNER_DATABASE_URL", ""),
        base_url=own("BASE_URL", "").rstrip("/"),
        secret=secret,
        demo=demo,
        debug=own("DEBUG", "") == "1",
        origin=own("ORIGIN", f"huying.local/{side}"),
        region=environ.get("HUYING_REGION") or "CN",
        allowed_numbers="invented" if demo else "real",
        second_factor=own("SECOND_FACTOR", ""),
        provider=identity_provider.read(own),
        voice=base_voice.read(own, demo=demo, key=secret),
        channels=base_channels.read(own, demo=demo, key=secret),
        processes=_processes(own("PROCESSES", ""), alone=demo or side == "public"),
        threads=_number(own("THREADS", str(THREADS))),
        hosts=tuple(name.strip() for name in own("HOSTS", "").split(",") if name.strip()),
        metrics_token=own("METRICS_TOKEN", ""),
        dialler=dialling.read(own, demo=demo, key=secret),
        unit=own("UNIT", ""),
        backup_key=own("BACKUP_KEY", ""),
    )


def _processes(text: str, *, alone: bool) -> int:
    """Return how many processes answer; unless set, one a core, or one where pages are kept in memory."""
    if text:
        return _number(text)
    return 1 if alone else len(os.sched_getaffinity(0))


def _number(text: str) -> int:
    """Return a small whole number, 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _usual_folder(side: str) -> Path:
    """Where a side's data lie if nothing else is said; an installation that shares `var` keeps it."""
    shared = Path("var")
    return shared if (shared / f"{side}.db").exists() or (shared / "keys" / side).exists() else shared / side
