"""Imports of what other systems hold: all of a file or nothing, each fault named with its line."""

from feedback.operations.imports.bringing import bring, import_areas, import_departments, import_staff
from feedback.operations.imports.cases import import_cases
from feedback.operations.imports.kinds import KINDS, Kind, find
from feedback.operations.imports.mapping import CaseMapping, find_mapping
from feedback.operations.imports.runs import Counts
from feedback.operations.imports.scope import Scope

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
