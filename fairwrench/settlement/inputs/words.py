"""Words that people write in evidence: the scheme's own (`teamwork`) or its names in either language (团队协作)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from unicodedata import normalize

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem, nearest
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source, Text

#: kinds of file in which people write words of the scheme, and the columns that hold them, as the catalog calls them
KINDS = {
    "targets": Text(zh="目标值", en="Targets"),
    "ratings": Text(zh="评分", en="Ratings"),
    "decisions": Text(zh="处理决定", en="Decisions"),
    "exemptions": Text(zh="剔除申请", en="Exemptions"),
    "payroll": Text(zh="薪资数据", en="Payroll"),
}
COLUMNS = {
    "metric": Text(zh="指标", en="metric"),
    "item": Text(zh="考核项", en="item"),
    "level": Text(zh="等级", en="level"),
    "source": Text(zh="数据报表", en="source"),
}


def words_of(named: Iterable[tuple[str, Text]]) -> dict[str, str]:
    """Every name, in either language → its word."""
    spelled = ((word, text) for word, name in named for text in (name.zh, name.en))
    # intake makes full-width brackets and letters half-width
    return {variant: word for word, text in spelled for variant in (text, normalize("NFKC", text))}


def source_words(sources: Mapping[str, Source]) -> dict[str, str]:
    """The names of sources."""
    return words_of((word, source.name) for word, source in sources.items())


def metric_words(scheme: Scheme) -> dict[str, str]:
    """The names of metrics."""
    return words_of((word, metric.name) for word, metric in scheme.metrics.items())


def grade_words(scheme: Scheme) -> dict[str, str]:
    """The names of grades."""
    return words_of((grade, band.name) for grade, band in scheme.bands.grades.items())


def item_words(scheme: Scheme) -> dict[str, str]:
    """The names of items on any scorecard; an item without a name of its own goes by its metric's."""
    every = [item for card in scheme.scorecards.values() for item in card.items]
    used = {item.metric: scheme.metrics[item.metric].name for item in every if item.metric in scheme.metrics}
    # An item's own name comes after its metric's, so it wins where both are the same words.
    return words_of((word or "", name) for word, name in used.items()) | words_of(
        (item.key, item.name) for item in every if item.name
    )


def department_words(scheme: Scheme) -> dict[str, str]:
    """The names and aliases of departments."""
    own = words_of((word, department.name) for word, department in scheme.departments.items())
    return own | {alias: word for word, department in scheme.departments.items() for alias in department.aliases}


def strangers(
    used: pl.Series, words: Collection[str], named: Mapping[str, str], source: str, column: str
) -> list[Problem]:
    """Words (names already replaced) that nobody knows, each with the nearest that is known."""
    found = []
    kind, place = KINDS[source], COLUMNS[column]
    for word, count in used.drop_nulls().value_counts().sort(used.name).iter_rows():
        if word not in words:
            near = nearest(word, [*words, *named])
            zh = f"{kind.zh} 中有 {count} 行的{place.zh}“{word}”不在制度中" + (f"，是否为“{near}”？" if near else "")
            en = f"{number_of(count, 'row')} of {kind.en} {agreeing(count, 'names', 'name')} {place.en} {word!r}, "
            en += "which the scheme does not have"
            en += f"; did you mean {near!r}?" if near else ""
            found.append(Problem("unknown_word", zh, en, "warning", subject=source))
    return found
