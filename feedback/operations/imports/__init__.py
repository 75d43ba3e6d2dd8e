"""Imports of what other systems hold: all of a file or nothing, each fault named with its line."""

from feedback.operations.imports.areas import import_areas
from feedback.operations.imports.cases import import_cases
from feedback.operations.imports.departments import import_departments
from feedback.operations.imports.mapping import CaseMapping, find_mapping
from feedback.operations.imports.offices import import_offices
from feedback.operations.imports.runs import Counts
from feedback.operations.imports.staff import import_staff

__all__ = [
    "CaseMapping",
    "Counts",
    "find_mapping",
    "import_areas",
    "import_cases",
    "import_departments",
    "import_offices",
    "import_staff",
]
