"""Derived columns as lines of a form, a table for each way of deriving; names of columns instead of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.sources.names import Names, names_in, names_of
from fairwrench.web.evidence.sources.posted import Line
from fairwrench.web.ui.words import joined

#: the tables: the prefix of their fields → what a document calls that way of deriving
TABLES = {"l": "lookup", "s": "shift", "r": "recurrence", "e": "exists"}
NAMED = ("id", "zh", "en")
FIELDS = {
    "l": (*NAMED, "source", "take"),
    "s": (*NAMED, "column", "days"),
    "r": (*NAMED, "yields", "same", "days", "opened", "closed", "visit", "order", "take", "largest"),
    "e": (*NAMED, "source", "date", "months"),
}
#: tables whose lines compare columns of ours with theirs
PAIRED = ("l", "e")
TITLES = {
    "l": ("从别的数据带过来", "Taken from another kind"),
    "s": ("日期加减天数", "A date some days on"),
    "r": ("多少天内又发生", "It came back"),
    "e": ("别的数据里有没有", "It stands in another kind"),
}
#: what a recurrence yields: one of its flags, or the value of a column
TAKE, FLAGS = "take", ("later", "earlier")


def derived_lines(document: Mapping[str, Any], own: Names, kinds: Mapping[str, Source]) -> dict[str, list[Line]]:
    """The derived columns of a document as lines of each table."""
    found: dict[str, list[Line]] = {prefix: [] for prefix in TABLES}
    for name, declared in document.get("derived", {}).items():
        if prefix := _table(declared):
            told = _SHOWN[prefix](declared, own, kinds)
            found[prefix].append({"id": name, **named(declared.get("name")), **told})
    return found


def named(called: Mapping[str, str] | None) -> Line:
    """A name in both languages; an English one that merely repeats the Chinese is none."""
    zh, en = (called or {}).get("zh", ""), (called or {}).get("en", "")
    # reading fills an empty name with the other language's, and writing takes it away again
    return {"zh": zh, "en": en if en != zh else ""}


def others(document: Mapping[str, Any]) -> dict[str, Any]:
    """Derived columns that no table can show; they stay as they are."""
    return {name: each for name, each in document.get("derived", {}).items() if not _table(each)}


def _table(declared: Mapping[str, Any]) -> str:
    return next((prefix for prefix, word in TABLES.items() if word in declared), "")


def _lookup_line(declared: Mapping[str, Any], own: Names, kinds: Mapping[str, Source]) -> Line:
    theirs = _theirs(declared["lookup"], kinds)
    pairs = _pairs(declared["by"], own, theirs)
    return {"source": declared["lookup"], "take": theirs.shown(declared["take"]), "pairs": pairs}


def _existence_line(declared: Mapping[str, Any], own: Names, kinds: Mapping[str, Source]) -> Line:
    theirs = _theirs(declared["exists"], kinds)
    told = {"source": declared["exists"], "date": theirs.shown(declared["date"]), "months": str(declared["months"])}
    return {**told, "pairs": _pairs(declared["by"], own, theirs)}


def _theirs(name: str, kinds: Mapping[str, Source]) -> Names:
    """What the columns of another kind are called; by their ids where there is no such kind any more."""
    return names_of(kinds[name]) if name in kinds else names_in({})


def _pairs(by: Mapping[str, str], own: Names, theirs: Names) -> list[Line]:
    return [{"ours": own.shown(ours), "theirs": theirs.shown(other)} for ours, other in by.items()]


def _shift_line(declared: Mapping[str, Any], own: Names, _: Mapping[str, Source]) -> Line:
    return {"column": own.shown(declared["shift"]), "days": str(declared["days"])}


def _recurrence_line(declared: Mapping[str, Any], own: Names, _: Mapping[str, Source]) -> Line:
    several = {"same": "recurrence", "visit": "visit", "order": "order"}
    one = ("opened", "closed", "take", "largest")
    told = {name: joined(own.shown(column) for column in declared[part]) for name, part in several.items()}
    told |= {name: own.shown(declared[name]) if declared.get(name) else "" for name in one}
    return {**told, "yields": declared.get("flag") or TAKE, "days": str(declared["days"])}


_SHOWN = {"l": _lookup_line, "s": _shift_line, "r": _recurrence_line, "e": _existence_line}


#: what the fields are called on the page
LABELS = {
    "id": ("代号", "Id"),
    "source": ("从哪张报表", "Kind of data"),
    "take": ("取哪一列", "Column taken"),
    "pairs": ("哪些列对得上", "Columns that match"),
    "ours": ("本数据的列", "Our column"),
    "theirs": ("对方的列", "Their column"),
    "column": ("哪个日期", "Which date"),
    "days": ("天数", "Days"),
    "months": ("几个月内", "Months"),
    "date": ("对方的日期列", "Their date"),
    "yields": ("得到什么", "What it gives"),
    "same": ("哪些列相同算同一件事", "The same thing is told by"),
    "opened": ("开始日期", "Begins on"),
    "closed": ("结束日期", "Ends on"),
    "visit": ("哪些列相同算同一次", "The same occasion is told by"),
    "order": ("同一次里的先后", "Order within an occasion"),
    "take_earlier": ("带来哪一列", "Column brought along"),
    "largest": ("取哪一列最大的那行", "From the row with the most"),
}


@dataclass(frozen=True)
class Place:
    """A line of one of the tables, in words."""

    prefix: str
    number: int

    def of(self, name: str) -> tuple[str, str]:
        """A field of the line, in Chinese and English."""
        zh, en = TITLES[self.prefix]
        field_zh, field_en = LABELS[name]
        return f"“{zh}”第 {self.number} 行的“{field_zh}”", f"line {self.number} of “{en}”, “{field_en}”"
