"""Rows of a file on the desk that say otherwise than what was decided on the pages: shown before it lands, row by row.

What the pages say is known further on (`kept_on_pages`); here the file waits until each is decided between.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from fairwrench.settlement.problem import Problem
from fairwrench.web.evidence.kept_on_pages import Contradiction, kept_on_pages
from fairwrench.web.evidence.models import Sheet, Upload
from fairwrench.web.evidence.reading.reading import frame_of

#: which of the two counts: the file's word or the page's
FILE, PAGE = "file", "page"


def contradictions(*, upload: Upload) -> list[Contradiction]:
    """Every row of a file that contradicts the pages, in the order of its rows; none once it has landed."""
    if upload.state not in (Upload.State.READ, Upload.State.LANDING) or not upload.folder:
        return []
    return [each for sheet in upload.sheets.all() for each in of_sheet(sheet=sheet, upload=upload)]


def of_sheet(*, sheet: Sheet, upload: Upload) -> list[Contradiction]:
    """Those of one sheet."""
    pages = kept_on_pages().get(sheet.source)
    rows = _rows(sheet, upload) if pages else None
    return pages.compare(upload, rows) if pages and rows is not None else []


def _rows(sheet: Sheet, upload: Upload) -> pl.DataFrame | None:
    try:
        return frame_of(upload.read_into, sheet.place, "accepted").collect()
    except FileNotFoundError:  # tidied away
        return None


def barred(*, upload: Upload) -> list[Problem]:
    """Why a file cannot land whoever hands it in; none once it has landed."""
    if upload.state not in (Upload.State.READ, Upload.State.LANDING) or not upload.folder:
        return []
    kept, told = kept_on_pages(), list[Problem]()
    for sheet in upload.sheets.all():
        if sheet.source in kept and (rows := _rows(sheet, upload)) is not None:
            told += kept[sheet.source].barred(rows)
    return [replace(problem, file=upload.name) for problem in told]


def left_out(*, sheet: Sheet, upload: Upload) -> pl.Series:
    """The rows of a sheet that do not land, as the page's word was chosen."""
    return pl.Series([each.row for each in of_sheet(sheet=sheet, upload=upload) if each.choice == PAGE], dtype=pl.Int64)


def undecided(*, upload: Upload) -> list[Problem]:
    """Why a file cannot land yet: rows that nobody has decided about."""
    waiting = [each for each in contradictions(upload=upload) if not each.choice]
    if not waiting:
        return []
    zh = f"{len(waiting)} 行与页面上已填的不同，请先决定以哪个为准"
    en = f"{len(waiting)} of its rows say otherwise than the pages; decide first which of the two counts"
    return [Problem("contradicts_pages", zh, en, file=upload.name)]
