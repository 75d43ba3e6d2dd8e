"""The eight tables of a deposit: their files, columns, and which cells are sealed.

Cells are text. Instants are ISO 8601 UTC with seconds and `Z`; what may be empty says so; structured
cells are canonical JSON. The first column is the row's code, unique in its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class CellKind(Enum):
    """What a cell may hold."""

    CODE = auto()  # 1–128 printable characters, no blank at either end
    TEXT = auto()  # anything without control characters
    TIME = auto()  # 2026-11-23T02:00:00Z
    COUNT = auto()  # 0, 1, 2, …
    HOURS = auto()  # 0, 12, 12.5, at most two decimals
    COUNTS = auto()  # {"name": count, …}
    NAMES = auto()  # ["name", …]
    WHISTLES = (
        auto()
    )  # [{"answered": time or "", "department": …, "due": time, "sounded": time, "ended"?}, …]
    SEALED = auto()  # <key id>.<base64url>


@dataclass(frozen=True, slots=True)
class DepositColumn:
    """A column; an `optional` cell may be empty; `refers` names the table whose code the cell repeats.

    A column that came `later`, at the end, is one that files of before lack: they are read without it.
    """

    name: str
    kind: CellKind
    docs: str
    optional: bool = False
    refers: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True)
class DepositTable:
    """A table by its name; the first column is the key."""

    name: str
    docs: str
    columns: tuple[DepositColumn, ...]

    @property
    def file(self) -> str:
        """Name inside the archive."""
        return f"{self.name}.tsv"

    @property
    def header(self) -> tuple[str, ...]:
        """Column names in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def first_header(self) -> tuple[str, ...]:
        """Column names of the files that were made before any column came later."""
        return tuple(column.name for column in self.columns if not column.later)

    @property
    def headers(self) -> frozenset[tuple[str, ...]]:
        """Column names of the files of every time: of those that came later the last ones may lack."""
        lengths = range(len(self.first_header), len(self.header) + 1)
        return frozenset(self.header[:length] for length in lengths)

    @property
    def key(self) -> str:
        """Name of the first column."""
        return self.columns[0].name

    @property
    def sealed(self) -> tuple[str, ...]:
        """Names of the sealed columns."""
        return tuple(column.name for column in self.columns if column.kind is CellKind.SEALED)


def _area(docs: str, *, optional: bool = False) -> DepositColumn:
    return DepositColumn("area", CellKind.CODE, docs, optional, refers="areas")


AREAS = DepositTable(
    "areas",
    "The whole area tree.",
    (
        DepositColumn("code", CellKind.CODE, "area code"),
        DepositColumn("parent", CellKind.CODE, "area above; empty at the top", optional=True, refers="areas"),
        DepositColumn("level", CellKind.CODE, "city, district, street, community or grid"),
        DepositColumn("name", CellKind.TEXT, "name as people read it"),
        DepositColumn(
            "grid_type", CellKind.TEXT, "class within which grids compare; empty above", optional=True
        ),
    ),
)

POSTS = DepositTable(
    "posts",
    "Who held which grid from when to when, as far as the period touches it.",
    (
        DepositColumn("code", CellKind.CODE, "code of this row"),
        _area("the grid"),
        DepositColumn("staff", CellKind.CODE, "staff code of the worker"),
        DepositColumn("valid_from", CellKind.TIME, "first instant"),
        DepositColumn("valid_to", CellKind.TIME, "first instant after; empty while it lasts", optional=True),
        DepositColumn(
            "stale_hours", CellKind.HOURS, "hours in the period in which the grid's number was not verified"
        ),
        DepositColumn("contact", CellKind.SEALED, "the worker's number", optional=True),
    ),
)

CASES = DepositTable(
    "cases",
    "Every case due in the period, and every case that changed since it was last told, until it is final.",
    (
        DepositColumn("code", CellKind.CODE, "case code"),
        _area("where it arose; empty while nobody has placed it", optional=True),
        DepositColumn("category", CellKind.TEXT, "what it is about"),
        DepositColumn("source", CellKind.CODE, "poster, voice, operator, staff or import"),
        DepositColumn("state", CellKind.CODE, "state when the deposit was made"),
        DepositColumn("opened", CellKind.TIME, "when it was opened"),
        DepositColumn("due", CellKind.TIME, "when it is due"),
        DepositColumn(
            "declared", CellKind.TIME, "when it was declared solved; empty if never", optional=True
        ),
        DepositColumn(
            "custody_seconds", CellKind.COUNTS, "seconds in each holder's hands: worker, dept:k, resident, …"
        ),
        DepositColumn(
            "whistles", CellKind.WHISTLES, "whistles in their order; `answered` is empty while unanswered"
        ),
        DepositColumn("contact", CellKind.SEALED, "number frozen at opening; empty if none", optional=True),
        DepositColumn(
            "word",
            CellKind.CODE,
            "how the resident's last word came: link, telephone, receipt or late; empty if none",
            optional=True,
            later=True,
        ),
        DepositColumn(
            "declared_by",
            CellKind.CODE,
            "holder who declared it solved last: worker, unit or dept:k; empty if nobody did",
            optional=True,
            later=True,
        ),
        DepositColumn(
            "allowed_hours",
            CellKind.COUNTS,
            "hours agreed for each holder that can answer for its part",
            optional=True,
            later=True,
        ),
    ),
)

VISITS = DepositTable(
    "visits",
    "Every visit that a worker claims in the period.",
    (
        DepositColumn("code", CellKind.CODE, "code of the visit"),
        _area("the grid"),
        DepositColumn("staff", CellKind.CODE, "staff code of who claims it"),
        DepositColumn("visited", CellKind.TIME, "when, as claimed"),
        DepositColumn("contact", CellKind.SEALED, "number of who was visited", optional=True),
        DepositColumn("address", CellKind.SEALED, "where", optional=True),
    ),
)

RATINGS = DepositTable(
    "ratings",
    "Counts of volunteered ratings, one row for an area, a holder and an item; never a single answer.",
    (
        DepositColumn("code", CellKind.CODE, "area/holder/item"),
        _area("where the cases arose"),
        DepositColumn("holder", CellKind.CODE, "who is rated: worker or dept:k"),
        DepositColumn("item", CellKind.CODE, "solved, conduct or result"),
        DepositColumn("invited", CellKind.COUNT, "invitations sent"),
        DepositColumn("delivered", CellKind.COUNT, "invitations delivered"),
        DepositColumn("answered", CellKind.COUNT, "answers received"),
        DepositColumn("options", CellKind.COUNTS, "answers to the item by option"),
    ),
)

POSTERS = DepositTable(
    "posters",
    "Every live poster.",
    (
        DepositColumn("code", CellKind.CODE, "dial code"),
        _area("the grid"),
        DepositColumn("state", CellKind.CODE, "state of the poster"),
    ),
)

LISTS = DepositTable(
    "lists",
    "Respondents whom workers listed; empty if no list was handed in.",
    (
        DepositColumn("code", CellKind.CODE, "code of this row"),
        DepositColumn("staff", CellKind.CODE, "staff code of whose list it is"),
        _area("the grid that the list is about"),
        DepositColumn("handed_in", CellKind.TIME, "when the list was handed in"),
        DepositColumn("contact", CellKind.SEALED, "number of the listed household", optional=True),
        DepositColumn("address", CellKind.SEALED, "address of the listed household", optional=True),
    ),
)

REMIT = DepositTable(
    "remit",
    "Changes of the remit in the period.",
    (
        DepositColumn("code", CellKind.CODE, "code of the remit's row"),
        DepositColumn("category", CellKind.TEXT, "kind of case"),
        _area("where it holds"),
        DepositColumn("lead", CellKind.CODE, "department that leads"),
        DepositColumn("supporting", CellKind.NAMES, "departments that support"),
        DepositColumn("valid_from", CellKind.TIME, "first instant"),
        DepositColumn("valid_to", CellKind.TIME, "first instant after; empty while it lasts", optional=True),
        DepositColumn("agreed_by", CellKind.TEXT, "who agreed"),
    ),
)

TABLES = (AREAS, POSTS, CASES, VISITS, RATINGS, POSTERS, LISTS, REMIT)
BY_NAME = {table.name: table for table in TABLES}
