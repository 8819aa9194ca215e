"""Workbooks whose XML is written by hand, as other programs write it: prefixes, indentation, date systems, styles."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from fairwrench.ledger.files.reading import read_sheets
from fairwrench.ledger.files.sheet import Limits, Sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
#: number formats by the style that a cell names: general, date, [h]:mm, h:mm, date with time, text with an h in quotes
FORMATS = ("General", "yyyy-mm-dd", "[h]:mm", "h:mm", "yyyy-mm-dd hh:mm", '0.0" h"')
GENERAL, DATE, ELAPSED, CLOCK, MOMENT, HOURS_IN_WORDS = range(len(FORMATS))
EXTENSION = (
    '<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}"><x15:workbookPr '
    'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main" chartTrackingRefBase="1"/>'
    "</ext></extLst>"
)


def cell(at: str, value: object, style: int = GENERAL) -> str:
    """A cell with a number, or with a text written into it."""
    if isinstance(value, int | float):
        return f'<c r="{at}" s="{style}"><v>{value}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'


def row(number: int, cells: Iterable[str]) -> str:
    """A row of cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def texts(number: int, words: Sequence[object]) -> str:
    """A row of texts and numbers from column A on; None leaves a cell away."""
    return row(number, (cell(f"{chr(65 + at)}{number}", word) for at, word in enumerate(words) if word is not None))


def dressed(rows: str, dress: str) -> str:
    """The rows as another program would write the same: `plain`, `prefixed`, `indented`, `single quotes`."""
    match dress:
        case "prefixed":
            return re.sub(r"<(/?)(row|c|f|v|is|t)(?=[\s>/])", r"<\1x:\2", rows)
        case "indented":
            return re.sub(r"(</f>|<f/>|</v>|</c>|<c [^>]*[^/]>|</row>|<row [^>]*>)", r"\1\n        ", rows)
        case "single quotes":
            return rows.replace('"', "'")
        case _:
            return rows


def book(
    rows: str, *, dress: str = "plain", properties: str = "", after: str = "", merged: Sequence[str] = ()
) -> bytes:
    """A workbook of one sheet, 甲. `properties` are the attributes of workbookPr, `after` what follows the sheets."""
    prefix = "x:" if dress == "prefixed" else ""
    space = f'xmlns{":x" if prefix else ""}="{MAIN}"'
    spans = "".join(f'<{prefix}mergeCell ref="{span}"/>' for span in merged)
    spans = f"<{prefix}mergeCells>{spans}</{prefix}mergeCells>" if spans else ""
    sheet = f"<{prefix}worksheet {space}><{prefix}sheetData>{dressed(rows, dress)}</{prefix}sheetData>{spans}"
    whole = f'<workbook xmlns="{MAIN}" xmlns:r="{_LINKS}"><workbookPr {properties}/>'
    whole += f'<sheets><sheet name="甲" sheetId="1" r:id="rId1"/></sheets>{after}</workbook>'
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": whole,
        "xl/_rels/workbook.xml.rels": _links(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/worksheets/sheet1.xml": f"{sheet}</{prefix}worksheet>",
        "xl/styles.xml": _styles(),
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, _HEAD + text)
    return kept.getvalue()


def read(content: bytes) -> Sheet:
    """The only sheet of a workbook."""
    (sheet,) = read_sheets(content, Limits())
    return sheet


def grid(content: bytes) -> list[tuple[str | None, ...]]:
    """The texts of its cells."""
    return read(content).grid.rows()


def _types() -> str:
    parts = (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("styles", "styles"))
    named = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{_KIND}.{kind}+xml"/>' for part, kind in parts)
    links = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{links}{named}</Types>'


def _links(*targets: tuple[str, str]) -> str:
    named = "".join(
        f'<Relationship Id="rId{at}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{named}</Relationships>'


def _styles() -> str:
    codes = [code.replace('"', "&quot;") for code in FORMATS]
    own = "".join(f'<numFmt numFmtId="{163 + at}" formatCode="{code}"/>' for at, code in enumerate(codes) if at)
    used = "".join(f'<xf numFmtId="{163 + at if at else 0}" applyNumberFormat="1"/>' for at in range(len(FORMATS)))
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><cellXfs>{used}</cellXfs></styleSheet>'
