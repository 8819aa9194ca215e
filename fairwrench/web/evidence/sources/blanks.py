"""Blank templates: a workbook for a source with its headers in Chinese, and a sheet that says what goes in."""

from __future__ import annotations

import io

import xlsxwriter

from fairwrench.report.workbook.workbook import FONT, OPTIONS
from fairwrench.settlement.source.source import Column, Source, header_of
from fairwrench.web.ui.words import both, joined

TYPES = {
    "text": both("文字", "text"),
    "int": both("整数", "whole number"),
    "decimal": both("数字", "number"),
    "bool": both("是 / 否", "yes / no"),
    "date": both("日期，如 2026-10-03", "date, like 2026-10-03"),
    "timestamp": both("日期和时间，如 2026-10-03 09:05", "date and time, like 2026-10-03 09:05"),
    "month": both("月份，如 2026-10", "month, like 2026-10"),
    "person": both("工号，或姓名", "employee id, or name"),
    "store": both("门店名称", "name of the store"),
}
WIDTH = 16


def must_be_filled(source: Source) -> set[str]:
    """The columns that no row may leave empty."""
    required = {name for name, column in source.columns.items() if column.required}
    return {*source.key, source.filed_by, *required}


def words_of(column: Column) -> str:
    """The words a column takes, each with what else it is called."""
    return joined((" / ".join((value, *spellings)) for value, spellings in (column.one_of or {}).items()), "；")


def columns_of(source: Source) -> list[tuple[str, str, bool, str]]:
    """Each column of a template: header, what goes in, whether it must be filled, and the words it takes."""
    needed = must_be_filled(source)
    return [
        (header_of(name, column), TYPES[column.type], name in needed, words_of(column))
        for name, column in source.columns.items()
    ]


def write_blank(*, source: Source, lang: str) -> bytes:
    """The workbook. Handed in without rows, in a store's name, it says that there was nothing."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {**OPTIONS, "constant_memory": False, "in_memory": True})
    plain = {"font_name": FONT, "font_size": 10}
    head = {**plain, "bold": True, "bg_color": "#EEF1F4", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    needed = must_be_filled(source)
    # a sheet's name has 31 characters at most
    sheet = book.add_worksheet(source.name.zh[:31])
    formats = book.add_format({**head, "font_color": "#9B1C1C"}), book.add_format(head)
    for at, (name, column) in enumerate(source.columns.items()):
        sheet.write_string(0, at, header_of(name, column), formats[0] if name in needed else formats[1])
    # cells of texts: else a spreadsheet takes the zeros off an order number and rewrites dates in its own way
    sheet.set_column(0, len(source.columns) - 1, WIDTH, book.add_format({**plain, "num_format": "@"}))
    sheet.freeze_panes(1, 0)
    _notes(book, source, needed, lang)
    book.close()
    return kept.getvalue()


def _notes(book: xlsxwriter.Workbook, source: Source, needed: set[str], lang: str) -> None:
    """A line a column, below each other: no header, so that it is never taken for evidence."""
    sheet = book.add_worksheet("填写说明" if lang == "zh" else "Notes")
    text = book.add_format({"font_name": FONT, "font_size": 10, "text_wrap": True, "valign": "top"})
    told = [source.note.of(lang)] if source.note else []
    zh, en = f"一行是{source.row.zh}。红色表头必填。", f"A row is {source.row.en}. Red headers must be filled."
    for line, note in enumerate([zh if lang == "zh" else en, *told]):
        sheet.write_string(line, 0, note, text)
    for line, (name, column) in enumerate(source.columns.items(), start=len(told) + 2):
        must = {"zh": "必填", "en": "required"}[lang] if name in needed else ""
        parts = [must, str(TYPES[column.type]), words_of(column)]
        said = "，".join(part for part in parts if part) if lang == "zh" else ", ".join(part for part in parts if part)
        head = header_of(name, column)
        sheet.write_string(line, 0, f"【{head}】 {said}" if lang == "zh" else f"[{head}] {said}", text)
    sheet.set_column(0, 0, 110)
