"""How a sheet is laid out: columns with their heads, kinds and widths; which kinds are numbers and how they look."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "code", "long", "money", "points", "rate", "percent", "plain", "whole", "grade"]

#: kind → format of the spreadsheet; `{symbol}` is the currency's
FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"indent": 1},
    "code": {"font_color": "#7A828C", "indent": 1},
    "long": {"text_wrap": True, "indent": 1},
    "money": {"num_format": '"{symbol}"#,##0.00', "align": "right"},
    "points": {"num_format": "0.00", "align": "right"},
    "rate": {"num_format": "0.00%", "align": "right"},
    "percent": {"num_format": "0.00%", "align": "right"},
    "plain": {"num_format": "#,##0.######", "align": "right"},
    "whole": {"num_format": "#,##0", "align": "right"},
    "grade": {"align": "center", "bold": True},
}
#: tone → (fill, ink): from blue to brown, told apart by people who see no red or no green, and used for grades alone
GRADE_COLOURS = {
    "A": ("#1F5A99", "#FFFFFF"),
    "B": ("#8DB8DC", "#10263B"),
    "C": ("#E3E6EA", "#22272E"),
    "D": ("#F2B877", "#3A2100"),
    "E": ("#A8480F", "#FFFFFF"),
}
#: the tones from the best grade to the worst, as style sheets call them
TONES = "".join(GRADE_COLOURS)
NARROWEST, WIDEST, WIDEST_LONG, LOOKED_AT = 6, 40, 72, 150
LINE_HEIGHT = 15


def tones_of(best_first: Sequence[str]) -> dict[str, str]:
    """Grade → its tone: five grades have one each, fewer are spread from the first tone to the last."""
    gaps = max(len(best_first) - 1, 1)
    last = len(TONES) - 1
    # Half up in whole numbers: the same grades get the same tones on every machine and page.
    return {grade: TONES[(2 * place * last + gaps) // (2 * gaps)] for place, grade in enumerate(best_first)}


@dataclass(frozen=True)
class Column:
    """One column: its head in Chinese and English, and what its cells are."""

    zh: str
    en: str
    kind: Kind = "text"

    def head(self, lang: str) -> str:
        """The head in a language."""
        return self.zh if lang == "zh" else self.en


class Shown(NamedTuple):
    """A cell that is of another kind than its column."""

    value: Any
    kind: Kind


@dataclass
class Sheet:
    """A table to be written: `totals` are last rows apart from the filter."""

    zh: str
    en: str
    columns: Sequence[Column]
    rows: list[Sequence[Any]]
    totals: Sequence[Sequence[Any]] = ()
    #: lines above the table
    above: Sequence[str] = ()
    #: columns that stay in sight when scrolling
    frozen: int = 2
    filtered: bool = True

    def name(self, lang: str) -> str:
        """The sheet's name in a language."""
        return self.zh if lang == "zh" else self.en


def width_of(text: object) -> int:
    """How many Latin letters wide a text is; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in str(text))


def column_width(sheet: Sheet, place: int, lang: str) -> int:
    """A width that shows the head with its filter arrow and most cells whole."""
    kind = sheet.columns[place].kind
    # The first rows tell the width well enough; a sheet may have a million. Totals are the widest amounts.
    looked_at = [*sheet.rows[:LOOKED_AT], *sheet.totals]
    shown = [_shown_width(row[place], kind) for row in looked_at if row[place] is not None]
    # Three letters are what the arrow of the filter covers.
    head = width_of(sheet.columns[place].head(lang)) + 3
    widest = WIDEST_LONG if kind == "long" else WIDEST
    return max(NARROWEST, min(max([head, *shown]) + 2, widest))


def lines_of(row: Sequence[Any], long: Mapping[int, int]) -> int:
    """How many lines the longest wrapped cell of a row takes; `long` is place → width of the columns that wrap."""
    found = 1
    for place, width in long.items():
        text = row[place]
        # Even if every letter were a wide one a shorter text fits in one line: most need no closer look.
        if isinstance(text, str) and 2 * len(text) >= width:
            found = max(found, sum(max(1, -(-width_of(part) // (width - 2))) for part in text.split("\n")))
    return found


def _shown_width(cell: object, kind: Kind) -> int:
    value, kind = cell if isinstance(cell, Shown) else (cell, kind)
    if isinstance(value, float):
        return width_of(f"{value:,.2f}") + (2 if kind == "money" else 0)
    return max(map(width_of, str(value).split("\n")), default=0)


def total_of(columns: Sequence[Column], rows: Iterable[Sequence[Any]], label: str) -> list[Any]:
    """A row that adds up the money columns, in fen so that nothing is lost; the label stands first."""
    sums: list[Any] = [None] * len(columns)
    for row in rows:
        for place, column in enumerate(columns):
            if column.kind == "money" and row[place] is not None:
                # A cell is a double of two decimals, so a hundred times it
                # is a whole number but for noise that rounding takes off.
                sums[place] = (sums[place] or 0) + round(row[place] * 100)
    return [label, *(None if fen is None else fen / 100 for fen in sums[1:])]
