"""What a derived column needs beyond what is checked of a source, so that the month's seal can work it out.

The engines refuse some of this only when a month is settled; whoever fills in the form is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Existence, Lookup, Recurrence, Source, Total
from fairwrench.web.evidence.sources.complaints import column_named

DAYS = ("date", "timestamp")
DATED = (*DAYS, "month")
#: types that are compared as the same thing; the others only with their own
ALIKE = {"text": "words", "person": "words", "store": "words", "month": "words", "int": "number", "decimal": "number"}


def check_derived(source: Source, known: Mapping[str, Source]) -> list[Problem]:
    """Everything that would stop the derived columns of a source, whose other sources are all known."""
    found: list[Problem] = []
    for name, derived in source.derived.items():
        path = ("derived", name)
        if isinstance(derived, Lookup):
            other = known[derived.lookup]
            # a look-up by part of a key would meet several rows, and the sum would count one of ours several times
            found += [_half_a_key(path, other)] if not {*other.key} <= {*derived.by.values()} else []
            found += _unlike(path, source, other, derived.by)
            # a derived decimal has two places: told while the form is open, else the month's seal would refuse it
            if source.derived_types[name] == "decimal" and other.scale_of(derived.take) != source.scale_of(name):
                found.append(_decimals(path))
        elif isinstance(derived, Existence):
            other = known[derived.exists]
            found += _unlike(path, source, other, derived.by)
            found += [_no_date(path, derived.date)] if other.type_of(derived.date) not in DATED else []
        elif isinstance(derived, Total):
            found += _unlike(path, source, known[derived.total], derived.by)
        elif isinstance(derived, Recurrence):
            dates = dict.fromkeys((derived.opened, derived.closed))
            found += [_no_date(path, date) for date in dates if source.type_of(date) not in DAYS]
    return found


def _unlike(path: tuple[str, ...], source: Source, other: Source, by: Mapping[str, str]) -> Iterator[Problem]:
    """Columns that never match, as one holds words and the other numbers."""
    for ours, theirs in by.items():
        # the store is no declared column everywhere, but every row has one
        kinds = [each or "store" for each in (source.type_of(ours), other.type_of(theirs))]
        if len({ALIKE.get(kind, kind) for kind in kinds}) > 1:
            yield _of_two_kinds(path, ours, theirs)


def _half_a_key(path: tuple[str, ...], other: Source) -> Problem:
    names = [column_named(name, other.columns[name].name) for name in other.key]
    zh = f"要用{other.name.zh}的全部识别列来对：{'、'.join(zh for zh, _ in names)}；否则会对上好几行"
    en = f"match by the whole key of {other.name.en} ({', '.join(en for _, en in names)}), else several rows match"
    return Problem("lookup_doubles", zh, en, path=path)


def _of_two_kinds(path: tuple[str, ...], ours: str, theirs: str) -> Problem:
    zh = f"{ours} 和对方的 {theirs} 类型不同，对不上；请把本数据这一列的类型改成和对方一样"
    en = f"`{ours}` and their `{theirs}` are of different types and never match; give ours the type of theirs"
    return Problem("unlike", zh, en, path=path)


def _no_date(path: tuple[str, ...], column: str) -> Problem:
    zh, en = f"{column} 不是日期列，请换一个日期列", f"`{column}` is no date; name a column of dates"
    return Problem("no_date", zh, en, path=path)


def _decimals(path: tuple[str, ...]) -> Problem:
    zh = "对方这一列是三位小数，带过来的金额只能是两位；请换一列"
    en = "their column has three decimals, one taken over has two; take another"
    return Problem("lookup_decimals", zh, en, path=path)
