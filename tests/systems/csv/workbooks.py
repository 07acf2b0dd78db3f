"""Workbooks in the XML that Excel writes: shared strings, dates as serial numbers, formulas with the results it saved.

Written by hand, so that a test can say what no library would write.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STATES = ("visible", "hidden")
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that isn't text."""

    value: object = None
    """What `v` holds; None: there is no `v`."""
    form: str = "General"
    """Its number format."""
    formula: str = ""
    kind: str = ""
    """`t`: b, e, str; "" for a number."""


def day(serial: float) -> Cell:
    """A date, as Excel keeps it."""
    return Cell(serial, form="yyyy-mm-dd")


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet."""

    rows: Sequence[Sequence[object]]
    """None where a cell is absent; an empty row is no row."""
    merged: Sequence[str] = ()
    hidden: bool = False
    dimension: str = ""
    """What it tells of its own size; it may lie."""
    xml: str = ""
    """In place of the rows."""


def workbook(
    pages: Mapping[str, Worksheet], *, date1904: bool = False, parts: Mapping[str, bytes] | None = None
) -> bytes:
    """A whole file; `parts` replace those that it would have."""
    strings: dict[str, int] = {}
    forms = {"General": 0}
    sheets = {number: _sheet(page, strings, forms) for number, page in enumerate(pages.values(), start=1)}
    written = {
        "[Content_Types].xml": _types(sheets),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _book(pages, date1904=date1904),
        "xl/_rels/workbook.xml.rels": _relations(
            {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in sheets}
            | {"rIdS": ("styles", "styles.xml"), "rIdT": ("sharedStrings", "sharedStrings.xml")}
        ),
        "xl/styles.xml": _styles(forms),
        "xl/sharedStrings.xml": _strings(strings),
    } | {f"xl/worksheets/sheet{number}.xml": xml for number, xml in sheets.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (written | dict(parts or {})).items():
            archive.writestr(name, text)
    return made.getvalue()


def letters(column: int) -> str:
    """A for 1."""
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)


def _sheet(page: Worksheet, strings: dict[str, int], forms: dict[str, int]) -> str:
    if page.xml:
        return _xml(f'<worksheet xmlns="{MAIN}">{page.xml}</worksheet>')
    rows = "".join(
        f'<row r="{number}">{_row(number, cells, strings, forms)}</row>'
        for number, cells in enumerate(page.rows, start=1)
        if cells
    )
    size = f'<dimension ref="{page.dimension}"/>' if page.dimension else ""
    merged = "".join(f'<mergeCell ref="{one}"/>' for one in page.merged)
    after = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    return _xml(f'<worksheet xmlns="{MAIN}">{size}<sheetData>{rows}</sheetData>{after}</worksheet>')


def _row(number: int, cells: Sequence[object], strings: dict[str, int], forms: dict[str, int]) -> str:
    written: list[str] = []
    for column, given in enumerate(cells, start=1):
        if given is None:
            continue
        place = f'r="{letters(column)}{number}"'
        if isinstance(given, str):
            written.append(f'<c {place} t="s"><v>{strings.setdefault(given, len(strings))}</v></c>')
            continue
        cell = given if isinstance(given, Cell) else Cell(given)
        style = f' s="{forms.setdefault(cell.form, len(forms))}"'
        kind = f' t="{cell.kind}"' if cell.kind else ""
        formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
        value = "" if cell.value is None else f"<v>{escape(str(cell.value))}</v>"
        written.append(f"<c {place}{style}{kind}>{formula}{value}</c>")
    return "".join(written)


def _book(pages: Mapping[str, Worksheet], *, date1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{escape(title)}" sheetId="{number}" state="{_STATES[page.hidden]}" r:id="rId{number}"/>'
        for number, (title, page) in enumerate(pages.items(), start=1)
    )
    system = '<workbookPr date1904="1"/>' if date1904 else "<workbookPr/>"
    return _xml(f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{system}<sheets>{sheets}</sheets></workbook>')


def _styles(forms: Mapping[str, int]) -> str:
    numbered = {form: 0 if form == "General" else 163 + index for form, index in forms.items()}
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(form, {chr(34): "&quot;"})}"/>'
        for form, number in numbered.items()
        if number
    )
    cells = "".join(f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0"/>' for number in numbered.values())
    return _xml(
        f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><fonts><font/></fonts>'
        f"<fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>{cells}</cellXfs></styleSheet>"
    )


def _strings(strings: Mapping[str, int]) -> str:
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return _xml(f'<sst xmlns="{MAIN}">{items}</sst>')


def _types(sheets: Mapping[int, str]) -> str:
    named = {f"/xl/worksheets/sheet{number}.xml": "worksheet" for number in sheets}
    named |= {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles", "/xl/sharedStrings.xml": "sharedStrings"}
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in named.items()
    )
    return _xml(
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )


def _relations(told: Mapping[str, tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in told.items()
    )
    return _xml(f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>')


def _xml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{body}'
