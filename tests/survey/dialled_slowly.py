"""One press on dial in a process of its own, which asks a platform on loopback that takes its time.

A body for `tests.support.apart`; its words are the platform's address, the unit and the fence.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Mapping

from sqlalchemy import select

from huying.base.asking import HttpAnswer
from huying.base.phones import Vault
from huying.base.settings import Settings, load
from huying.store.db import Database
from huying.telephony.http_dialler import HttpDialler
from survey.fieldwork.operations import dialling
from survey.fieldwork.operations.dialling import DialDesk
from survey.fieldwork.queries import lines
from survey.models import Account

KEY = "k" * 32


def here() -> Settings:
    """Return the settings of this process."""
    return load("survey", "HUYING_SURVEY", os.environ)


def desk_at(platform: str, settings: Settings) -> DialDesk:
    """Return what dials by a platform on loopback."""
    database, vault = Database(settings.database_url), Vault(settings.keys)
    resolve = lines.resolver(database, vault)
    dialler = HttpDialler(resolve, KEY, platform, "https://cp.example.cn", frozenset(), send=_ask)
    return DialDesk(database, vault, dialler)


def _ask(url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
    asked = urllib.request.Request(url, body, dict(headers))
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return HttpAnswer(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        return HttpAnswer(error.code, error.read())


def dial(platform: str, unit: str, fence: str) -> None:
    """Press."""
    desk = desk_at(platform, here())
    with desk.database.reading() as session:
        caller = session.scalars(select(Account).where(Account.login == "caller")).one()
    dialling.ring(desk, unit, interviewer=caller, fence=int(fence))
