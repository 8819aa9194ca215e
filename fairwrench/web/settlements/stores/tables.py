"""The table of stores: people, grades, scores and pay of each, and any metric to sort them by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django_tables2.utils import OrderBy, OrderByTuple

from fairwrench.report.cells import Kind
from fairwrench.report.figures import NONE, cell_number
from fairwrench.report.naming import Names
from fairwrench.settlement.exact import VALUE_DIGITS, half_up
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.words.metric_words import value_words
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.listed import listed_url
from fairwrench.web.settlements.runs.run_reader import Indicator, indicators_of
from fairwrench.web.settlements.stores.store_rows import COLUMN, Beside, Found, Row, mean_of, units_of
from fairwrench.web.ui.tables.columns import Column, CountColumn, MoneyColumn, PointsColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import of

#: how the figures of a metric read, by its unit
_KINDS: dict[str, Kind] = {"percent": "percent", "money": "money"}
#: the columns before those of the grades, which the scheme of the month decides
BEFORE_GRADES = ("shop", "region", "people", "incomplete", "mean", "trend")
#: the look of the column that stays in sight
KEPT = {"class": "kept"}


class ShopColumn(Column):
    """A store, leading to its page of the month."""

    def render(self, value: str, table: Any = None) -> SafeString:
        """Name with the way there."""
        address = reverse("settlements:store", args=[value])
        return format_html('<a class="text-nowrap" href="{}?month={}">{}</a>', address, table.month, value)

    def written(self, value: str) -> str:
        """The name."""
        return value


class ListedColumn(CountColumn):
    """How many people of a store there are of some kind, leading to who they are; below stands their sum."""

    def __init__(self, zh: str, en: str, *, wanted: Mapping[str, str], **options: Any) -> None:
        super().__init__(zh, en, total=True, **options)
        self.besides = escape(f"&{urlencode(wanted)}" if wanted else "")

    def render(self, value: int | None, record: Row | None = None, table: Any = None) -> SafeString | str:
        """The count with the way there; none leads nowhere."""
        shown = super().render(value)
        if not value or record is None or not table.lists:
            return shown
        # put together here: with a column for each grade a group of a hundred stores has hundreds on a page
        return SafeString(f'<a href="{table.listed(record["name"])}{self.besides}">{escape(shown)}</a>')


class MeanColumn(PointsColumn):
    """A mean score; below stands the mean of everybody found, which is no sum."""

    def __init__(self, zh: str, en: str, **options: Any) -> None:
        super().__init__(zh, en, footer=lambda table: self.render(table.totals["mean"]), **options)


class TrendColumn(Column):
    """A line of the months before; drawn only for the stores of the page."""

    def render(self, value: str, table: Any = None) -> SafeString | str:
        """The line, or a dash."""
        return table.trends.get(value) or NONE


class MetricColumn(Column):
    """One metric of each store, in 10^-6; below stands that of all stores found."""

    def __init__(self, key: str, metric: Metric, names: Names) -> None:
        self.metric, self.currency = metric, names.scheme.currency
        self.kind = _KINDS.get(metric.unit, "plain")
        options: dict[str, Any] = {
            "attrs": {part: {"class": "num"} for part in ("th", "td", "tf")},
            "accessor": f"{COLUMN}{key}",
        }
        options["footer"] = lambda table, bound_column: self.render(table.totals[bound_column.name])
        super().__init__(*(names.metric(key),) * 2, **options)

    def render(self, value: int | None) -> str:
        """The figure as it stands on every page."""
        # the column holds 10^-6 (`units_of`), a fraction over 10^6
        return of(value_words(value, 10**VALUE_DIGITS, self.metric, self.currency))

    def written(self, value: int | None) -> Any:
        """A number: a percentage as its fraction, an amount in yuan."""
        if value is None or self.kind != "money":
            return cell_number(value, VALUE_DIGITS)
        # 10^-6 yuan to fen, two decimals
        return cell_number(half_up(value, 10 ** (VALUE_DIGITS - 2)), 2)


class StoreTable(Table):
    """The stores of a run. Below stand the sums, means and metrics of all that were found, not only of the page."""

    shop = ShopColumn("门店", "Store", accessor="name", search=True, attrs={"th": KEPT, "td": KEPT})
    region = Column("区域", "Region", search=True)
    people = ListedColumn("人数", "People", wanted={})
    incomplete = ListedColumn("数据不全", "Incomplete", wanted={"state": "incomplete"})
    mean = MeanColumn("平均分", "Mean")
    trend = TrendColumn("近月走势", "Months before", accessor="name", orderable=False)
    performance_pay = MoneyColumn("绩效工资", "Performance pay", total=True)
    total_pay = MoneyColumn("合计", "Total", accessor="total", total=True)

    def __init__(
        self, data: list[Row], *, run: Run, month: str, grades: Sequence[str], lists: bool = True, **options: Any
    ) -> None:
        #: `lists`: whether the reader may open who stands behind a count
        self.run, self.month, self.lists = run, month, lists
        #: where the people of a store are listed, as it stands in an attribute
        self.listed = cache(lambda store: escape(listed_url(month, store=store)))
        counts = {
            f"grade_{grade.lower()}": ListedColumn(grade, grade, wanted={"grade": grade}, accessor=grade)
            for grade in grades
        }
        options["extra_columns"] = [*counts.items(), *options.get("extra_columns", ())]
        options["sequence"] = (*BEFORE_GRADES, *counts, "...")
        #: store → its line, filled in once the page is known
        self.trends: dict[str, SafeString] = {}
        if run.kind == Run.Kind.LIVE:  # nobody's pay is settled while the month runs, and none is not ¥0.00
            options["exclude"] = (*options.get("exclude", ()), "total_pay")
        super().__init__(data, **options)
        self.around = "shops"

    @property
    def order_by(self) -> OrderByTuple:
        """What the rows are sorted by."""
        return self._order_by

    @order_by.setter
    def order_by(self, value: str | Iterable[str] | None) -> None:
        asked = value.split(",") if isinstance(value, str) else value or ()
        known = {bound.name for bound in self.shown_columns if bound.orderable}
        # a sort by what this month's table has not (another scheme's grade) is dropped, not an error
        self._order_by = OrderByTuple(alias for alias in asked if OrderBy(alias).bare in known)
        # sorting is stable, so the last key goes first
        for alias in reversed(self._order_by):
            self._sort(self.columns[alias.bare].accessor, descending=alias.is_descending)

    def _sort(self, path: str, *, descending: bool) -> None:
        """Sort by what a column holds; what holds nothing stands last either way."""
        rows: list[Row] = self.data.data
        there = [row for row in rows if row.get(path) is not None]
        there.sort(key=lambda row: row[path], reverse=descending)
        # in place, as it is the list that the table holds
        rows[:] = [*there, *(row for row in rows if row.get(path) is None)]

    @cached_property
    def stores_found(self) -> Found:
        """The stores on all pages, in the order of the table."""
        names = tuple(row["name"] for row in self.data.data)
        return Found(names, all=len(names) == len(self.run.sums_of_stores))

    @cached_property
    def totals(self) -> dict[str, int | None]:
        """Sums; the mean of everybody; each metric of the stores together."""
        metrics = {each.name: self._together(each.name) for each in self.shown_columns if each.name.startswith(COLUMN)}
        return {**self._found[1], "mean": mean_of(self.data.data), **metrics}

    def _together(self, name: str) -> int | None:
        indicator = self.indicators[name.removeprefix(COLUMN)]
        metric: Metric = self.columns[name].column.metric
        return units_of(self.beside.figure(indicator, metric))

    @cached_property
    def beside(self) -> Beside:
        """The stores on all pages shown as one."""
        return Beside.of(self.stores_found, self.run)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The metrics of the run by their keys, with the figure of the whole group alone."""
        return {each.metric: each for each in indicators_of(run=self.run, stores=())}


def metric_columns(
    *, run: Run, names: Names, rows: list[Row], wanted: Callable[[str], bool], only: Collection[str] | None = None
) -> list[tuple[str, Column]]:
    """A column for each metric (of `only`, where it is given) that is wanted, by the column's name; its figures are put
    into the rows."""
    known = names.scheme.metrics
    metrics = [key for key in known if wanted(f"{COLUMN}{key}") and (only is None or key in only)]
    columns: list[tuple[str, Column]] = []
    for each in indicators_of(run=run, metrics=metrics) if metrics else ():
        name = f"{COLUMN}{each.metric}"
        columns.append((name, MetricColumn(each.metric, known[each.metric], names)))
        for row in rows:
            row[name] = units_of(each.stores.get(row["name"]))
    return columns
