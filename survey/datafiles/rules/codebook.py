"""The codebook of a package of data files: DDI Codebook 2.5, an entry for each variable of each file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET  # written here, never read

from huying.base.i18n import _
from survey.datafiles.rules.data_file import DataFile, Kind, Variable
from survey.datafiles.rules.study import StudyFacts

NAMESPACE = "ddi:codebook:2_5"
TYPES: Mapping[Kind, str] = {
    "code": "numeric",
    "count": "numeric",
    "decimal": "numeric",
    "text": "character",
    "moment": "character",
}
WEIGHT = "weight"


def codebook(study: StudyFacts, files: Sequence[DataFile], *, formats: Sequence[str]) -> bytes:
    """Return the codebook of `files`, each written in every one of `formats`."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": "zh-CN"})
    _study(root, study)
    for number, file in enumerate(files, start=1):
        _file(root, file, number=number, formats=formats)
    data = ET.SubElement(root, "dataDscr")
    for number, file in enumerate(files, start=1):
        for variable in file.variables:
            _variable(data, variable, file=number)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _study(root: ET.Element, study: StudyFacts) -> None:
    described = ET.SubElement(root, "stdyDscr")
    title = ET.SubElement(ET.SubElement(described, "citation"), "titlStmt")
    _said(title, "titl", _("网格服务电话调查，%(label)s", label=study.label))
    _said(title, "IDNo", study.release, agency="sha256")
    about = ET.SubElement(ET.SubElement(described, "stdyInfo"), "sumDscr")
    for event, moment in (("start", study.began), ("end", study.ended)):
        if moment is not None:
            _said(about, "collDate", moment.date().isoformat(), date=moment.date().isoformat(), event=event)
    _said(about, "anlyUnit", _("户"))
    _said(about, "universe", _("名册里的全部住户，%(n)s 户", n=study.households))
    collected = ET.SubElement(ET.SubElement(described, "method"), "dataColl")
    _said(
        collected,
        "sampProc",
        _(
            "按网格分层，每层里凭公开的随机数抽签，没有人挑选，凭账本可以核对。"
            "放出 %(n)s 户，完成 %(m)s 户。",
            n=study.released,
            m=study.completes,
        ),
    )
    _said(collected, "collMode", _("电话访问，一题一题照念"))
    _said(
        collected,
        "resInstru",
        _("问卷 %(name)s，指纹 %(digest)s", name=study.questionnaire, digest=study.wording),
    )
    _said(
        collected,
        "weight",
        _(
            "“weight”是每个公布的数字用的权重：层内 N/n，名册以外有已知总数的再校准。"
            "“design_weight”只是 N/n。"
        ),
    )
    access = ET.SubElement(ET.SubElement(described, "dataAccs"), "useStmt")
    _said(
        access,
        "restrctn",
        _(
            "住户、访问员只有这些文件里的号。不得用来认出任何一户；一格不到十户的数不得公布。每次取用都有记录。"
        ),
    )


def _file(root: ET.Element, file: DataFile, *, number: int, formats: Sequence[str]) -> None:
    text = ET.SubElement(ET.SubElement(root, "fileDscr", ID=f"F{number}"), "fileTxt")
    _said(text, "fileName", "; ".join(f"{file.name}.{ending}" for ending in formats))
    _said(text, "fileCont", f"{file.title}。{file.about}")
    sizes = ET.SubElement(text, "dimensns")
    _said(sizes, "caseQnty", str(len(file.rows)))
    _said(sizes, "varQnty", str(len(file.variables)))


def _variable(data: ET.Element, variable: Variable, *, file: int) -> None:
    named = {"ID": f"F{file}.{variable.name}", "name": variable.name, "files": f"F{file}"}
    weighs = {"wgt": "wgt"} if variable.name == WEIGHT else {}
    entry = ET.SubElement(data, "var", {**named, "intrvl": _scale(variable), **weighs})
    _said(entry, "labl", variable.label)
    for value, label in variable.values.items():
        lacks = {"missing": "Y"} if value in variable.missing else {}
        category = ET.SubElement(entry, "catgry", lacks)
        _said(category, "catValu", str(value))
        _said(category, "labl", label)
    kind = "character" if variable.is_word else TYPES[variable.kind]
    ET.SubElement(entry, "varFormat", {"type": kind, "category": "time" if _is_time(variable) else "other"})


def _is_time(variable: Variable) -> bool:
    return variable.kind == "moment"


def _scale(variable: Variable) -> str:
    return "contin" if variable.kind in {"count", "decimal", "moment"} else "discrete"


def _said(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text
