"""Who has acknowledged a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from fairwrench.web.org.models import Assignment
from fairwrench.web.ui.tables.columns import Column, PersonColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import pick
from fairwrench.web.work.channels.urging import Offer


class SignedColumn(Column):
    """When somebody acknowledged it; of who has not, the button to note a signature on paper."""

    def render(self, value: datetime | None, record: Assignment | None = None, table: Any = None) -> SafeString:
        """The time, or what is to be done."""
        told = {"at": value, "record": record, "version": table.version, "notable": table.notable(record)}
        told["paper"] = getattr(record, "on_paper", None)
        if record is not None:
            told["offer"] = table.offers.get(record.employee.employee_id)
        return render_to_string("schemes/parts/signed.html", told, request=getattr(table, "request", None))

    def written(self, value: datetime | None) -> str:
        """The time as a text."""
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else pick("未签收", "not yet")


class WayColumn(Column):
    """By themselves, or on paper."""

    def render(self, value: bool | None) -> str:
        """The way in words."""
        return self.written(value) or "—"

    def written(self, value: bool | None) -> str | None:
        """The same."""
        return None if value is None else pick("纸质", "on paper") if value else pick("本人", "by themselves")


class Acknowledgements(Table):
    """One line a person in service, those who have not yet first."""

    employee = PersonColumn("员工", "Employee", search="employee__name", order_by="employee__employee_id", leads=False)
    # not shown, only searched: the column before shows the id with the name
    employee_id = Column("工号", "Employee id", accessor="employee__employee_id", search=True, visible=False)
    store = Column("门店", "Store", accessor="store", search="store__name", order_by="store__name")
    position = Column("岗位", "Position", accessor="position", search="position__name_zh", order_by="position__name_zh")
    signed_at = SignedColumn("签收时间", "Acknowledged", empty_values=())
    on_paper = WayColumn("方式", "Way", empty_values=())
    noted_by = Column("登记人", "Noted by", orderable=False)
    stacks = True

    def __init__(
        self,
        *given: Any,
        version: int,
        stores: set[str] | None,
        own: int | None = None,
        offers: Mapping[str, Offer] | None = None,
        **options: Any,
    ) -> None:
        #: the stores whose HR the reader is, None for all; and who the reader is, of whom another notes it
        self.version, self.stores, self.own = version, stores, own
        #: the buttons to remind people, by employee id
        self.offers = offers or {}
        super().__init__(*given, **options)

    def notable(self, record: Assignment) -> bool:
        """Whether the reader may note that this person signed on paper."""
        if record.employee_id == self.own:
            return False
        return self.stores is None or (record.store is not None and record.store.name in self.stores)

    def render_store(self, value: Any) -> str:
        """The store's name."""
        return str(value)

    render_position = render_store
