"""Imports of what other systems hold: all of a file or nothing, each fault named with its line."""

from feedback.imports.operations.bringing import bring, import_areas, import_departments, import_staff
from feedback.imports.operations.cases import import_cases
from feedback.imports.operations.kinds import KINDS, Kind, find
from feedback.imports.operations.mapping import CaseMapping, find_mapping
from feedback.imports.operations.runs import Counts
from feedback.imports.operations.scope import Scope

__all__ = [
    "KINDS",
    "CaseMapping",
    "Counts",
    "Kind",
    "Scope",
    "bring",
    "find",
    "find_mapping",
    "import_areas",
    "import_cases",
    "import_departments",
    "import_staff",
]
