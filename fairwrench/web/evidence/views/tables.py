"""Tables of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.exemptions.rows import title_of
from fairwrench.web.evidence.freshness.places import ListedPlace
from fairwrench.web.evidence.models import Exemption, Landing, MissingOrder, Upload
from fairwrench.web.ui.components import HEAT, heat_cell
from fairwrench.web.ui.tables.columns import Column, CountColumn, LongColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import joined, of, pick

#: the look of each state of an upload
LOOKS = {
    "reading": "secondary",
    "landing": "secondary",
    "unreadable": "danger",
    "read": "warning",
    "landed": "primary",
    "set_aside": "secondary",
    "asked": "warning",
    "refused": "danger",
    "approved": "primary",
    "added": "primary",
    "not_theirs": "danger",
    "on_order": "primary",
    "withdrawn": "secondary",
}


class MomentColumn(Column):
    """An instant as local time."""

    def render(self, value: Any) -> str:
        """2026-10-03 09:05."""
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—"


class StateColumn(Column):
    """A state in its colour."""

    def render(self, value: Any, record: Any = None) -> SafeString:
        """The state as a badge."""
        return state_badge(record)


def state_badge(record: Upload | Exemption | MissingOrder) -> SafeString:
    """The state of an upload, an exemption or a question as a badge."""
    return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS[record.state], record.get_state_display())


def source_words(name: str, kinds: Mapping[str, Source] | None = None) -> str:
    """A source in words; its own name where no such source is declared. `kinds`, where they are read already."""
    found = (selectors.sources() if kinds is None else kinds).get(name)
    return of(found.name) if found else name


def batch_url(landing: Landing) -> str:
    """Where a batch is shown."""
    return reverse("evidence:batch", args=[landing.source, landing.number])


class Uploads(Table):
    """Files handed in."""

    name = Column("文件", "File", search=True)
    month = Column("月份", "Month", search=True)
    store = Column("门店", "Store", search=True)
    state = StateColumn("状态", "State")
    # summed over sheets here: the database has no column to order by
    accepted = CountColumn("收下", "Accepted", orderable=False, accessor="pk", empty_values=())
    rejected = CountColumn("退回", "Rejected", orderable=False, accessor="pk", empty_values=())
    by = Column("提报人", "By", search="by__employee__name", order_by=("by__employee__name",))
    at = MomentColumn("时间", "When")

    def render_name(self, value: str, record: Upload) -> SafeString:
        """The file, leading to its preview."""
        return format_html('<a href="{}">{}</a>', reverse("evidence:upload", args=[record.pk]), value)

    def render_accepted(self, record: Upload) -> int:
        """Rows accepted in all sheets."""
        return sum(sheet.accepted for sheet in record.sheets.all())

    def render_rejected(self, record: Upload) -> int:
        """Rows rejected in all sheets."""
        return sum(sheet.rejected for sheet in record.sheets.all())


class Sourced(Table):
    """Rows that each name a source, which are read once for all of them."""

    @cached_property
    def kinds(self) -> dict[str, Source]:
        """Every kind of file by name."""
        return selectors.sources()

    def render_source(self, value: str) -> str:
        """The source in words."""
        return source_words(value, self.kinds)


class Landings(Sourced):
    """Batches of the ledger."""

    source = Column("数据报表", "Source", search=True)
    number = CountColumn("上传记录", "Batch")
    file = Column("文件", "File", search=True)
    sheet = Column("工作表", "Sheet")
    period = Column("提报月份", "Handed in for", search=True)
    places = Column("门店", "Stores", accessor="stores", orderable=False)
    accepted = CountColumn("收下", "Accepted", total=True)
    rejected = CountColumn("退回", "Rejected", total=True)
    by = Column("提报人", "By", search=True)
    landed_at = MomentColumn("导入时间", "Landed")

    def render_file(self, value: str, record: Landing) -> SafeString:
        """The file, leading to its batch."""
        return format_html('<a href="{}">{}</a>', batch_url(record), value)

    def render_rejected(self, value: int | None, record: Landing | None = None) -> SafeString | str:
        """The count, leading to the rows and their reasons."""
        shown = CountColumn.render(self.base_columns["rejected"], value)
        return format_html('<a href="{}#rejected">{}</a>', batch_url(record), shown) if value and record else shown

    def render_places(self, value: list[str]) -> str:
        """The stores it speaks for, by name as long as they are few."""
        return stores_words(value)


class UnknownBatches(Sourced):
    """Batches that the database knows nothing of."""

    source = Column("数据报表", "Source", search=True)
    number = CountColumn("上传记录", "Batch")
    file = Column("文件", "File", search=True)
    period = Column("提报月份", "Handed in for", search=True)
    stores = Column("门店", "Stores", orderable=False)
    accepted = CountColumn("收下", "Accepted", accessor="counts__accepted", orderable=False)
    by = Column("提报人", "By", search=True)
    landed_at = MomentColumn("导入时间", "Landed")

    def render_stores(self, value: Sequence[str]) -> str:
        """The stores it speaks for, by name as long as they are few."""
        return stores_words(value)

    def render_landed_at(self, value: str) -> str:
        """2026-10-03 09:05."""
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"


def stores_words(stores: Sequence[str]) -> str:
    """Stores by name as long as they are few."""
    return joined(stores) if len(stores) <= 2 else pick("{} 家门店", "{} stores").format(len(stores))


class Places(Table):
    """Sources of stores, each as it stands for a month."""

    store = Column("门店", "Store", search=True)
    source = Column("数据报表", "Source", search=True)
    state = Column("到位", "State")
    since = Column("情况", "How", orderable=False)
    due = Column("截止", "Due", wide=True)
    who = Column("提报人", "Handed in by", search=True)

    def render_source(self, value: str, record: ListedPlace) -> SafeString | str:
        """The source, leading to what is there of it."""
        return format_html('<a href="{}">{}</a>', record.url, value) if record.url else value

    def render_state(self, value: str) -> SafeString:
        """The sign of the map with its word."""
        return heat_cell(value, of(HEAT[value][1]))

    def render_due(self, value: datetime | None) -> str:
        """09-05 18:00."""
        return f"{value:%m-%d %H:%M}" if value else "—"


class RejectedCells(Table):
    """The rejected cells of a batch, each with its reason."""

    row = CountColumn("行", "Row")
    column = Column("列", "Column", search=True)
    value = Column("填的是", "It says", search=True)
    why = LongColumn("原因", "Why", search=True)


class Exemptions(Sourced):
    """Rows that somebody asks to be exempted."""

    key = Column("哪一行", "Row", search=True)
    source = Column("数据报表", "Source")
    metric = Column("指标", "Metric", search=True)
    month = Column("月份", "Month", search=True)
    store = Column("门店", "Store", search=True)
    reason = LongColumn("原因", "Reason", search=True)
    state = StateColumn("状态", "State")
    asked_by = Column("申请人", "Asked by")
    asked_at = MomentColumn("申请时间", "Asked")

    def render_key(self, record: Exemption) -> SafeString:
        """The row, leading to the request."""
        return format_html('<a href="{}">{}</a>', reverse("evidence:exemption", args=[record.pk]), title_of(record))

    def render_metric(self, value: str, record: Exemption) -> str:
        """The metric in words."""
        found = selectors.scheme_at(month=Month.parse(record.month)).metrics.get(value)
        return of(found.name) if found else value


class MissingOrders(Table):
    """Orders that somebody misses among their jobs."""

    order_no = Column("工单号", "Order", search=True, empty_values=())
    plate = Column("车牌号", "Plate", search=True)
    employee = Column("员工", "Employee", search="employee__name", order_by=("employee__name",))
    store = Column("门店", "Store", search=True)
    day = Column("作业日期", "Done on")
    done = LongColumn("作业内容", "What was done", search=True)
    state = StateColumn("状态", "State")
    asked_at = MomentColumn("提出时间", "Asked")

    def render_order_no(self, value: str, record: MissingOrder) -> SafeString:
        """The order, leading to the question."""
        address = reverse("evidence:missing_order", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, value or pick("未写单号", "no number"))

    def render_day(self, value: date) -> str:
        """2026-10-03."""
        return value.isoformat()
