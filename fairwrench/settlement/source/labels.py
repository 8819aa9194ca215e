"""What sources, their columns and the fixed values of columns are called, so that nobody has to read an id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.source.source import (
    Column,
    Derived,
    Existence,
    Lookup,
    Recurrence,
    Shift,
    Source,
    Text,
    Total,
)

#: every source has it, declared or not
STORE = Text(zh="门店", en="Store")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def spoken(key: str) -> str:
    """An id as words, where nothing better is known: `paid_late` is “paid late”."""
    return key.replace("_", " ")


def source_label(name: str, sources: Mapping[str, Source]) -> Text:
    """What a source is called."""
    return sources[name].name if name in sources else Text(zh=spoken(name), en=spoken(name))


def column_label(source: Source | None, name: str, sources: Mapping[str, Source]) -> Text:
    """What a column is called: by its name; else a declared one by its headers, a derived one by what it is made of."""
    if source is not None and (facts := source.columns.get(name)):
        return facts.name or Text(zh=_chinese(facts.aliases) or spoken(name), en=spoken(name).capitalize())
    if source is not None and (derived := source.derived.get(name)):
        return derived.name or made_of(source, name, sources)
    return STORE if name == "store" else Text(zh=spoken(name), en=spoken(name))


def column_facts(source: Source | None, name: str, sources: Mapping[str, Source]) -> Column | None:
    """The declaration of a column; of one that is taken from another source's, that one's; None where there is none."""
    if source is None or name in source.columns:
        return source.columns[name] if source else None
    derived = source.derived.get(name)
    if not isinstance(derived, Lookup | Total):
        return None
    other = sources.get(derived.lookup if isinstance(derived, Lookup) else derived.total)
    return other.columns.get(derived.take) if other else None


def word_label(facts: Column | None, word: str) -> Text:
    """One of a column's fixed values: the Chinese spelling that comes first, and in English the value itself."""
    spellings = (facts.one_of or {}).get(word, ()) if facts else ()
    return Text(zh=_chinese(spellings) or word, en=spoken(word) if spellings else word)


def made_of(source: Source, name: str, sources: Mapping[str, Source]) -> Text:
    """What a derived column is worked out from, in words."""
    derived = source.derived[name]

    def label(column: str, of: Source | None = source) -> Text:
        return column_label(of, column, sources)

    return _MADE[type(derived)](derived, label, sources)


def listed(texts: Iterable[Text]) -> Text:
    """Several names in a row; of none, what rows have in common is the store."""
    *before, last = [*texts] or [STORE]
    commas = ", ".join(text.en for text in before)
    zh = "、".join(text.zh for text in (*before, last))
    return Text(zh=zh, en=f"{commas} and {last.en}" if before else last.en)


def _chinese(words: Iterable[str]) -> str:
    return next((word for word in words if _CHINESE.search(word)), "")


Label = Callable[..., Text]


def _looked_up(derived: Lookup, label: Label, sources: Mapping[str, Source]) -> Text:
    there = source_label(derived.lookup, sources)
    taken = label(derived.take, sources.get(derived.lookup))
    keys = listed(label(key) for key in derived.by if key != "store")
    return Text(zh=f"按{keys.zh}查得的{there.zh}的{taken.zh}", en=f"{taken.en} of {there.en}, found by {keys.en}")


def _moved(derived: Shift, label: Label, _sources: Mapping[str, Source]) -> Text:
    first, days = label(derived.shift), derived.days
    return Text(zh=f"{first.zh}后 {days} 天", en=f"{number_of(days, 'day')} after {first.en}")


def _came_back(derived: Recurrence, label: Label, _sources: Mapping[str, Source]) -> Text:
    same, days = listed(label(each) for each in derived.recurrence), derived.days
    within = number_of(days, "day")
    if derived.take:
        taken = label(derived.take)
        zh, en = f"{days} 天内同一{same.zh}上一次的{taken.zh}", f"{taken.en} of the visit before, within {within}"
        return Text(zh=zh, en=f"{en}, for the same {same.en}")
    if derived.flag == "earlier":
        return Text(zh=f"同一{same.zh} {days} 天内再次进厂", en=f"the same {same.en} came back within {within}")
    return Text(zh=f"同一{same.zh} {days} 天内已来过", en=f"the same {same.en} had been here within {within}")


def _is_there(derived: Existence, _label: Label, sources: Mapping[str, Source]) -> Text:
    there, months = source_label(derived.exists, sources), derived.months
    return Text(zh=f"近 {months} 个月有{there.zh}", en=f"{there.en} within {number_of(months, 'month')}")


def _added_up(derived: Total, label: Label, sources: Mapping[str, Source]) -> Text:
    there = source_label(derived.total, sources)
    taken = label(derived.take, sources.get(derived.total))
    keys = listed(label(key) for key in derived.by if key != "store")
    return Text(zh=f"按{keys.zh}合计的{there.zh}的{taken.zh}", en=f"sum of {taken.en} of {there.en} by {keys.en}")


_MADE: dict[type[Derived], Callable[..., Text]] = {
    Lookup: _looked_up,
    Shift: _moved,
    Recurrence: _came_back,
    Existence: _is_there,
    Total: _added_up,
}
