"""Rejected rows and uncredited persons as tables for people, and as a workbook to mend and hand in again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import polars as pl
import xlsxwriter

from fairwrench.ledger.cells.datetimes import serial_day
from fairwrench.ledger.people.crediting import UNCREDITED

REJECTED = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "reason_en": pl.String,
    "code": pl.String,
    "field": pl.String,
    "person": pl.String,
}
LISTED = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "store": pl.String,
    "elsewhere": pl.String,
    "left_on": pl.Date,
    "begins_on": pl.Date,
    "field": pl.String,
}


#: reasons that lie in the cell itself, so that its address says where to mend it
_OF_A_DATE = ("future", "far_date", "not_a_date", "no_such_date", "skipped_time", "not_a_month")
_OF_A_CELL = ("cell_error", "uncomputed")


def rejected_frame(
    failures: pl.DataFrame,
    numbers: pl.Series | None,
    labels: Mapping[str, str],
    place: Mapping[str, str],
    letters: Mapping[str, str] | None = None,
    *,
    people: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row a reason. `numbers` are the rows' numbers by position (None: `_at` is the number), `labels` what each
    column is called, `letters` by which letter a workbook shows it, `people` (`_at`, `person`) whom rows are about.
    Dates stand as a person sees them, not as a spreadsheet's serial numbers."""
    if people is None:
        people = pl.DataFrame(schema={"_at": pl.UInt32, "person": pl.String})
    failures = failures.join(people, on="_at", how="left", maintain_order="left")
    placed = _dates_as_seen(_addressed(_placed(failures, numbers, labels, place), letters or {}))
    # One row of the sheet may be several rows of evidence (a cell with two names): its reason stands once.
    return placed.select(pl.col(name).cast(kind) for name, kind in REJECTED.items()).unique(maintain_order=True)


def _addressed(placed: pl.DataFrame, letters: Mapping[str, str]) -> pl.DataFrame:
    """The reasons of single cells with the cell's address."""
    letter = pl.col("field").replace_strict(dict(letters), default=None, return_dtype=pl.String)
    address = pl.when(pl.col("code").is_in(_OF_A_CELL)).then(letter + pl.col("row").cast(pl.String))
    return placed.with_columns(
        reason=pl.coalesce(pl.concat_str(pl.lit("单元格 "), address, pl.lit("："), "reason"), "reason"),
        reason_en=pl.coalesce(pl.concat_str(pl.lit("cell "), address, pl.lit(": "), "reason_en"), "reason_en"),
    )


def _dates_as_seen(placed: pl.DataFrame) -> pl.DataFrame:
    """The values of rejected dates that are serial numbers as the dates they stand for."""
    dated = placed.filter(pl.col("code").is_in(_OF_A_DATE))["value"].drop_nulls().unique().to_list()
    seen = {text: f"{day:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00") for text in dated if (day := serial_day(text))}
    known = pl.col("value").replace(seen) if seen else pl.col("value")
    return placed.with_columns(value=pl.when(pl.col("code").is_in(_OF_A_DATE)).then(known).otherwise("value"))


def listed_uncredited(
    frames: list[pl.DataFrame],
    accepted: pl.DataFrame | None,
    numbers: pl.Series | None,
    labels: Mapping[str, str],
    place: Mapping[str, str],
) -> pl.DataFrame:
    """The cells of accepted rows whose person is on no roster; without `accepted` all of `frames` are of such rows."""
    strangers = pl.concat(frames) if frames else pl.DataFrame(schema=UNCREDITED)
    placed = _placed(strangers, numbers, labels, place)
    if accepted is not None:
        placed = placed.filter(pl.col("row").is_in(accepted["_row"].unique().implode()))
    return placed.select(pl.col(name).cast(kind) for name, kind in LISTED.items()).sort("row", maintain_order=True)


def _placed(
    frame: pl.DataFrame, numbers: pl.Series | None, labels: Mapping[str, str], place: Mapping[str, str]
) -> pl.DataFrame:
    return frame.with_columns(
        *(pl.lit(text).alias(name) for name, text in place.items()),
        row=frame["_at"].cast(pl.Int64) if numbers is None else numbers.gather(frame["_at"]),
        column=pl.col("_field").replace(dict(labels)),
        field=pl.col("_field"),
    )


class Returned(Protocol):
    """What a rejected sheet is written from; `Intake` is one."""

    @property
    def sheet(self) -> str:
        """Its name as uploaded."""

    @property
    def source(self) -> str:
        """Which source it is."""

    @property
    def rejected(self) -> pl.DataFrame:
        """One row a reason."""

    @property
    def originals(self) -> pl.DataFrame:
        """The rejected rows as uploaded, and `_row`."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The header of its columns."""


#: the two columns that we add; intake knows them again and passes over them
REASON_LABELS = {"zh": ("退回原因", "原行号"), "en": ("Reason", "Original row")}
#: bounds of Excel: a sheet has 1 048 576 rows, its name 31 signs, a cell 32 767
_ROWS = 1_000_000
_NAME_LENGTH = 31
_TEXT_LENGTH = 32_767


class ReturnedFile(Protocol):
    """What a workbook of rejected rows is written from; `FileIntake` is one."""

    @property
    def sheets(self) -> Iterable[Returned]:
        """Its recognised sheets."""


def write_rejected(path: Path, found: ReturnedFile, lang: str = "zh") -> int:
    """Write the rejected rows of a file as a workbook to mend and hand in again; returns how many rows.

    Every row stands as it was uploaded, led by why it was rejected. All cells are text, so none can start a formula.
    """
    written = 0
    names: set[str] = set()
    # Row by row to the disk: a file of a million rows may be rejected whole. So cells are written in order, once.
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for part in found.sheets:
        for begin in range(0, part.originals.height, _ROWS):
            sheet = book.add_worksheet(_sheet_name(part.sheet or part.source, names))
            written += _write(sheet, part, part.originals.slice(begin, _ROWS), lang)
    # A workbook without a sheet cannot be opened.
    if not written:
        book.add_worksheet(_sheet_name("", names))
    book.close()
    return written


def _write(sheet: xlsxwriter.worksheet.Worksheet, part: Returned, originals: pl.DataFrame, lang: str) -> int:
    reasons = _reasons(part.rejected, lang)
    for at, label in enumerate((*REASON_LABELS[lang], *part.labels)):
        sheet.write_string(0, at, label)
    for line, (*cells, number) in enumerate(originals.select(pl.exclude("_row"), "_row").iter_rows(), 1):
        sheet.write_string(line, 0, reasons.get(number, "")[:_TEXT_LENGTH])
        sheet.write_string(line, 1, str(number))
        for at, cell in enumerate(cells, 2):
            if cell is not None:
                sheet.write_string(line, at, cell[:_TEXT_LENGTH])
    return originals.height


def _reasons(rejected: pl.DataFrame, lang: str) -> dict[int, str]:
    """All reasons of each row as one text: `接车时间：必填，不能为空；…`."""
    reason, mark = ("reason", "：") if lang == "zh" else ("reason_en", ": ")
    words = pl.concat_str("column", pl.lit(mark), reason)
    return dict(rejected.group_by("row").agg(words.str.join("；" if lang == "zh" else "; ")).iter_rows())


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a workbook allows and that is not taken yet."""
    # Four signs are kept for a number behind it.
    base = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[: _NAME_LENGTH - 4] or "Sheet"
    found, number = base, 1
    # Excel compares the names of sheets without their case.
    while found.lower() in taken:
        number += 1
        found = f"{base} {number}"
    taken.add(found.lower())
    return found
