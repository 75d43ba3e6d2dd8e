"""What a command works on: the side whose group it stands in."""

from __future__ import annotations

from contextlib import AbstractContextManager

import click

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
    return installation.opened(side.settings(), package=side.name)
