"""The table of the rows behind a figure: what became of each, what names it, what decided, where it was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.closing.check.tracing import PART, values_told
from fairwrench.report.figures import cell_number
from fairwrench.settlement.amounts import MONEY_DIGITS
from fairwrench.settlement.exact import plain
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.words.metric_words import with_unit
from fairwrench.web.evidence.events.events import decided_by
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.uploads.preview import text_of
from fairwrench.web.settlements.figures.figure_rows import COUNTED, EXEMPTED, LEFT_OUT, FigureRows
from fairwrench.web.ui.tables.columns import Column
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import of, pick

#: before the name of a column of the source, so that none hides another of the table's; before that of its bare value
OWN, RAW = "c_", "raw:"
#: the choice of rows that cost points, beside the states
COSTS = "costs"
#: what became of a row, in words
STATES: dict[str, tuple[str, str]] = {
    COUNTED: ("计入", "counted"),
    LEFT_OUT: ("未计入", "not counted"),
    EXEMPTED: ("已剔除", "taken out"),
}
#: where a row was handed in, in words
PLACES: dict[str, tuple[str, str]] = {
    "file": ("文件", "File"),
    "sheet": ("工作表", "Sheet"),
    "line": ("行", "Row"),
    "by": ("提报人", "Handed in by"),
}
#: the look of the columns that decided
DECIDING = "deciding"
#: the look of the column that stays in sight
KEPT = "kept"


@dataclass(frozen=True)
class FigureRow:
    """One row of the table: its values as people read them, and as they are (`raw:` before the name) to sort by."""

    values: dict[str, Any]
    rows: FigureRows
    words: dict[str, dict[str, tuple[str, str]]]

    def __getitem__(self, name: str) -> Any:
        """A value; KeyError for what is no column."""
        if name.startswith(RAW):
            return self.values[name.removeprefix(RAW)]
        if name in PLACES:
            return self._placed(name)
        value = self.values[name.removeprefix(OWN)]
        told = self.words.get(name.removeprefix(OWN), {}).get(str(value))
        return of(told) if told else value_said(value, self.rows.people)

    def _placed(self, name: str) -> str:
        if name == "by" and self.decided:
            return decided_by(self.decided)
        place = self.rows.places[self.values["_batch"]]
        return str(self.values["_row"]) if name == "line" else str(getattr(place, name))

    @property
    def decided(self) -> EvidenceEvent | None:
        """What was decided on the pages, where the row comes from there."""
        return self.rows.decided.get(self.values["_id"])

    @property
    def costs(self) -> bool:
        """Whether the row costs points."""
        return bool(self.values["_costs"])


def value_said(value: Any, people: Mapping[str, str]) -> str:
    """A value as people read it; a moment with its seconds where it has any, so that two that differ look so."""
    if isinstance(value, datetime):
        local = value.replace(tzinfo=value.tzinfo or UTC).astimezone(ZoneInfo(settings.TIME_ZONE))
        return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return text_of(value, dict(people))


class StateColumn(Column):
    """What became of a row, marked where it costs points."""

    def render(self, value: str, record: FigureRow | None = None) -> SafeString:
        """The word as a badge."""
        costs = record is not None and record.costs
        if value == COUNTED and not costs:
            return format_html("{}", of(STATES[value]))
        look, points = ("bg-danger-lt", pick("，失分", ", costs points")) if costs else ("bg-secondary-lt", "")
        return format_html('<span class="badge {}">{}{}</span>', look, of(STATES[value]), points)


class AuthorColumn(Column):
    """Who handed a row in; of one decided on the pages, who decided it, leading to what was said of it."""

    def render(self, value: str, record: FigureRow | None = None, table: Any = None) -> str:
        """The name, as a link where the page knows where it leads."""
        event = record.decided if record is not None else None
        here = getattr(table, "here", None)
        if event is None or here is None:
            return value
        before, behind = here
        return format_html('<a href="{}{}{}">{}</a>', before, event.pk, behind, value)


class NumberColumn(Column):
    """A number of the source."""

    kind = "plain"

    def render(self, value: Any) -> str:
        """With thousands separated."""
        return value_said(value, {})

    def written(self, value: Any) -> Any:
        """The number itself."""
        if value is None:
            return None
        number = Decimal(value)
        # all decimals that it has: the cell holds the very number
        digits = max(0, -int(number.as_tuple().exponent))
        return cell_number(int(number.scaleb(digits)), digits)


class ValueColumn(NumberColumn):
    """What a row adds to the figure."""

    def __init__(self, metric: Metric, **options: Any) -> None:
        super().__init__("本行数值", "Adds", **options)
        self.metric = metric

    def render(self, value: Any) -> str:
        """With the unit of the metric where that is time."""
        if value is None:
            return ""
        # a row's amount may have more decimals than fen, and two would hide them
        money = self.metric.unit == "money" and Decimal(value) == round(Decimal(value), MONEY_DIGITS)
        shown = f"{Decimal(value):,.2f}" if money else plain(Decimal(value))
        return of(with_unit(shown, self.metric)) if self.metric.unit == "seconds" else shown


class RowTable(Table):
    """The rows behind a figure; `table_of` adds the columns of their source."""

    #: before and behind the number of an event, the address of what was decided
    here: tuple[str, str] | None = None
    state = StateColumn("结果", "Result", accessor=f"{RAW}_state", order_by=(f"{RAW}_rank",))

    def __init__(self, *given: Any, **options: Any) -> None:
        options.setdefault("row_attrs", {"class": lambda record: "costs" if record.costs else ""})
        super().__init__(*given, **options)


def table_of(rows: FigureRows, here: tuple[str, str] | None = None) -> type[Table]:
    """The table for some rows: the columns that name a row, those that decided (marked), then where it came from.

    `here` is the address of what was decided on the pages, before and behind the number of its event."""
    # the last column of a key is mostly the row's own number (store, order), so it stands first and in sight
    columns: dict[str, Column] = {f"{OWN}{name}": _column(rows, name, KEPT) for name in rows.key[-1:]}
    columns |= {f"{OWN}{name}": _column(rows, name) for name in rows.key[:-1]}
    if rows.adds and rows.metric is not None:
        columns["value"] = ValueColumn(
            rows.metric, accessor=f"{RAW}_value", order_by=(f"{RAW}_value",), attrs=_look(DECIDING, "num")
        )
    if "_share" in rows.frame.columns:
        columns["share"] = NumberColumn(*PART["share_"], accessor=f"{RAW}_share", attrs=_look(DECIDING, "num"))
    columns |= {f"{OWN}{name}": _column(rows, name, DECIDING) for name in rows.deciding}
    sheets = any(place.sheet for place in rows.places.values())
    for name, (zh, en) in PLACES.items():
        if sheets or name != "sheet":
            # file, sheet, line and author all sort as the rows were handed in
            order = (f"{RAW}_batch", f"{RAW}_row")
            kind = AuthorColumn if name == "by" else Column
            columns[name] = kind(zh, en, accessor=name, search=True, order_by=order, wide=name in ("sheet", "by"))
    return type("RowTable", (RowTable,), {**columns, "here": here})


def _column(rows: FigureRows, name: str, look: str = "") -> Column:
    label = column_label(rows.source, name, rows.sources)
    if rows.source.type_of(name) in ("int", "decimal"):
        return NumberColumn(
            label.zh, label.en, accessor=f"{RAW}{name}", search=f"{OWN}{name}", attrs=_look(look, "num")
        )
    order = (f"{RAW}{name}",)
    return Column(label.zh, label.en, accessor=f"{OWN}{name}", order_by=order, search=True, attrs=_look(look))


def _look(*classes: str) -> dict[str, dict[str, str]]:
    return {part: {"class": " ".join(filter(None, classes))} for part in ("th", "td", "tf")}


def shown_rows(rows: FigureRows, show: str = "") -> list[FigureRow]:
    """The rows of one state (`costs`: those that cost points; empty: all) for the table."""
    frame = rows.frame
    if show:
        frame = frame.filter(pl.col("_costs") if show == COSTS else pl.col("_state") == show)
    told = {name: values_told(rows.source, name, rows.sources) for name in (*rows.key, *rows.deciding)}
    words = {name: {**values, **rows.words.get(name, {})} for name, values in told.items()}
    return [FigureRow(values, rows, words) for values in frame.iter_rows(named=True)]
