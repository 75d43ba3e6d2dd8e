"""A backup put back, all or nothing: into a folder that is empty, a database that has no tables."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import make_url

from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from huying.base.keys import make_private
from huying.base.settings import Settings
from huying.keeping import loading, packing, snapshots
from huying.keeping.backups import FILES
from huying.keeping.contents import Contents, KeptDatabase
from huying.store import grants as given
from huying.store import migrate
from huying.store.grants import Grants
from huying.store.installation import connected


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a backup goes: the settings of a side, its package, its tables, what its program may do."""

    settings: Settings
    package: str
    db: SQLAlchemy
    grants: Grants


def restore(file: Path, keys: Path, *, private: str, to: Destination) -> Contents:
    """Put a backup and its keys where nothing is yet; return what it held.

    Raises Conflict where folder or database hold anything, Invalid for files that are damaged, of another
    side, or not made together. Then nothing has been stored.
    """
    with _room(to.settings.data) as draft:
        held = packing.unpack(file, draft / "in", private=private)
        sealed_keys = packing.unpack(keys, draft / "keys-in", private=private)
        database = _checked(held, sealed_keys, to)
        folder = _laid_out(draft, to.settings)
        target = _of_file(draft / "in", database, folder, to) if database.dialect == "sqlite" else None
        with _moved(folder, to.settings.data), _stored(draft / "in", database, target, to):
            pass
    return held


@contextmanager
def _room(data: Path) -> Iterator[Path]:
    """Give a folder within the one to be filled, on its file system; where nothing came in, none is left."""
    if is_new := not data.exists():
        make_private(data)
    elif not data.is_dir() or any(data.iterdir()):
        raise Conflict(_("文件夹 %(data)s 不是空的：恢复只写进空的数据文件夹。", data=data))
    draft = Path(tempfile.mkdtemp(dir=data, prefix=".restoring-"))
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        if is_new:
            data.rmdir()
        raise
    shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _moved(folder: Path, data: Path) -> Iterator[None]:
    """Move what lies in a folder into another, files last: a database never stands there without its keys."""
    moved: list[Path] = []
    try:
        moved.extend(each.rename(data / each.name) for each in sorted(folder.iterdir(), key=Path.is_file))
        yield
    except BaseException:
        for each in reversed(moved):
            each.rename(folder / each.name)
        raise


def is_newest(held: Contents, *, package: str) -> bool:
    """Tell whether restored tables are of this version of the program."""
    newest = ScriptDirectory.from_config(migrate.configuration(package)).get_current_head()
    return held.database is not None and held.database.revision == newest


def _checked(held: Contents, keys: Contents, to: Destination) -> KeptDatabase:
    if held.database is None or held.side != to.settings.side:
        raise Invalid(_("这不是这一端的备份。"))
    if keys.keys_of != held.digest:
        raise Invalid(_("这个钥匙文件不是同这份备份一起做的。"))
    if held.database.dialect != make_url(to.settings.database_url).get_backend_name():
        raise Refused(
            _(
                "备份来自 %(dialect)s，请把 %(prefix)s_DATABASE_URL 设为同一种数据库。",
                dialect=held.database.dialect,
                prefix=to.settings.prefix,
            )
        )
    try:
        ScriptDirectory.from_config(migrate.configuration(to.package)).get_revision(held.database.revision)
    except CommandError:
        raise Refused(_("备份是更新的版本做的，请先装上那个版本。")) from None
    return held.database


def _laid_out(draft: Path, settings: Settings) -> Path:
    """Lay files and keys as they lie in a side's folder; return that folder."""
    folder = draft / "data"
    make_private(folder / "keys")
    (draft / "keys-in").rename(folder / "keys" / settings.side)
    files = draft / "in" / FILES
    for each in files.iterdir() if files.is_dir() else ():
        each.rename(folder / each.name)
    return folder


def _of_file(source: Path, held: KeptDatabase, folder: Path, to: Destination) -> Path | None:
    """Check a database's file and lay it where it lies in the side's folder; else return where it goes."""
    target = Path(str(make_url(to.settings.database_url).database)).absolute()
    if target.exists():
        raise Conflict(_("已经有数据库 %(target)s：恢复不覆盖任何东西。", target=target))
    snapshots.check_file(source / snapshots.FILE, held)
    if not target.is_relative_to(to.settings.data):
        return target
    within = folder / target.relative_to(to.settings.data)
    make_private(within.parent)
    (source / snapshots.FILE).rename(within)
    return None


@contextmanager
def _stored(source: Path, held: KeptDatabase, target: Path | None, to: Destination) -> Iterator[None]:
    """Put a database back that doesn't lie in the folder."""
    if held.dialect == "postgresql":
        with _on_server(source, held, to):
            yield
        return
    if target is not None:
        make_private(target.parent)
        shutil.move(source / snapshots.FILE, target)
    yield


@contextmanager
def _on_server(source: Path, held: KeptDatabase, to: Destination) -> Iterator[None]:
    """Load the tables in one transaction, as the role that owns them; committed after the block."""
    settings = to.settings
    owner = replace(settings, database_url=settings.owner_url or settings.database_url, data=source)
    role = make_url(settings.database_url).username or ""
    with connected(owner, db=to.db) as database, database.engine.begin() as connection:
        loading.load(connection, held, source, package=to.package)
        if settings.owner_url:
            given.give(connection, to.grants, role=role)
        yield
