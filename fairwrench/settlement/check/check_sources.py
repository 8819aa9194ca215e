"""What a source declares that cannot work: columns that derive from nothing, words that mean two columns."""

from __future__ import annotations

from collections.abc import Mapping

from fairwrench.settlement.check.problems import Path, ProblemList
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Across, Column, Derived, Existence, Lookup, Source, Total

COLUMN = ("列", "column")
#: a row is filed under the local month of one of these
DATED = ("date", "timestamp", "month")


def check_sources(sources: Mapping[str, Source]) -> list[Problem]:
    """Everything that is wrong with the sources; paths begin with the source's name."""
    found = ProblemList()
    for name, source in sources.items():
        _check_filing(source, (name,), found)
        _check_labels(source, (name,), found)
        for column, facts in source.columns.items():
            _check_column(facts, source, (name, "columns", column), found)
        for column, derived in source.derived.items():
            _check_elsewhere(derived, sources, (name, "derived", column), found)
        for other, across in source.across.items():
            _check_across(other, across, sources, (name, "across", other), found)
    return found.problems


def _check_filing(source: Source, path: Path, found: ProblemList) -> None:
    facts = source.columns[source.filed_by]
    if facts.type not in DATED:
        zh, en = f"“{source.filed_by}”不是日期", f"`{source.filed_by}` is no date"
        found.add("filed_by", (*path, "filed_by"), zh, en)
    # A row without it would lie in no month, and no seal would find it.
    if not facts.required:
        zh, en = (
            f"归档日期“{source.filed_by}”须为必填",
            f"`{source.filed_by}`, by which rows are filed, must be required",
        )
        found.add("filed_by", (*path, "filed_by"), zh, en)


def _check_labels(source: Source, path: Path, found: ProblemList) -> None:
    """A header must not mean two columns of one source."""
    uses: dict[str, str] = {}
    for column, facts in source.columns.items():
        for label in {word.casefold() for word in (column, *facts.aliases)}:
            if uses.setdefault(label, column) != column:
                zh, en = f"“{label}”同时指 {uses[label]}", f"`{label}` already means `{uses[label]}`"
                found.add("ambiguous_label", (*path, "columns", column, "aliases"), zh, en)


def _check_column(facts: Column, source: Source, path: Path, found: ProblemList) -> None:
    if facts.min is not None and facts.max is not None and facts.min > facts.max:
        found.add("range", path, "min 大于 max", "`min` is above `max`")
    if facts.split_into is not None and found.known(COLUMN, facts.split_into, source.columns, (*path, "split_into")):
        share = source.columns[facts.split_into]
        if facts.type != "person" or share.type != "decimal":
            zh, en = (
                "split_into 用于人员列，份额须为小数列",
                "`split_into` belongs to a person column and names a decimal one",
            )
            found.add("split_into", (*path, "split_into"), zh, en)
    if facts.teams is not None and found.known(COLUMN, facts.teams, source.columns, (*path, "teams")):
        told = source.columns[facts.teams].type
        if facts.type != "person" or told not in ("date", "timestamp"):
            zh, en = "teams 用于人员列，写完工日期的列名", "`teams` belongs to a person column and names one of dates"
            found.add("teams", (*path, "teams"), zh, en)
    if facts.within_days is not None and facts.after is None:
        found.add("after", (*path, "within_days"), "within_days 须与 after 一起用", "`within_days` needs an `after`")
    if facts.after is not None and found.known(COLUMN, facts.after, source.columns, (*path, "after")):
        other = source.columns[facts.after]
        if facts is other or facts.type != other.type or facts.type not in ("date", "timestamp"):
            zh, en = (
                "after 须是另一个同类的日期列",
                "`after` names another column of the same type, dates or timestamps",
            )
            found.add("after", (*path, "after"), zh, en)
    _check_bound(facts, source, path, found)
    spellings: dict[str, str] = {}
    for value, words in (facts.one_of or {}).items():
        for word in {spelling.casefold() for spelling in (value, *words)}:
            if spellings.setdefault(word, value) != value:
                zh, en = f"“{word}”同时指 {spellings[word]} 和 {value}", f"`{word}` means {spellings[word]} and {value}"
                found.add("ambiguous_word", (*path, "one_of", value), zh, en)


def _check_bound(facts: Column, source: Source, path: Path, found: ProblemList) -> None:
    """What bounds a number is another one of the same unit."""
    if facts.at_most is not None and found.known(COLUMN, facts.at_most, source.columns, (*path, "at_most")):
        other = source.columns[facts.at_most]
        fit = facts is not other and facts.type in ("int", "decimal") and other.type in ("int", "decimal")
        if not fit or facts.unit != other.unit:
            zh, en = "at_most 须是另一个同单位的数字列", "`at_most` names another column of numbers in the same unit"
            found.add("range", (*path, "at_most"), zh, en)


def _check_elsewhere(derived: Derived, sources: Mapping[str, Source], path: Path, found: ProblemList) -> None:
    """The other source has what is looked up there; a source's own columns its model sees to."""
    other, theirs = _theirs(derived)
    if other is not None and found.known(("数据报表", "source"), other, sources, path):
        for column in theirs:
            found.known(COLUMN, column, sources[other].columns, path)


def _check_across(other: str, across: Across, sources: Mapping[str, Source], path: Path, found: ProblemList) -> None:
    """The other source has the columns that its rows would fill, each of the type that they fill it with."""
    if not found.known(("数据报表", "source"), other, sources, path):
        return
    columns = sources[other].columns
    # A kind of file of a store's own may not have the mark of a month alone: then nothing is read across.
    if not all([found.known(COLUMN, column, columns, path) for column in across.theirs if column != across.alone]):
        return
    alone = columns.get(across.alone)
    fit = columns[across.kinds].one_of is not None and columns[across.take].type == "decimal"
    fit = fit and columns[across.begins].type == columns[across.ends].type == "timestamp"
    if not fit or (alone and alone.type != "bool"):
        zh = "across 的 kinds 须为有固定取值的列，take 须为小数列，begins、ends 须为时间列，alone 须为是否列"
        en = "`kinds` names a column with listed values, `take` a decimal, `begins` and `ends` times, `alone` a yes/no"
        found.add("across", path, zh, en)
    for kind in across.adds_up:
        if kind not in (columns[across.kinds].one_of or {}):
            found.add("across", (*path, "adds_up"), f"没有 {kind} 这一种", f"there is no kind {kind!r}")


def _theirs(derived: Derived) -> tuple[str | None, tuple[str, ...]]:
    if isinstance(derived, Lookup):
        return derived.lookup, (*derived.by.values(), derived.take)
    if isinstance(derived, Existence):
        return derived.exists, (*derived.by.values(), derived.date)
    if isinstance(derived, Total):
        return derived.total, (*derived.by.values(), derived.take)
    return None, ()
