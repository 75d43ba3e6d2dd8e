"""What a command works on: the side whose group it stands in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace

import click

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.side.side import Side
from huying.store import installation
from huying.store.installation import Installation


def this_side() -> Side:
    """Return the side in whose group of commands the running command stands."""
    found = click.get_current_context().find_object(Side)
    if found is None:
        message = "no side around this command"
        raise RuntimeError(message)
    return found


def opened() -> AbstractContextManager[Installation]:
    """Open the side of the running command; an empty database gets its tables, an older one is refused."""
    side = this_side()
    return installation.opened(side.settings(), package=side.name, db=side.db)


def opened_by_owner() -> AbstractContextManager[Installation]:
    """Open the side of the running command as the role that owns its tables; refused where none is named."""
    side = this_side()
    settings = side.settings()
    if not settings.owner_url and not settings.database_url.startswith("sqlite"):
        raise Refused(_("请把 %(prefix)s_OWNER_DATABASE_URL 设为属主的地址。", prefix=settings.prefix))
    owner = replace(settings, database_url=settings.owner_url or settings.database_url)
    return installation.opened(owner, package=side.name, db=side.db)
