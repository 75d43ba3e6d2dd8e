"""The eight tables of a deposit: their files, columns, and which cells are sealed.

Cells are text. Instants are ISO 8601 UTC with seconds and `Z`; what may be empty says so; structured
cells are canonical JSON. The first column is the row's code, unique in its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a cell may hold."""

    CODE = auto()  # 1–128 printable characters, no blank at either end
    TEXT = auto()  # anything without control characters
    TIME = auto()  # 2026-11-23T02:00:00Z
    COUNT = auto()  # 0, 1, 2, …
    HOURS = auto()  # 0, 12, 12.5, at most two decimals
    COUNTS = auto()  # {"name": count, …}
    NAMES = auto()  # ["name", …]
    WHISTLES = auto()  # [{"answered": time or "", "department": …, "due": time, "sounded": time}, …]
    SEALED = auto()  # <key id>.<base64url>


@dataclass(frozen=True, slots=True)
class Column:
    """A column; an `optional` cell may be empty; `refers` names the table whose code the cell repeats."""

    name: str
    kind: Kind
    docs: str
    optional: bool = False
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its name; the first column is the key."""

    name: str
    docs: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """Name inside the archive."""
        return f"{self.name}.tsv"

    @property
    def header(self) -> tuple[str, ...]:
        """Column names in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> str:
        """Name of the first column."""
        return self.columns[0].name

    @property
    def sealed(self) -> tuple[str, ...]:
        """Names of the sealed columns."""
        return tuple(column.name for column in self.columns if column.kind is Kind.SEALED)


def _area(docs: str, *, optional: bool = False) -> Column:
    return Column("area", Kind.CODE, docs, optional, refers="areas")


AREAS = Table(
    "areas",
    "The whole area tree.",
    (
        Column("code", Kind.CODE, "area code"),
        Column("parent", Kind.CODE, "area above; empty at the top", optional=True, refers="areas"),
        Column("level", Kind.CODE, "city, district, street, community or grid"),
        Column("name", Kind.TEXT, "name as people read it"),
        Column("grid_type", Kind.TEXT, "class within which grids compare; empty above", optional=True),
    ),
)

POSTS = Table(
    "posts",
    "Who held which grid from when to when, as far as the period touches it.",
    (
        Column("code", Kind.CODE, "code of this row"),
        _area("the grid"),
        Column("staff", Kind.CODE, "staff code of the worker"),
        Column("valid_from", Kind.TIME, "first instant"),
        Column("valid_to", Kind.TIME, "first instant after; empty while it lasts", optional=True),
        Column("stale_hours", Kind.HOURS, "hours in the period in which the grid's number was not verified"),
        Column("contact", Kind.SEALED, "the worker's number", optional=True),
    ),
)

CASES = Table(
    "cases",
    "Every case due in the period.",
    (
        Column("code", Kind.CODE, "case code"),
        _area("where it arose; empty while nobody has placed it", optional=True),
        Column("category", Kind.TEXT, "what it is about"),
        Column("source", Kind.CODE, "poster, voice, operator, staff or import"),
        Column("state", Kind.CODE, "state when the deposit was made"),
        Column("opened", Kind.TIME, "when it was opened"),
        Column("due", Kind.TIME, "when it is due"),
        Column("declared", Kind.TIME, "when it was declared solved; empty if never", optional=True),
        Column("custody_seconds", Kind.COUNTS, "seconds in each holder's hands: worker, dept:k, resident, …"),
        Column("whistles", Kind.WHISTLES, "whistles in their order; `answered` is empty while unanswered"),
        Column("contact", Kind.SEALED, "number frozen at opening; empty if none", optional=True),
    ),
)

VISITS = Table(
    "visits",
    "Every visit that a worker claims in the period.",
    (
        Column("code", Kind.CODE, "code of the visit"),
        _area("the grid"),
        Column("staff", Kind.CODE, "staff code of who claims it"),
        Column("visited", Kind.TIME, "when, as claimed"),
        Column("contact", Kind.SEALED, "number of who was visited", optional=True),
        Column("address", Kind.SEALED, "where", optional=True),
    ),
)

RATINGS = Table(
    "ratings",
    "Counts of volunteered ratings, one row for an area, a holder and an item; never a single answer.",
    (
        Column("code", Kind.CODE, "area/holder/item"),
        _area("where the cases arose"),
        Column("holder", Kind.CODE, "who is rated: worker or dept:k"),
        Column("item", Kind.CODE, "solved, conduct or result"),
        Column("invited", Kind.COUNT, "invitations sent"),
        Column("delivered", Kind.COUNT, "invitations delivered"),
        Column("answered", Kind.COUNT, "answers received"),
        Column("options", Kind.COUNTS, "answers to the item by option"),
    ),
)

POSTERS = Table(
    "posters",
    "Every live poster.",
    (
        Column("code", Kind.CODE, "dial code"),
        _area("the grid"),
        Column("state", Kind.CODE, "state of the poster"),
    ),
)

LISTS = Table(
    "lists",
    "Respondents whom workers listed; empty if no list was handed in.",
    (
        Column("code", Kind.CODE, "code of this row"),
        Column("staff", Kind.CODE, "staff code of whose list it is"),
        _area("the grid that the list is about"),
        Column("handed_in", Kind.TIME, "when the list was handed in"),
        Column("contact", Kind.SEALED, "number of the listed household", optional=True),
        Column("address", Kind.SEALED, "address of the listed household", optional=True),
    ),
)

REMIT = Table(
    "remit",
    "Changes of the remit in the period.",
    (
        Column("code", Kind.CODE, "code of the remit's row"),
        Column("category", Kind.TEXT, "kind of case"),
        _area("where it holds"),
        Column("lead", Kind.CODE, "department that leads"),
        Column("supporting", Kind.NAMES, "departments that support"),
        Column("valid_from", Kind.TIME, "first instant"),
        Column("valid_to", Kind.TIME, "first instant after; empty while it lasts", optional=True),
        Column("agreed_by", Kind.TEXT, "who agreed"),
    ),
)

TABLES = (AREAS, POSTS, CASES, VISITS, RATINGS, POSTERS, LISTS, REMIT)
BY_NAME = {table.name: table for table in TABLES}
