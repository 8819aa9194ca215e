"""Rows whose number leads nowhere: job lines without an order, surveys of orders nobody knows, names on no roster.

Such rows are accepted, and whatever is looked up for them is silently empty. Nobody can mend them here (zeros may be
lost in one file of two), but it can be told, file by file with an example, and loudly where it is many of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.rows.blanks import shared_things
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.measure.measure import Engine, Evidence
from fairwrench.settlement.problem import Problem, Severity
from fairwrench.settlement.source.source import Lookup, Source, Text


def reference_problems(ledger: Ledger, engine: Engine, sealed: Seal, evidence: Evidence) -> list[Problem]:
    """What to tell of the files of the sealed month whose rows name no partner, or nobody on the roster."""
    found: list[Problem] = []
    for name, part in sealed.sources.items():
        records = [ledger.records(name).one(number) for number in part.batches]
        # Files handed in for this month alone: those of earlier months were told in their turn.
        handed = {batch.number: batch for batch in records if batch.sha256 and batch.period == sealed.month}
        if handed:
            found += _strangers(name, handed, evidence)
            found += _without_partner(name, handed, engine, evidence)
            found += _told_twice(name, handed, engine, evidence)
    return found


def _told_twice(name: str, handed: Mapping[int, Batch], engine: Engine, evidence: Evidence) -> Iterator[Problem]:
    """One job that several uploads tell of several people, each with all of it: it counts for each of them."""
    source = evidence.sources[name].source
    # Of one upload it is told when it is read, and most stores hand a month in at once: the others are looked into.
    spoken = Counter(store for batch in handed.values() for store in batch.stores)
    several = sorted(store for store, uploads in spoken.items() if uploads > 1)
    for person, thing in shared_things(source) if several else ():
        share, who = source.columns[person].split_into or "", source.columns[person].name
        twice = engine.above_whole(name, thing, share, several, evidence)
        for store, count, example in twice.iter_rows():
            yield _of_several(source, who or Text(zh=person, en=person), (store, count, example), name)


def _of_several(source: Source, who: Text, told: tuple[str, int, str], name: str) -> Problem:
    store, count, example = told
    zh = f"{store}的“{source.name.zh}”有 {count} 项由不同文件记在不同{who.zh}名下，份额合计超过 1，会重复计入：如 "
    zh += f"{example}；若是改人，请撤回原来的上传，或把原来那一行的份额改为 0 再交"
    en = f"{number_of(count, 'job')} of {source.name.en} of {store} {agreeing(count, 'is', 'are')} told of several "
    en += f"people by several files, with more than the whole, and {agreeing(count, 'counts', 'count')} for each of "
    en += f"them: {example}; where somebody was put in another's place take the former upload back, or "
    en += "hand its row in again with a share of 0"
    return Problem("told_of_several", zh, en, "warning", subject=name, details={"rows": str(count), "store": store})


def references(source: Source) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The other sources that a source's rows name by a whole key, each with the columns (ours → theirs), once."""
    told: list[tuple[str, Mapping[str, str]]] = [*source.refers.items()]
    for derived in source.derived.values():
        if isinstance(derived, Lookup) and not {*derived.by} - {*source.columns, "store"}:
            told.append((derived.lookup, derived.by))
    seen: list[tuple[str, Mapping[str, str]]] = []
    for pair in told:
        if pair not in seen:
            seen.append(pair)
            yield pair


def _without_partner(name: str, handed: Mapping[int, Batch], engine: Engine, evidence: Evidence) -> Iterator[Problem]:
    source = evidence.sources[name].source
    for other, by in references(source):
        if other not in evidence.sources:
            continue
        # Where the other file did not come at all every row leads nowhere, and that is told as missing.
        there = evidence.sources[other].handed_in(evidence.month)
        rows = engine.unmatched(name, dict(by), other, sorted(handed), evidence)
        counts = (
            rows.filter(pl.col("store").is_in(sorted(there)))
            .group_by("batch")
            .agg(pl.col("rows", "unmatched").sum(), example=pl.col("example").min())
        )
        for batch, total, alone, example in counts.filter(pl.col("unmatched") > 0).sort("batch").iter_rows():
            yield _no_partner(handed[batch], source, evidence.sources[other].source, (total, alone, example))


def _no_partner(batch: Batch, source: Source, other: Source, found: tuple[int, int, str]) -> Problem:
    total, alone, example = found
    zh = f"“{source.name.zh}”的 {total} 行中有 {alone} 行在“{other.name.zh}”里找不到对应的单号，例如 {example}；"
    zh += "请核对单号的写法（开头的零、空格、是否变成了数字）"
    en = f"{alone} of {number_of(total, 'row')} of {source.name.en} {agreeing(alone, 'names', 'name')} no row of "
    en += f"{other.name.en}, such as {example}; see how the "
    en += "numbers are written (leading zeros, blanks, numbers made of texts)"
    return _told("no_partner", zh, en, batch, (alone, total, source.unmatched_most))


def _strangers(name: str, handed: Mapping[int, Batch], evidence: Evidence) -> Iterator[Problem]:
    source = evidence.sources[name].source
    for batch in handed.values():
        rows, total = batch.counts.get("uncredited", 0), batch.counts.get("accepted", 0)
        if rows:
            names = "、".join(batch.strangers)
            zh = f"“{source.name.zh}”的 {total} 行中有 {rows} 行写的人不在本店花名册上，或当时不在职，只计入门店："
            en = f"{rows} of {number_of(total, 'row')} of {source.name.en} {agreeing(rows, 'counts', 'count')} for the "
            en += "store alone, naming people who are not on its roster, or were not there then: "
            yield _told(
                "strangers", zh + names, en + ", ".join(batch.strangers), batch, (rows, total, source.unmatched_most)
            )


def _told(code: str, zh: str, en: str, batch: Batch, share: tuple[int, int, Decimal]) -> Problem:
    """A warning where more of the rows are concerned than the source lets pass, else a note."""
    some, all_of, most = share
    # Crosswise with a decimal: exactly the share is let pass.
    severity: Severity = "warning" if some > most * all_of else "note"
    store = batch.stores[0] if len(batch.stores) == 1 else ""
    details = {"rows": str(some), "of": str(all_of), "store": store, "batch": f"{batch.source} {batch.number}"}
    return Problem(code, zh, en, severity, file=batch.file, subject=batch.source, details=details)
