"""What a side's program may do to its tables on PostgreSQL, given by the role that owns them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Grants:
    """The tables whose rows the program may change, and those whose rows it may remove.

    It reads every table and adds rows to every table; no other change is its to make, whatever triggers say.
    """

    changed: frozenset[str]
    removed: frozenset[str]

    def statements(self, role: str) -> Iterator[str]:
        """Yield what gives a role exactly this; `role` comes quoted."""
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
        yield f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}"
        yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
        yield f"REVOKE INSERT ON alembic_version FROM {role}"
        for verb, tables in (("UPDATE", self.changed), ("DELETE", self.removed)):
            yield f"GRANT {verb} ON {', '.join(sorted(tables))} TO {role}"


def give(connection: Connection, grants: Grants, *, role: str) -> None:
    """Give the program's role what `grants` say, and nothing else; the connection is the owner's."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in grants.statements(quoted):
        connection.execute(text(statement))
