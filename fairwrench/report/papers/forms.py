"""Rating forms: for each rater a workbook with a row a person and item, read back as the `ratings` source when filled.

A level is chosen from a list; a level that needs an example is coloured until the example is written (S3 肆).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from fairwrench.report.cells import LINE_HEIGHT, width_of
from fairwrench.report.figures import cell_number
from fairwrench.report.naming import Names
from fairwrench.report.papers.raters import RatingAsked, asked_of_raters
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.workbook import FONT, OPTIONS, safe_name
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Item

FOLDER = "rating-forms"
#: head in Chinese and English, width, whether the rater writes there; the words are those that intake recognises
COLUMNS = (
    ("被评人工号", "Employee", 12, False),
    ("姓名", "Name", 10, False),
    ("岗位", "Position", 14, False),
    ("考核项", "Item", 22, False),
    ("各等级描述", "What the levels look like", 64, False),
    ("等级", "Level", 10, True),
    ("分数", "Points", 8, True),
    ("事例", "Evidence", 40, True),
    ("评分人", "Rater", 12, False),
    ("评分人身份", "Role of the rater", 12, False),
    ("考核月份", "Month", 10, False),
)
HINT = (
    "浅黄格填写：在“等级”中选择；橙色的“事例”必须写具体事例。填好后交回，原样导入。",
    "Write in the pale cells: choose a level; where “Evidence” turns orange, give an example. Hand it back as it is.",
)
LEVEL, POINTS, EVIDENCE, RATER = 5, 6, 7, 8
TOP = 3
#: how many characters of choices a list in a cell can hold
LONGEST_LIST = 255


def write_rating_forms(material: ReportContext, folder: Path) -> tuple[list[Path], list[Problem]]:
    """One workbook a rater in `folder`; the files, and the people whom nobody can rate."""
    folder.mkdir(parents=True, exist_ok=True)
    asked, problems = asked_of_raters(material)
    words = item_words(material.names)
    names = dict(material.settled.totals.select("employee_id", "name").iter_rows())
    paths = []
    for rater, rows in sorted(asked.items()):
        called = f"{rater}_{names.get(rater) or ''}" if rater else "other"
        paths.append(folder / f"ratings_{safe_name(called)}.xlsx")
        write_form(paths[-1], rows, names.get(rater) or "", words, material)
    return paths, problems


def item_words(names: Names) -> dict[str, str]:
    """Item → the word that a filled form names it by: its name where that is its own and intake leaves it as it is
    (full-width brackets become half-width ones), else its key."""
    called = {item.key: names.item(item.key) for item in names.items()}
    counts = Counter(called.values())
    # Intake brings cells to half width: a name that this changes would not be found again.
    plain = {name for name in called.values() if unicodedata.normalize("NFKC", name) == name and counts[name] == 1}
    return {key: name if name in plain else key for key, name in called.items()}


def write_form(
    path: Path, rows: Sequence[RatingAsked], rater: str, words: Mapping[str, str], material: ReportContext
) -> None:
    """One rater's workbook."""
    book = xlsxwriter.Workbook(str(path), {**OPTIONS, "constant_memory": False})
    form = _Form(book, words, material)
    form.head(rater, len({row.employee_id for row in rows}), len(rows))
    for number, row in enumerate(rows, start=TOP):
        # A person's name is bold where their items begin, as a rater goes from person to person.
        form.row(number, row, begins=number == TOP or rows[number - TOP - 1].employee_id != row.employee_id)
    form.foot(TOP + len(rows) - 1)
    book.close()


class _Form:
    """The sheet of a form being written."""

    def __init__(self, book: Any, words: Mapping[str, str], material: ReportContext) -> None:
        self.words = words
        self.names, self.month = material.names, str(material.settled.month)
        self.maximum = material.settled.scheme.bands.maximum
        self.page = book.add_worksheet(self.names.pick(("评分", "Ratings")))
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#D5DAE0"}
        self._title = book.add_format({"font_name": FONT, "font_size": 14, "bold": True})
        self._hint = book.add_format({"font_name": FONT, "font_size": 9, "font_color": "#5C6670"})
        self._head = book.add_format({**base, "bold": True, "bg_color": "#EEF1F4", "text_wrap": True})
        self._given = book.add_format({**base, "text_wrap": True, "font_color": "#3B444D"})
        self._first = book.add_format({**base, "text_wrap": True, "bold": True})
        self._small = book.add_format({**base, "text_wrap": True, "font_size": 9, "font_color": "#5C6670"})
        self._write = book.add_format({**base, "text_wrap": True, "locked": False, "bg_color": "#FFFDF2"})
        self._closed = book.add_format({**base, "bg_color": "#F3F5F7"})
        self._lacking = book.add_format({"bg_color": "#F2B877"})

    def head(self, rater: str, people: int, ratings: int) -> None:
        """Title, what to do, and the heads of the columns."""
        pick = self.names.pick
        title = pick((f"{self.month} 评分表　{rater}", f"Ratings {self.month}  {rater}"))
        self.page.write_string(0, 0, title, self._title)
        asked = f"{number_of(people, 'person', 'people')}, {number_of(ratings, 'rating')}. "
        counted = pick((f"{people} 人，{ratings} 项。", asked))
        self.page.write_string(1, 0, counted + pick(HINT), self._hint)
        for place, (head_zh, head_en, width, _) in enumerate(COLUMNS):
            self.page.set_column(place, place, width)
            self.page.write_string(TOP - 1, place, pick((head_zh, head_en)), self._head)

    def row(self, number: int, asked: RatingAsked, *, begins: bool) -> None:
        """One person and item."""
        item, names = asked.item, self.names
        described = self.described(item)
        texts = (asked.employee_id, asked.name, names.position(asked.position), self.words[item.key], described)
        for place, text in enumerate(texts):
            look = self._first if begins and place < 2 else self._small if place == 4 else self._given
            self.page.write_string(number, place, text or "", look)
        self._level(number, asked)
        self._points(number, asked)
        self.page.write(number, EVIDENCE, asked.evidence, self._write)
        self.page.write_string(number, RATER, asked.rater, self._given if asked.rater else self._write)
        # intake knows a role by its Chinese names and by its word
        self.page.write_string(number, RATER + 1, names.pick((names.role(asked.role), asked.role)), self._given)
        self.page.write_string(number, RATER + 2, self.month, self._given)
        self.page.set_row(number, LINE_HEIGHT * max(2, self._lines(described)))

    def described(self, item: Item) -> str:
        """What is rated, and what each level looks like."""
        parts = [self.names.item(item.key)] if self.words[item.key] == item.key else []
        parts += [self.names.say(item.note)] if item.note else []
        for level, points in (item.levels or {}).items():
            text = self.names.say((item.described or {}).get(level))
            example = self.names.pick(("（须写事例）", " (example needed)")) if level in item.evidence else ""
            parts.append(f"{level} {points:f}{example}" + (f"：{text}" if text else ""))
        if item.up_to is not None:
            parts.append(self.names.pick((f"加分 0–{item.up_to:f}，没有则留空", f"0–{item.up_to:f}; else leave empty")))
        return "\n".join(parts)

    def _lines(self, text: str) -> int:
        width = COLUMNS[4][2] * 1.1
        return sum(max(1, -(-width_of(part) // int(width))) for part in text.split("\n"))

    def _level(self, number: int, asked: RatingAsked) -> None:
        levels = list(asked.item.levels or {})
        if not levels:
            # Grey and locked: of a level and other points beside it none would count.
            self.page.write_blank(number, LEVEL, None, self._closed)
            return
        self.page.write(number, LEVEL, asked.level, self._write)
        # A longer list does not fit into the rule of a cell; the levels are described beside it all the same.
        if len(",".join(levels)) <= LONGEST_LIST:
            title, told = (
                self.names.pick(("等级", "Level")),
                self.names.pick(("请从列表中选择", "Choose from the list")),
            )
            choice = {"validate": "list", "source": levels, "error_title": title, "error_message": told}
            self.page.data_validation(number, LEVEL, number, LEVEL, choice)
        if asked.item.evidence:
            rule = {"type": "formula", "criteria": _lacking(number, asked.item), "format": self._lacking}
            self.page.conditional_format(number, EVIDENCE, number, EVIDENCE, rule)

    def _points(self, number: int, asked: RatingAsked) -> None:
        """Points are asked where there are no levels."""
        if asked.item.levels:
            self.page.write_blank(number, POINTS, None, self._closed)
            return
        self.page.write(number, POINTS, cell_number(asked.points, 2), self._write)
        most = asked.item.up_to if asked.item.up_to is not None else self.maximum
        limits = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": point_units(most) / 100}
        self.page.data_validation(number, POINTS, number, POINTS, {**limits, "ignore_blank": True})

    def foot(self, last: int) -> None:
        """What makes the sheet handy: frozen, locked but for the pale cells (without a password), ready to print."""
        self.page.freeze_panes(TOP, 4)
        # Against slips, not against people: ids and items must come back as they went out.
        self.page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
        self.page.autofilter(TOP - 1, 0, max(last, TOP), len(COLUMNS) - 1)
        self.page.set_landscape()
        # A4, one page wide and as many long as it takes.
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(TOP - 1)


def _lacking(number: int, item: Item) -> str:
    """True while a level that needs an example is chosen and none is written."""
    chosen = ",".join(f'$F{number + 1}="{level}"' for level in item.evidence)
    return f"=AND(OR({chosen}),LEN(TRIM($H{number + 1}))=0)"
