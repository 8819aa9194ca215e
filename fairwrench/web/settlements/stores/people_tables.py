"""The tables of settled months."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.report.figures import share_text
from fairwrench.report.naming import Names
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.months.listed import waits_of
from fairwrench.web.ui.tables.columns import Column, GradeColumn, LongColumn, MoneyColumn, PointsColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import pick


class NameColumn(Column):
    """The person, leading to the month of that person."""

    def render(self, value: Any, record: Result | None = None) -> SafeString | str:
        """Name with the way there."""
        if record is None:
            return str(value)
        address = reverse("settlements:person_of", args=[record.employee_id, record.run.cycle.month])
        return format_html('<a href="{}">{}</a>', address, value)


class CodeColumn(Column):
    """A code of the scheme (position, department, state) in words; the page's table has `names`."""

    def __init__(self, *given: Any, word: str, **options: Any) -> None:
        super().__init__(*given, **options)
        self.word = word

    def render(self, value: Any, table: Any = None) -> str:
        """The word for the code."""
        names = getattr(table, "names", None)
        return getattr(names, self.word)(value) if names and value else str(value or "")


class GradedTable(Table):
    """A table of results with a column `grade`, sorted from the best grade to the worst of the scheme of `names`."""

    def __init__(self, *given: Any, names: Names | None = None, **options: Any) -> None:
        self.names = names
        if names is not None:
            self.best_first = names.scheme.bands.best_first
        super().__init__(*given, **options)

    def order_grade(self, results: QuerySet[Result], descending: bool) -> tuple[QuerySet[Result], bool]:
        """By the places of the grades, where these are not in the order of their letters; no grade comes first."""
        # the letters are in order already, so the database sorts by itself
        if list(self.best_first) == sorted(self.best_first):
            return results, False
        field = str(self.columns["grade"].accessor)
        places = [When(**{field: grade}, then=Value(place)) for place, grade in enumerate(self.best_first)]
        place = Case(*places, default=Value(-1))
        return results.order_by(place.desc() if descending else place.asc(), "pk"), True


class ResultTable(GradedTable):
    """Results of one run: who, where, score, grade, pay."""

    name_of = NameColumn("姓名", "Name", accessor="name", search=True)
    employee_id = Column("工号", "Employee", search=True, wide=True)
    store = Column("门店", "Store", search=True, wide=True)
    position = CodeColumn("岗位", "Position", word="position")
    # `heads_*` hold the settled figures once there are any, so one table serves both kinds of run
    score = PointsColumn("得分", "Score", accessor="heads_score")
    grade = GradeColumn("等级", "Grade", accessor="heads_grade")
    performance_pay = MoneyColumn("绩效工资", "Performance pay", accessor="heads_pay", total=True)
    total_pay = MoneyColumn("合计", "Total", total=True)
    state = CodeColumn("状态", "State", word="state")

    def render_state(self, value: str, record: Result) -> str:
        """The state in words; while the month runs, how much of it is measured."""
        if record.run.kind == Run.Kind.LIVE and value == "incomplete" and record.whole_weight:
            share = share_text(record.measured_weight, record.whole_weight)
            return pick(f"已计量 {share}", f"{share} measured")
        return self.names.state(value) if self.names else value


class ListedTable(GradedTable):
    """People of a month by name, with what their month or pay waits for."""

    name_of = NameColumn("姓名", "Name", accessor="name", search=True)
    employee_id = Column("工号", "Employee", search=True)
    store = Column("门店", "Store", search=True, wide=True)
    position = CodeColumn("岗位", "Position", word="position", wide=True)
    score = PointsColumn("得分", "Score", accessor="heads_score", wide=True)
    grade = GradeColumn("等级", "Grade", accessor="heads_grade", wide=True)
    state = CodeColumn("状态", "State", word="state", wide=True)
    waits = LongColumn("缺什么、为什么", "What is missing, and why", accessor="pk", orderable=False)

    def render_waits(self, record: Result) -> str:
        """What the month or pay waits for, or why somebody is not assessed."""
        return waits_of(record, self.names) if self.names else ""


class PaidColumn(NameColumn):
    """The person, leading to their month, or to the person where its scores are not the reader's to see."""

    def render(self, value: Any, record: Result | None = None, table: Any = None) -> SafeString | str:
        """Name with the way there."""
        if record is None or table.explained:
            return super().render(value, record)
        return format_html('<a href="{}">{}</a>', reverse("people:person", args=[record.employee_id]), value)


class PayTable(GradedTable):
    """Pay of one run, every part of it; who cannot be paid yet is added up apart, with the reason in its line."""

    parts = (
        (("可发放合计", "Payable"), Q(total_pay__isnull=False)),
        (("待定，未计入合计", "Open, not payable yet"), Q(total_pay__isnull=True)),
    )
    name_of = PaidColumn("姓名", "Name", accessor="name", search=True)
    employee_id = Column("工号", "Employee", search=True, wide=True)
    store = Column("门店", "Store", search=True, wide=True)
    position = CodeColumn("岗位", "Position", word="position")
    score = PointsColumn("得分", "Score")
    grade = GradeColumn("等级", "Grade")
    base = MoneyColumn("绩效基数", "Pay base", total=True)
    performance_pay = MoneyColumn("绩效工资", "Performance pay", total=True)
    fixed_part = MoneyColumn("固定部分", "Fixed part", total=True)
    pool_pay = MoneyColumn("奖金池", "Pool", total=True)
    deductions = MoneyColumn("扣款", "Deductions", total=True)
    corrections = MoneyColumn("补发/补扣", "Corrections", total=True)
    total_pay = MoneyColumn("合计", "Total", total=True)
    why = LongColumn("未定原因", "Why it is open", accessor="pk", orderable=False)

    def __init__(self, *given: Any, explained: bool = True, **options: Any) -> None:
        #: whether the reader may open the months behind the pay
        self.explained = explained
        super().__init__(*given, **options)

    def render_why(self, record: Result) -> str:
        """What keeps somebody's pay open; why somebody excluded has none."""
        if record.total_pay is not None or self.names is None:
            return ""
        return str(self.names.missing(record.missing) or self.names.reason(record.reason))
