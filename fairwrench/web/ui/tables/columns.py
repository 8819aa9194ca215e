"""Columns of tables: what they are called in both languages, how a cell reads, and what a spreadsheet is given."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from fairwrench.report import figures
from fairwrench.report.cells import Kind
from fairwrench.web.ui.templatetags import ui
from fairwrench.web.ui.words import both

NUMBERS: tuple[Kind, ...] = ("money", "points", "whole")


class Column(tables.Column):
    """Text. `search` lets the search box look at it (a path where the words stand elsewhere), `total` adds it up; what
    is `wide` is left out on a phone."""

    kind: Kind = "text"

    def __init__(
        self, zh: str, en: str, *, search: bool | str = False, total: bool = False, wide: bool = False, **options: Any
    ) -> None:
        looks = ["num"] if self.kind in NUMBERS else ["long"] if self.kind == "long" else []
        look = " ".join([*looks, *(["wide"] if wide else [])])
        if look:
            options.setdefault("attrs", {part: {"class": look} for part in ("th", "td", "tf")})
        if total:
            options["footer"] = lambda bound_column, table: self.render(table.totals[bound_column.name])
        super().__init__(verbose_name=both(zh, en), **options)
        self.search = search
        self.total = total

    def render(self, value: Any) -> Any:
        """The cell as the page shows it."""
        return figures.NONE if value is None else value

    def written(self, value: Any) -> Any:
        """The cell as a spreadsheet gets it: numbers only where it holds all their digits, never a formula."""
        return None if value is None else str(value)


class LongColumn(Column):
    """Sentences, which wrap."""

    kind = "long"


class MoneyColumn(Column):
    """Fen."""

    kind = "money"

    def render(self, value: int | None) -> str:
        """¥1,234.56."""
        return ui.money(value)

    def written(self, value: int | None) -> Any:
        """Yuan."""
        return figures.cell_number(value, 2)


class PointsColumn(Column):
    """Hundredths of a point."""

    kind = "points"

    def render(self, value: int | None) -> str:
        """98.40."""
        return ui.points(value)

    def written(self, value: int | None) -> Any:
        """Points."""
        return figures.cell_number(value, 2)


class CountColumn(Column):
    """A whole number."""

    kind = "whole"

    def render(self, value: int | None) -> str:
        """1,234."""
        return ui.count(value)

    def written(self, value: int | None) -> Any:
        """The number itself."""
        return figures.cell_number(value, 0)


class GradeColumn(Column):
    """A grade, in the colour that it has in the scheme of the table's `names`."""

    kind = "grade"

    def render(self, value: str | None, table: Any = None) -> SafeString:
        """The grade in its colour."""
        return ui.badge_grade(value, tone=ui.tone(getattr(table, "names", None), value))


class PersonColumn(Column):
    """Somebody with `name`, `employee_id` and maybe `get_absolute_url`; tell `order_by` for a database to sort by.

    With `leads=False` it leads nowhere: for people whose page the reader may not open.
    """

    def __init__(self, *given: Any, leads: bool = True, **options: Any) -> None:
        super().__init__(*given, **options)
        self.leads = leads

    def render(self, value: Any) -> SafeString:
        """Initial, name and id, leading to the person."""
        return render_to_string("ui/parts/person.html", ui.person(value, link=self.leads))

    def written(self, value: Any) -> str:
        """Name and id, so that namesakes are told apart."""
        about = ui.person(value)
        return " ".join(str(part) for part in (about["name"], about["employee_id"]) if part)
