"""Tables that offices bring: CSV, XLSX, XLS of any make, read into rows by headings, or one sentence."""

from huying.sheets.choice import Choice, Choose
from huying.sheets.layout import Column, ColumnKind, Fold, Foreign, Layout
from huying.sheets.reading import read
from huying.sheets.recognition import Recognition, Unrecognised
from huying.sheets.table import Fault, Faults, Row, Table
from huying.sheets.writing import Form, returned, template

__all__ = [
    "Choice",
    "Choose",
    "Column",
    "ColumnKind",
    "Fault",
    "Faults",
    "Fold",
    "Foreign",
    "Form",
    "Layout",
    "Recognition",
    "Row",
    "Table",
    "Unrecognised",
    "read",
    "returned",
    "template",
]
