"""What every engine asks alike: they differ in how a query is run, not in which query it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import polars as pl

from fairwrench.engines import query, traced
from fairwrench.settlement.measure.measure import Evidence, Pass, Planned, RowsAsked
from fairwrench.settlement.source.dialect import Dialect


class Asking(ABC):
    """An engine that runs the queries of `engines.query` in its `dialect`."""

    dialect: ClassVar[Dialect]

    def cells(self, asked: Pass, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.cells`."""
        sql = query.cells(asked, evidence, self.dialect)
        return self._integers(sql, asked.source, asked.measures, evidence)

    def slices(self, asked: Pass, credit: str, day: str, movers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.slices`."""
        sql = query.slices(asked, credit, day, evidence, self.dialect)
        return self._integers(sql, asked.source, asked.measures, evidence, movers=movers)

    def level(self, planned: Planned, members: pl.DataFrame | None, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.level`."""
        sql = query.level(planned, members is None, evidence, self.dialect)
        extra = {} if members is None else {"members": members}
        frame = self._integers(sql, planned.measure.source, (planned,), evidence, **extra)
        # A unit of which nothing could be added up has no value, and no value is not zero.
        return frame.rename({planned.key: "value"}).drop_nulls()

    def rows_of_each(self, asked: Sequence[RowsAsked], evidence: Evidence) -> list[pl.DataFrame]:
        """See `Engine.rows_of_each`."""
        source = asked[0].planned.measure.source
        files = evidence.files_for(source, traced.measures(asked))
        numbered = ""
        if where := traced.spans(asked, evidence, self.dialect):
            numbered = traced.between(self._frame(where, {source: files}, evidence).rows())
        sql = traced.rows(asked, evidence, self.dialect, numbered)
        return traced.own(self._frame(sql, {source: files}, evidence), asked)

    def unmatched(
        self, source: str, by: Mapping[str, str], other: str, batches: Iterable[int], evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.unmatched`."""
        sql = query.unmatched(source, by, other, batches, evidence, self.dialect)
        # The month's own rows, but every sealed file of the other source: an order may be older than what names it.
        here = evidence.sources[source].files_since(evidence.month)
        return self._frame(sql, {source: here} | {other: evidence.sources[other].files}, evidence)

    def above_whole(
        self, source: str, thing: Sequence[str], share: str, stores: Iterable[str], evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.above_whole`."""
        sql = query.above_whole(source, (thing, share), stores, evidence, self.dialect)
        return self._frame(sql, {source: evidence.sources[source].files_since(evidence.month)}, evidence)

    @abstractmethod
    def _frame(self, sql: str, files: Mapping[str, tuple[str, ...]], evidence: Evidence) -> pl.DataFrame:
        """The query's result over some files of each source that it reads."""

    @abstractmethod
    def _integers(
        self, sql: str, source: str, measures: tuple[Planned, ...], evidence: Evidence, **frames: pl.DataFrame
    ) -> pl.DataFrame:
        """The query's result with its measures as Int128 units of their last decimal; `frames` are what else it reads,
        by name."""
