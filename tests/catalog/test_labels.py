"""Whoever reads an explanation reads names: every source and column that a shipped scheme reads has both."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources, scheme_names
from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.measure.measure import measures_of
from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.dialect import Clock
from fairwrench.settlement.source.formula import parse_aggregate, parse_condition
from fairwrench.settlement.source.labels import column_label, word_label
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.words.curve_words import curve_text
from fairwrench.settlement.words.measure_words import measure_text
from tests.catalog.metric_library import load_metrics

SOURCES, CHINESE, ID = load_sources(), re.compile("[\u4e00-\u9fff]"), re.compile(r"[A-Za-z0-9]+_[A-Za-z0-9_]+")
#: Latin words that Chinese takes over as they are
TAKEN_OVER = {"VIN"}


def every_measure() -> Iterator[tuple[str, Measure]]:
    """Every measure of every shipped scheme and of the library, with what it belongs to."""
    for scheme in scheme_names():
        for owner, part, measure in measures_of(load_scheme(scheme)):
            yield f"{scheme} {owner} {part}", measure
    for name, metric in load_metrics().items():
        for each in filter(None, (metric.numerator, metric.denominator)):
            yield f"library {name}", each


def read_by(measure: Measure, source: Source) -> set[str]:
    """The columns that a measure reads, dates and credits by."""
    read = set(parse_aggregate(measure.value, source, DIALECT, Clock()).columns) | {measure.date}
    if measure.where:
        read |= parse_condition(measure.where, source, DIALECT, Clock())[1]
    return read | ({measure.credit} if measure.credit else set())


def is_whole(text: Text) -> bool:
    """A name in both languages: Chinese in Chinese, and in English no id."""
    chinese = bool(CHINESE.search(text.zh)) or text.zh in TAKEN_OVER
    return chinese and bool(text.en.strip()) and not CHINESE.search(text.en) and not ID.search(text.zh + " " + text.en)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_column_and_fixed_value_has_both_names(name: str) -> None:
    """Fails when a page has to show an id of the catalog."""
    source = SOURCES[name]
    assert is_whole(source.name)
    assert is_whole(source.row)
    for column in (*source.columns, *source.derived):
        declared = source.columns.get(column) or source.derived[column]
        assert declared.name is not None, column
        assert is_whole(declared.name), column
        for word in (source.columns[column].one_of or {}) if column in source.columns else ():
            label = word_label(source.columns[column], word)
            assert is_whole(label), (column, word)
    names = [column_label(source, column, SOURCES) for column in (*source.columns, *source.derived)]
    for lang in ("zh", "en"):
        called = [name_.of(lang) for name_ in names]
        assert len(set(called)) == len(called), "two columns of one source go by one name"


def test_every_column_that_a_shipped_scheme_reads_is_declared() -> None:
    """Fails when a measure reads what no source has, so that its name would be the id."""
    for owner, measure in every_measure():
        source = SOURCES[measure.source]
        for column in read_by(measure, source):
            assert column in source.columns or column in source.derived, (owner, column)


def test_every_shipped_measure_reads_as_language() -> None:
    """Fails when an explanation of a shipped scheme shows a formula or an id."""
    for owner, measure in every_measure():
        text = measure_text(measure, SOURCES)
        assert not ID.search(text.zh + text.en), (owner, text)
        # names of columns are words; what is left of the Chinese holds no Latin letter
        bare = re.sub("「[^」]*」|“[^”]*”", "", text.zh)
        assert not re.search("[A-Za-z<>=']", bare), (owner, bare)
        assert not re.search(r"[<>=']|\b(null|case|sum\()", text.en), (owner, text.en)
        assert not CHINESE.search(text.en), (owner, text.en)


@pytest.mark.parametrize("name", scheme_names())
def test_everything_a_shipped_scheme_names_has_both_names(name: str) -> None:
    """Fails when a position, an item, a pool or a line of a plan is shown by its id."""
    scheme = load_scheme(name)
    plans = scheme.pay.commission.values()
    parts = {
        **{f"department {key}": part.name for key, part in scheme.departments.items()},
        **{f"position {key}": part.name for key, part in scheme.positions.items()},
        **{f"metric {key}": part.name for key, part in scheme.metrics.items()},
        **{f"card {key}": part.name for key, part in scheme.scorecards.items()},
        **{f"pool {key}": part.name for key, part in scheme.pools.items()},
        **{f"line {key}": line.name for plan in plans for key, line in plan.lines.items()},
        **{
            f"item {key} {item.key}": item.name or scheme.metrics[item.key].name
            for key, card in scheme.scorecards.items()
            for item in card.items
            if item.name or item.metric
        },
    }
    assert [key for key, called in parts.items() if called is None or not called.zh or not called.en] == []
    unnamed = [item.key for card in scheme.scorecards.values() for item in card.items if not (item.name or item.metric)]
    assert unnamed == []
    for card in scheme.scorecards.values():
        for item in card.items:
            if item.curve and item.metric:
                told = curve_text(item.curve, scheme.metrics[item.metric], scheme.currency)
                assert not ID.search(told.zh + told.en)
                assert not re.search("[A-Za-z]", told.zh)
