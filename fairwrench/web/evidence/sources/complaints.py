"""What is wrong with a kind of file, by line and field of its form, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fairwrench.settlement.problem import Problem, dotted
from fairwrench.settlement.source.source import Text

#: a place in the form: Chinese, English
Where = tuple[str, str]
FILED_BY: Where = ("“按哪一列归月”", "“Filed by”")
LOOK_BACK: Where = ("“往前看几个月”", "“Months looked back”")
#: parts of a document as the form calls them
PARTS: Mapping[str, Where] = {
    "name": ("名称", "the name"),
    "row": ("“一行是”", "“A row is”"),
    "key": ("识别列", "the key"),
    "filed_by": FILED_BY,
    "look_back": LOOK_BACK,
    "provided_by": ("“由哪个岗位交”", "“Handed in by”"),
}
FIELDS: Mapping[str, Where] = {
    "type": ("类型", "type"),
    "aliases": ("其他表头", "other headers"),
    "one_of": ("只能填的词", "words allowed"),
    "scale": ("小数位", "decimals"),
    "required": ("必填", "required"),
}


def column_place(at: int, called: str) -> Where:
    """A line of the table of columns."""
    return (f"列第 {at} 行（{called}）", f"line {at} of the columns ({called})")


def column_named(name: str, called: Text | None) -> Where:
    """A column by its name, by its id where it has none."""
    return f"列“{called.zh if called else name}”", f"column “{called.en if called else name}”"


def bad_id(where: Where, word: str) -> Problem:
    """A word that cannot be an id."""
    zh = f"“{word}”不能作代号；请用小写英文字母、数字和下划线，以字母开头，或者留空由系统取"
    en = f"`{word}` cannot be an id; use small letters, digits and underscores, a letter first, or leave it empty"
    return _at("bad_name", where, zh, en)


def twice(where: Where, word: str) -> Problem:
    """An id that another column has."""
    zh, en = f"“{word}”已是另一列的代号，请换一个", f"another column has the id `{word}`; choose another"
    return _at("bad_name", where, zh, en)


def same_name(where: Where, other: int) -> Problem:
    """A name that another column has."""
    zh, en = f"和第 {other} 行同名，请改其中一个", f"line {other} has the same name; change one of them"
    return _at("ambiguous_label", where, zh, en)


def same_header(where: Where, word: str, other: int) -> Problem:
    """A header that another column has as its name."""
    zh, en = (
        f"“{word}”也是第 {other} 行的表头，请从一边删去",
        f"line {other} is called “{word}”, too; take it away from one",
    )
    return _at("ambiguous_label", where, zh, en)


def only_store(where: Where) -> Problem:
    """The store's id on what is no store."""
    zh, en = "代号 store 只给门店列，请换一个", "the id `store` is for the store alone; choose another"
    return _at("bad_name", where, zh, en)


def is_store(where: Where) -> Problem:
    """A store under another id."""
    zh, en = "门店列的代号须是 store，请清空代号", "the column of stores has the id `store`; clear the id"
    return _at("bad_name", where, zh, en)


def missing(where: Where) -> Problem:
    """A field that has to be filled in."""
    return _at("missing", where, "还没有填", "fill this in")


def unknown(where: Where, word: str, near: str) -> Problem:
    """A name that no column has."""
    zh, en = (f"；是否想写“{near}”？", f"; did you mean “{near}”?") if near else ("", "")
    return _at("unknown_column", where, f"没有叫“{word}”的列{zh}", f"no column is called “{word}”{en}")


def no_number(where: Where, text: str, least: int | None) -> Problem:
    """What should be a whole number and is not."""
    zh, en = (f"，至少 {least}", f" of at least {least}") if least is not None else ("", "")
    found_zh, found_en = (f"，现在是“{text}”", f", not “{text}”") if text else ("", "")
    return _at("not_a_number", where, f"请写整数{zh}{found_zh}", f"write a whole number{en}{found_en}")


def no_columns() -> Problem:
    """A kind of file without columns."""
    return Problem(
        "missing", "还没有列：请至少填一列的中文名称", "there are no columns: fill in the name of one at least"
    )


def no_key() -> Problem:
    """Rows that nothing tells apart."""
    zh = "没有勾选识别列：请勾选能认出一行的列，如单号；单号各店自编时把门店也勾上"
    en = "no key is ticked: tick what tells one row from another, such as its number, with the store if stores number"
    return Problem("missing", zh, en)


def no_filing(dates: Iterable[str]) -> Problem:
    """Rows that belong to no month."""
    there = [*dates]
    zh = f"请填一个日期列：{'、'.join(there)}" if there else "请先加一个类型为日期的列，每行按它归到哪个月"
    en = f"fill in a date: {', '.join(there)}" if there else "add a column of dates first: rows are filed by its month"
    return _at("filed_by", FILED_BY, zh, en)


def no_date(word: str) -> Problem:
    """Rows filed by what is no date."""
    zh, en = f"“{word}”不是日期列，请改它的类型，或换一列", f"“{word}” is no date; change its type, or name another"
    return _at("filed_by", FILED_BY, zh, en)


def no_months(text: str) -> Problem:
    """What should be a number of months and is not."""
    zh, en = (
        f"“{text}”不是月数，请写 0 或整数，或留空",
        f"“{text}” is no number of months",
    )
    return _at("not_a_number", LOOK_BACK, zh, en)


def too_short(number: int, needed: int) -> Problem:
    """Returns that would not be seen."""
    zh = f"{number} 个月太短，看不到那么多天以前的行；请写 {needed}，或留空"
    en = f"{number} months are too few to see rows of so many days ago; write {needed}, or leave it empty"
    return _at("look_back", LOOK_BACK, zh, en)


def in_words(problem: Problem, document: Mapping[str, Any]) -> Problem:
    """A problem of a document with its place as the form calls it, instead of the document's own words for it."""
    path = problem.path
    if not path:
        return problem
    return replace(_at(problem.code, _where(path, document), problem.zh, problem.en), severity=problem.severity)


def _where(path: tuple[str | int, ...], document: Mapping[str, Any]) -> Where:
    first, name = str(path[0]), str(path[1]) if len(path) > 1 else ""
    if first == "columns" and name:
        called = (document.get("columns", {}).get(name) or {}).get("name")
        zh, en = column_named(name, Text(**called) if called else None)
        field = FIELDS.get(str(path[2])) if len(path) > 2 else None
        return (f"{zh}的{field[0]}", f"{en}, {field[1]}") if field else (zh, en)
    if first in ("derived", "derived_types") and name:
        return f"算出来的列“{name}”", f"column “{name}”, which is worked out"
    return PARTS.get(first, (dotted(path), dotted(path)))


def _at(code: str, where: Where, zh: str, en: str) -> Problem:
    return Problem(code, f"{where[0]}：{zh}", f"{where[1]}: {en}")
