"""How large a table may be: what is larger is refused before it can fill the memory."""

from __future__ import annotations

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a compound file: old workbooks, and new ones under a password."""

MOST_BYTES = 64 * 1024**2
MOST_UNPACKED = 512 * 1024**2
MOST_RATIO = 150
"""Unpacked bytes a packed one: a workbook of text has 5 to 30, a bomb a thousand."""

MOST_MEMBERS = 1000
MOST_ROWS = 500_000
MOST_COLUMNS = 300
MOST_CHARACTERS = 32_767
"""What a cell of a spreadsheet program can hold."""

LOOKED_AT = 200
"""Rows from the top by which a table is judged."""

SEARCHED = 20
"""In how many rows from the top the headings are looked for."""

MOST_SPOKEN = 512 * 1024**2
"""Bytes that the rows of a workbook may come to: a text that many cells share counts in each."""

SECONDS = 150
MEMORY = 3 * 1024**3
"""Address space of the process that opens workbooks."""
