"""Word templates that we build ourselves: the appraisal form and the letter, with the placeholders that fill them.

HR may take the file, restyle it in Word, and hand it back with `--template`: what stands in braces must stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell

FONT, LATIN = "微软雅黑", "Arial"
#: width of the text on an A4 page between the margins, in mm
WIDTH = 178.0


def blank_paper() -> Paper:
    """An A4 page with our margins and fonts."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin = Mm(14), Mm(12)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(9.5)
    # Word keeps a font of its own for Chinese letters; `font.name` sets only the Latin one.
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    return paper


def line(
    paper: Paper | _Cell, text: str, size: float = 9.5, *, bold: bool = False, grey: bool = False, before: float = 0
) -> None:
    """A paragraph."""
    paragraph = paper.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if grey:
        run.font.color.rgb = RGBColor(0x5C, 0x66, 0x70)


def title(paper: Paper, text: str) -> None:
    """The paper's heading, in the middle."""
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(16), True
    paragraph.paragraph_format.space_after = Pt(6)


def grid(paper: Paper, rows: int, widths: Sequence[float]) -> Table:
    """A table with thin lines and columns of these widths in mm."""
    table: Table = paper.add_table(rows, len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            # On the cells, too: Word goes by these and LibreOffice by the columns.
            cell.width = Mm(width)
    return table


def put(cell: _Cell, text: str, *, bold: bool = False, right: bool = False, size: float = 9) -> None:
    """The text of a cell."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def shade(cell: _Cell, colour: str = "EEF1F4") -> None:
    """A pale ground for heads."""
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shading)


def heads(table: Table, words: Sequence[str]) -> None:
    """The first row as heads, repeated on every page."""
    for cell, word in zip(table.rows[0].cells, words, strict=True):
        put(cell, word, bold=True)
        shade(cell)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def whole_rows(table: Table) -> None:
    """No row of the table is torn apart by the end of a page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def directive(paper: Paper, text: str) -> None:
    """A paragraph that holds an instruction of the template and leaves nothing on the page."""
    paragraph = paper.add_paragraph()
    # As small as may be: the directive's paragraph stays on the page until the template is filled.
    paragraph.add_run(text).font.size = Pt(1)
    paragraph.paragraph_format.line_spacing = Pt(1)


def page_break(paper: Paper) -> None:
    """What follows begins on a new page."""
    paragraph = paper.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(1)
    paragraph.add_run().add_break(WD_BREAK.PAGE)


def save(paper: Paper, path: Path) -> Path:
    """Write the template."""
    path.parent.mkdir(parents=True, exist_ok=True)
    paper.save(str(path))
    return path
