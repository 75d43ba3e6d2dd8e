"""A questionnaire's file in either form: JSON, or a workbook as XLSForm."""

from __future__ import annotations

from huying.sheets import child
from survey.fieldwork.questionnaire import files, xlsform, xlsform_reading
from survey.fieldwork.questionnaire.instrument import Questionnaire

WORKBOOK = b"PK"


def read(data: bytes, *, name: str) -> Questionnaire:
    """Return the questionnaire of a file `name`; raise Invalid where it can't be read."""
    if not data.startswith(WORKBOOK):
        return files.read(data)
    sheets = child.sheets(data, file=name)
    return xlsform_reading.read(
        {sheet.title: [[cell.text for cell in cells] for _line, cells in sheet.rows] for sheet in sheets}
    )


def written(form: Questionnaire, *, workbook: bool) -> bytes:
    """Return the questionnaire's file."""
    return child.workbook(xlsform.pages(form)) if workbook else files.write(form)
