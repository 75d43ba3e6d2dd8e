"""The first member of a backup: what it holds, of which side and moment, with the digest of every file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path

from huying.base.errors import Invalid
from huying.base.i18n import _

FORMAT = "huying-backup/v1"
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a backup: its bytes counted, its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptDatabase:
    """What is known of a copied database, so that it can be put back and looked through.

    `rows` are counted by table; `columns` and `sequences` are PostgreSQL's alone.
    """

    dialect: str
    revision: str
    rows: Mapping[str, int]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sequences: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sealed file holds; `keys_of` is the digest of the backup whose keys it holds, else empty."""

    side: str
    made_at: str
    files: Mapping[str, KeptFile]
    database: KeptDatabase | None = None
    keys_of: str = ""

    def text(self) -> str:
        """Return the text that is stored."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True, ensure_ascii=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the text, by which keys and backup know each other."""
        return sha256(self.text().encode()).hexdigest()


def of_files(folder: Path) -> dict[str, KeptFile]:
    """Return every file under a folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): of_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def of_file(path: Path) -> KeptFile:
    """Return the size and the digest of a file."""
    with path.open("rb") as file:
        return KeptFile(path.stat().st_size, file_digest(file, "sha256").hexdigest())


def read(data: bytes) -> Contents:
    """Return what a stored text says; raise Invalid where it is another format's."""
    found = json.loads(data)
    if found.pop("format", None) != FORMAT:
        raise Invalid(_("备份文件的格式不是这个版本能读的。"))
    files = {name: KeptFile(**each) for name, each in found.pop("files").items()}
    held = found.pop("database")
    database = None if held is None else _database(held)
    return Contents(files=files, database=database, **found)


def _database(held: Mapping[str, Mapping[str, list[str]]]) -> KeptDatabase:
    given = dict(held)
    columns = {table: tuple(names) for table, names in given.pop("columns").items()}
    return KeptDatabase(columns=columns, **given)  # type: ignore[arg-type]
