"""The map over time: grids split, merge, dissolve; areas move, are renamed; nothing loses its meaning."""

from feedback.areas.operations.changes import NewGrid, dissolve, merge, place_poster, revise, split
from feedback.areas.queries.history import changes_of, live_grid, tree_at
from feedback.areas.queries.outlook import Outlook, outlook, undecided

__all__ = [
    "NewGrid",
    "Outlook",
    "changes_of",
    "dissolve",
    "live_grid",
    "merge",
    "outlook",
    "place_poster",
    "revise",
    "split",
    "tree_at",
    "undecided",
]
