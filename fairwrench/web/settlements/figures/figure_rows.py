"""The rows behind a figure as people look through them: those that cost points first, then the rest.

Of a share (two parts counted from the same rows) these are the rows of the denominator, each with whether the numerator
counts it; of a sum or count with a condition also the rows that do not meet it. Pages and exports take the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import polars as pl
from django.conf import settings

from fairwrench.closing.check.tracing import rows_apart
from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import sealed_roster
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.explain.explain import RowsBehind, Step
from fairwrench.settlement.scheme.scheme import Measure, Metric, Scheme
from fairwrench.settlement.source.dialect import Clock
from fairwrench.settlement.source.formula import parse_aggregate, parse_condition
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.words.measure_words import counted_text
from fairwrench.web.access.models import User
from fairwrench.web.evidence.access import readers_stores
from fairwrench.web.evidence.events.history import events_behind
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import ledger_read
from fairwrench.web.evidence.sources.names import STORE
from fairwrench.web.evidence.uploads.preview import names_of
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.workspace import scheme_of, seal_of, sources_of

#: what becomes of a row
COUNTED, LEFT_OUT, EXEMPTED = "counted", "left_out", "exempted"
#: the order in which rows stand: what costs points, what was taken out, the rest
COSTS_FIRST, EXEMPTED_NEXT, REST = 0, 1, 2
#: the kind of file whose rows hold words of the scheme
RATINGS = "ratings"
#: a value that is a column by itself
_PLAIN = re.compile(r"\w+\(\w+\)")


@dataclass(frozen=True)
class Place:
    """Where rows were handed in: the file, its sheet, and by whom."""

    file: str
    sheet: str
    by: str


@dataclass(frozen=True)
class FigureRows:
    """The rows behind a figure in the order in which they are shown.

    `frame` has the source's columns, `_id`, `_batch`, `_row`, what became of the row (`_state`, `_costs`) and `_rank`.

    `key` are the columns that name a row, `deciding` those that the figure reads; where `adds`, `_value` is what a row
    adds that none of its columns says. `conditions` say what is counted, the numerator first; `words` how a scheme
    calls what stands in ratings. `hidden` rows stand in stores that are none of the reader's business; `sources` are
    all kinds of file, which name what is looked up.
    """

    source: Source
    sources: Mapping[str, Source]
    metric: Metric | None
    share: bool
    key: tuple[str, ...]
    deciding: tuple[str, ...]
    adds: bool
    frame: pl.DataFrame
    places: Mapping[int, Place]
    people: Mapping[str, str]
    #: `_id` → what was decided on the pages, where the row comes from there
    decided: Mapping[int, EvidenceEvent]
    conditions: tuple[Text, ...]
    words: Mapping[str, Mapping[str, tuple[str, str]]]
    hidden: int

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.frame.height

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each state, and how many cost points (`costs`)."""
        states = self.frame["_state"].to_list()
        told = {state: states.count(state) for state in (COUNTED, LEFT_OUT, EXEMPTED)}
        return {**told, "costs": int(self.frame["_costs"].sum())}


def figure_rows(*, run: Run, result: Result, step: Step, place: int, user: User) -> FigureRows:
    """The rows behind one measure of a step of somebody's month, as far as they concern a user who may see it."""
    seal, scheme, behind = seal_of(run=run), scheme_of(run=run), step.rows[place]
    # as sealed, not as it stands now: who has moved since is placed where they were
    workspace = Workspace(ledger_read(), DuckDB(), sources_of(run=run), sealed_roster(seal, Path(settings.LEDGER)))
    metric = scheme.metrics.get(behind.metric)
    asked = _asked(behind, metric)
    apart = rows_apart(asked, workspace, seal, scheme)
    stores = _stores(result, user)
    whole = ordered(marked(apart, _costly(behind, metric)), metric)
    # rows of a person, department or store are seen with the result; of the group's only those of stores seen
    frame = whole if stores is None or behind.level != "group" else whole.filter(pl.col(STORE).is_in(sorted(stores)))
    source, rated = workspace.sources[behind.measure.source], behind.measure.source == RATINGS
    # a denominator that counts every row decided nothing
    measures = [part.measure for part in asked if part is asked[0] or _says_more(part.measure)]
    deciding = [name for name in columns_read(source, measures, workspace) if name in frame.columns]
    return FigureRows(
        source=source,
        sources=workspace.sources,
        metric=metric,
        share=metric is not None and _is_share(metric),
        key=_naming(source, frame, deciding),
        deciding=tuple(deciding),
        adds=_adds_more(frame, asked[0].measure),
        frame=frame,
        places=_places(frame, workspace, behind.measure.source),
        people=_people(frame, source, stores),
        decided=events_behind(rows=frame, name=behind.measure.source, source=source, ledger=workspace.ledger),
        conditions=() if rated else tuple(counted_text(measure, workspace.sources) for measure in measures),
        words=_rating_words(step, behind, scheme) if rated else {},
        hidden=whole.height - frame.height,
    )


def _adds_more(frame: pl.DataFrame, measure: Measure) -> bool:
    """Whether rows add what none of their columns says: what is a column by itself does where a team shares a row."""
    return "_value" in frame.columns and ("_share" in frame.columns or _PLAIN.fullmatch(measure.value.strip()) is None)


def _says_more(measure: Measure) -> bool:
    """Whether a measure reads more of a row than that it is there."""
    return measure.where is not None or measure.value.strip() != "count"


def _rating_words(step: Step, behind: RowsBehind, scheme: Scheme) -> dict[str, dict[str, tuple[str, str]]]:
    """The item and the levels of ratings as people call them, by what files and forms keep."""
    levels = {word: (name.zh, name.en) for word, name in scheme.level_names.items()}
    return {"item": {behind.metric: (step.title.zh, step.title.en)}, "level": levels}


def _naming(source: Source, frame: pl.DataFrame, deciding: Sequence[str]) -> tuple[str, ...]:
    """The key, without the store where all rows are of one."""
    alone = frame[STORE].n_unique() < 2
    return tuple(name for name in source.key if name not in deciding and not (alone and name == STORE))


def _is_share(metric: Metric) -> bool:
    """Whether numerator and denominator are counted from the same rows."""
    top, below = metric.numerator, metric.denominator
    return below is not None and all(
        getattr(top, name) == getattr(below, name) for name in ("source", "credit", "date", "months")
    )


def _asked(behind: RowsBehind, metric: Metric | None) -> list[RowsBehind]:
    """What counts, and all that could have counted; the same once where there is no more to choose from."""
    if metric is not None and metric.denominator is not None and _is_share(metric):
        # the numerator first and the whole last: `marked` knows them by their place
        parts = {"numerator": metric.numerator, "denominator": metric.denominator}
        return [replace(behind, part=part, measure=measure) for part, measure in parts.items()]
    if metric is not None and behind.measure.where:
        return [behind, replace(behind, measure=behind.measure.model_copy(update={"where": None}))]
    return [behind]


def _costly(behind: RowsBehind, metric: Metric | None) -> str:
    """The state of rows that cost points; empty where no single row does."""
    if metric is None or (behind.part == "denominator" and not _is_share(metric)):
        return ""
    return {"higher": LEFT_OUT, "lower": COUNTED}.get(metric.better, "")


def marked(apart: Sequence[tuple[pl.DataFrame, pl.DataFrame]], costly: str) -> pl.DataFrame:
    """All rows once, with what became of each."""
    (counted, exempted), (whole, taken) = apart[0], apart[-1]
    # imploded, else Polars compares row with row and not with the set
    ids = counted["_id"].implode()
    left = whole.filter(~pl.col("_id").is_in(ids))
    # what is exempted from the whole is mostly exempted from the numerator, too: each row once
    out = pl.concat([exempted, taken.drop("_value", strict=False)], how="diagonal").unique("_id", maintain_order=True)
    parts = ((counted, COUNTED), (left.drop("_value", strict=False), LEFT_OUT), (out, EXEMPTED))
    marked = [part.with_columns(_state=pl.lit(state), _costs=pl.lit(state == costly)) for part, state in parts]
    return pl.concat(marked, how="diagonal")


def ordered(rows: pl.DataFrame, metric: Metric | None) -> pl.DataFrame:
    """Rows that cost points, rows taken out, the rest; of values that are divided, the worst first."""
    rank = pl.when("_costs").then(COSTS_FIRST).when(pl.col("_state") == EXEMPTED).then(EXEMPTED_NEXT).otherwise(REST)
    rows = rows.with_columns(_rank=rank)
    by, descending = [pl.col("_rank")], [False]
    if "_value" in rows.columns and metric is not None and metric.denominator is not None:
        by.append(pl.col("_value"))
        descending.append(metric.better == "lower")
    return rows.sort(*by, descending=descending, nulls_last=True, maintain_order=True)


def columns_read(source: Source, measures: Sequence[Measure], workspace: Workspace) -> list[str]:
    """The columns that some measures read, those of conditions and values first, then dates and people."""
    read: set[str] = set()
    for measure in measures:
        read |= parse_aggregate(measure.value, source, workspace.engine.dialect, Clock()).columns
        read |= parse_condition(measure.where, source, workspace.engine.dialect, Clock())[1] if measure.where else set()
    ends = [name for measure in measures for name in (measure.date, measure.credit) if name]
    return list(dict.fromkeys([name for name in (*source.columns, *source.derived) if name in read] + ends))


def _stores(result: Result, user: User) -> frozenset[str] | None:
    """The stores whose rows and people concern the reader: None for all."""
    stores = readers_stores(user=user)
    # the person's store, too: who leads them from another one sees the figure and so its rows
    return None if stores is None else stores | {result.store}


def _places(frame: pl.DataFrame, workspace: Workspace, name: str) -> dict[int, Place]:
    batches = workspace.ledger.records(name)
    found = ((number, batches.one(number)) for number in frame["_batch"].unique().sort())
    return {number: Place(PurePosixPath(batch.file).name, batch.sheet, batch.by) for number, batch in found}


def _people(frame: pl.DataFrame, source: Source, stores: frozenset[str] | None) -> dict[str, str]:
    """Employee id → name of everybody in the rows, as far as the reader may learn who works where."""
    columns = [name for name in frame.columns if source.type_of(name) == "person"]
    ids = {person for name in columns for person in frame[name].drop_nulls().unique()}
    return names_of(ids, stores=stores)
