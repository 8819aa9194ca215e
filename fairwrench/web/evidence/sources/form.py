"""A kind of file as a form: a few fields, a table of columns, a table for each way of deriving further ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.sources.derived_form import FIELDS, PAIRED, TABLES, derived_lines, named, others
from fairwrench.web.evidence.sources.names import STORE, Called, Names, names_in
from fairwrench.web.evidence.sources.posted import Line, is_told, lines
from fairwrench.web.ui.words import both, joined

#: empty lines for further columns, and for further derived ones
SPARE_COLUMNS, SPARE_DERIVED = 4, 1
#: the fields above the tables
HEAD = ("name", "zh", "en", "row_zh", "row_en", "aliases", "filed_by", "look_back", "provided_by", "dates")
#: the fields of a column; `was` is the id that it had
COLUMN = ("id", "was", "type", "zh", "en", "aliases", "required", "key", "one_of", "scale", "unit")
SCALES = ("2", "3")
#: what the numbers of a column may be in, for the form; a header or a title line may then name another
UNIT_WORDS = {
    "money": both("金额（元）", "money (yuan)"),
    "points": both("得分", "points"),
    "seconds": both("秒", "seconds"),
    "minutes": both("分钟", "minutes"),
    "hours": both("小时", "hours"),
    "days": both("天", "days"),
    "km": both("公里", "km"),
}
#: how files may write dates that do not begin with the year
DATE_WORDS = {
    "day-month-year": both("日在前：03/10/2026 是 10 月 3 日", "day first: 03/10/2026 is 3 October"),
    "month-day-year": both("月在前：03/10/2026 是 3 月 10 日", "month first: 03/10/2026 is 10 March"),
}
#: the types of columns in a word each, as a list of choices has room for
TYPE_WORDS = {
    "text": both("文字", "text"),
    "int": both("整数", "whole number"),
    "decimal": both("小数、金额", "number, amount"),
    "bool": both("是 / 否", "yes / no"),
    "date": both("日期", "date"),
    "timestamp": both("日期和时间", "date and time"),
    "month": both("月份", "month"),
    "person": both("人员", "person"),
    "store": both("门店", "store"),
}
#: days of the shortest month
SHORTEST = 28


def form_of(document: Mapping[str, Any], kinds: Mapping[str, Source]) -> dict[str, Any]:
    """A document as the values of the form."""
    own, key = names_declared(document, kinds), document.get("key", ())
    back, derived = document.get("look_back", 0), document.get("derived", {})
    head = {
        **named(document.get("name")),
        **{f"row_{name}": word for name, word in named(document.get("row")).items()},
        "aliases": joined(document.get("aliases", ())),
        "filed_by": own.shown(document["filed_by"]) if document.get("filed_by") else "",
        # what would be worked out anyway is shown empty, so that it follows when a derived column changes
        "look_back": "" if back == far_enough(derived) else str(back),
        "provided_by": document.get("provided_by") or "",
        "dates": document.get("dates", ""),
    }
    columns = [column_line(name, each, key) for name, each in document.get("columns", {}).items()]
    tables = {"columns": columns, "derived": derived_lines(document, own, kinds), "others": others(document)}
    return with_spare({**head, **tables, "own": own.all()})


def typed(posted: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form as they were sent, without spare lines."""
    tables = {prefix: lines(posted, prefix, FIELDS[prefix], prefix in PAIRED) for prefix in TABLES}
    head = {name: posted.get(name, "").strip() for name in HEAD}
    return {**head, "columns": lines(posted, "c", COLUMN), "derived": tables, "others": others(before)}


def with_spare(values: Mapping[str, Any], more: str = "") -> dict[str, Any]:
    """The values with some empty lines behind each table, and further ones in the table named (`c` the columns)."""
    new = {"type": "text", "scale": SCALES[0]}
    columns = _with_empty(values["columns"], SPARE_COLUMNS, new, more=more == "c")
    tables = {}
    for prefix in TABLES:
        line: Line = {"pairs": []} if prefix in PAIRED else {}
        tables[prefix] = _with_empty(values["derived"].get(prefix, []), SPARE_DERIVED, line, more=more == prefix)
    # two pairs at least, one of them empty
    for each in (line for prefix in PAIRED for line in tables[prefix]):
        told = [pair for pair in each["pairs"] if any(pair.values())]
        each["pairs"] = [*told, *({} for _ in range(max(1, 2 - len(told))))]
    return {**values, "columns": columns, "derived": tables}


def _with_empty(there: list[Line], spare: int, line: Line, *, more: bool) -> list[Line]:
    empty = sum(1 for each in there if not is_told(each))
    return [*there, *(dict(line) for _ in range(spare if more else max(0, spare - empty)))]


def names_declared(document: Mapping[str, Any], kinds: Mapping[str, Source]) -> Names:
    """What the columns of a document are called, those taken over by their names where they come from."""
    called: dict[str, Called] = {}
    for name, column in document.get("columns", {}).items():
        told = column.get("name") or {}
        called[name] = (told.get("zh", ""), told.get("en", ""), tuple(column.get("aliases", ())))
    # declared columns before derived ones: of two with the same name the first has it
    names = names_with_store(called)
    for name, each in document.get("derived", {}).items():
        other = kinds.get(each.get("lookup", ""))
        taken = other.columns.get(each["take"]) if other else None
        told = each.get("name") or (taken.name.model_dump() if taken and taken.name else {})
        names.add(name, (told.get("zh", ""), told.get("en", ""), ()))
    return names


def names_with_store(called: Mapping[str, Called]) -> Names:
    """Columns by their names, with the store that every row has."""
    return names_in({**called, **({} if STORE in called else {STORE: ("门店", "Store", ())})})


def column_line(name: str, column: Mapping[str, Any], key: Iterable[str]) -> Line:
    """A column of a document as a line."""
    return {
        **{"id": name, "was": name, "type": column.get("type", "text"), "scale": str(column.get("scale", 2))},
        **named(column.get("name")),
        **{"aliases": joined(column.get("aliases", ())), "required": column.get("required", False)},
        **{"key": name in key, "one_of": listed(column.get("one_of")), "unit": column.get("unit") or ""},
    }


def listed(one_of: Mapping[str, Iterable[str]] | None) -> str:
    """The words that a column takes, a line each: `repair=维修、小修`."""
    return "\n".join(f"{value}={joined(told)}" if told else value for value, told in (one_of or {}).items())


def far_enough(derived: Mapping[str, Mapping[str, Any]]) -> int:
    """How many months before the settled one derived columns have to look at."""
    found = [0]
    for each in derived.values():
        if "recurrence" in each:
            # a month more: the days count from the end of the earlier occasion, which may be filed by its beginning
            found.append(months_of(each["days"], SHORTEST) + 1)
        elif "shift" in each:
            found.append(months_of(max(each["days"], 0), SHORTEST))
        elif "lookup" in each:
            found.append(1)
    return max(found)


def months_of(days: int, length: int) -> int:
    """How many months of so many days it takes for some days."""
    # rounded up
    return -(-days // length)
