"""Columns that the scheme reads and that a sheet does not have, told before it lands: its rows would be accepted, and
the figures would wait all the same. A header that looks like one of them is offered, as it is mostly misspelt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from fairwrench.closing.folder.landing import absent_columns
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.cells.labels import label_key, without_unit
from fairwrench.ledger.header.header import OWN_LABELS
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.counts import agreeing
from fairwrench.settlement.measure.absent import base_columns
from fairwrench.settlement.measure.required_sources import read_columns
from fairwrench.settlement.measure.values import parts_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Source, Text, header_of

#: source → column → what cannot be worked out without it
Wanted = Mapping[str, Mapping[str, tuple[Text, ...]]]

#: figures that are named one by one
_SHOWN = 3
#: how much a header has to have in common with a column's words before it is offered (of 1; ours)
_ALIKE = 0.6


def wanted_columns(scheme: Scheme, sources: Mapping[str, Source]) -> dict[str, dict[str, tuple[Text, ...]]]:
    """The columns that items of scorecards, pools and commission read, in whichever source they stand."""
    found: dict[str, dict[str, dict[str, Text]]] = {}
    for called, measure in _measures(scheme):
        if measure.source not in sources:
            continue
        read = read_columns(measure, sources[measure.source], DuckDB.dialect)
        for source, column in base_columns(measure.source, read, sources):
            found.setdefault(source, {}).setdefault(column, {})[called.zh] = called
    return {source: {name: tuple(of.values()) for name, of in by.items()} for source, by in found.items()}


def _measures(scheme: Scheme) -> list[tuple[Text, Measure]]:
    used = [item.metric for card in scheme.scorecards.values() for item in card.items if item.metric]
    used += [name for pool in scheme.pools.values() for name in (pool.draw.metric, pool.attendance) if name]
    metrics = {name: scheme.metrics[name] for name in used if name in scheme.metrics}
    found = [(metric.name, part) for metric in metrics.values() for part in parts_of(metric)]
    lines = [line for plan in scheme.pay.commission.values() for line in plan.lines.values()]
    return [*found, *((line.name, line.measure) for line in lines)]


def with_wanted(part: Intake, source: Source, wanted: Wanted) -> Intake:
    """A sheet that tells which columns the scheme needs and it does not have, and which header may be meant."""
    needs = wanted.get(part.source, {})
    # One that stands there and is empty is told by its cells.
    absent = [
        name
        for name in absent_columns(part, source)
        if name in needs and name not in part.columns and not source.columns[name].optional
    ]
    if not absent or not part.counts["accepted"]:
        return part
    return replace(part, problems=(*part.problems, _told(part, source, absent, needs)))


def _told(part: Intake, source: Source, absent: list[str], needs: Mapping[str, tuple[Text, ...]]) -> Problem:
    labels = {name: column_label(source, name, {}) for name in absent}
    figures = list({text.zh: text for name in absent for text in needs[name]}.values())
    more = len(figures) > _SHOWN
    count = len(absent)
    columns_zh = "".join(f"“{header_of(name, source.columns[name])}”" for name in absent)
    zh = f"没有{columns_zh}这{'一' if count == 1 else f' {count} '}列，"
    zh += f"{''.join(f'“{text.zh}”' for text in figures[:_SHOWN])}{'等' if more else ''}将无法计算"
    en = f"the {agreeing(count, 'column', 'columns')} {', '.join(labels[name].en for name in absent)} "
    en += f"{agreeing(count, 'is', 'are')} not there, so that {', '.join(text.en for text in figures[:_SHOWN])}"
    en += f"{' and others' if more else ''} cannot be worked out"
    likely = likely_headers(part, source, absent)
    if likely:
        asked = [
            f"“{label}”是{'它' if count == 1 else f'“{header_of(name, source.columns[name])}”'}吗？"
            for name, label in likely.items()
        ]
        zh += f"；{''.join(asked)}是的话请改表头，或指定它是哪一列，再导入"
        en += f"; {'; '.join(f'is {label!r} meant for {labels[name].en}?' for name, label in likely.items())} "
        en += "Rename the header, or say which column it is, before the file lands"
    else:
        zh += "；请补上后再交"
        en += "; add it and hand the file in again" if count == 1 else "; add them and hand the file in again"
    details = {"columns": " ".join(absent), **{f"maybe_{name}": label for name, label in likely.items()}}
    return Problem("column_wanted", zh, en, "warning", file=part.file, subject=part.source, details=details)


def likely_headers(part: Intake, source: Source, absent: Collection[str]) -> dict[str, str]:
    """Column → the header of the sheet that looks most like it, of headers that name no column; each header once."""
    used = {*part.columns.values()}
    free = [label for label in part.labels if label and label not in used and label_key(label) not in OWN_LABELS]
    pairs = [
        (-_alike(label, name, source), at, label, name)
        for at, name in enumerate(absent)
        for label in dict.fromkeys(free)
    ]
    found: dict[str, str] = {}
    for less, _, label, name in sorted(pairs):
        if -less >= _ALIKE and name not in found and label not in found.values():
            found[name] = label
    return {name: found[name] for name in absent if name in found}


def _alike(label: str, name: str, source: Source) -> float:
    """How much a header has in common with the nearest of a column's words, from 0 to 1; no figure comes of it."""
    column = source.columns[name]
    words = {label_key(word) for word in (header_of(name, column), *column.aliases)}
    key = without_unit(label)[0] or label_key(label)
    return max(SequenceMatcher(None, key, word).ratio() for word in words)
