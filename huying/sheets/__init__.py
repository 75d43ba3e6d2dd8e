"""Tables that offices bring: CSV and XLSX of any make, read into rows by their headings, or one sentence."""

from huying.sheets.layout import Column, ColumnKind, Layout
from huying.sheets.reading import read
from huying.sheets.table import Fault, Faults, Row, Table
from huying.sheets.writing import Form, returned, template

__all__ = [
    "Column",
    "ColumnKind",
    "Fault",
    "Faults",
    "Form",
    "Layout",
    "Row",
    "Table",
    "read",
    "returned",
    "template",
]
