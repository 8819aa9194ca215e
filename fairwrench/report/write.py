"""The reports of a settled month: a workbook to sort and pass on, and a page to read, beside the csv files."""

from __future__ import annotations

from fairwrench.closing.folder.folder import Progress
from fairwrench.closing.run import Run
from fairwrench.report.page.page import write_page
from fairwrench.report.papers.letters import write_letters
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.workbook import write_workbooks

#: above so many people each store has a workbook of its own
MANY = 5000


def write_reports(run: Run, bars: Progress) -> None:
    """Write settlement.xlsx, report.html and this month's letters into OUT."""
    material = ReportContext.of(run)
    work = (
        ("settlement.xlsx", lambda: write_workbooks(material, bars, many=MANY)),
        ("report.html", lambda: write_page(material)),
        ("letters", lambda: write_letters(material)),
    )
    bars.expect("report", len(work))
    for name, write in work:
        bars.step("report", name)
        write()
