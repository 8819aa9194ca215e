"""The table of a trial: each person under the scheme that held and under the one tried."""

from __future__ import annotations

from fairwrench.report.naming import Names
from fairwrench.web.schemes.commission.plan_table import line_label
from fairwrench.web.settlements.stores.people_tables import CodeColumn, GradedTable
from fairwrench.web.ui.tables.columns import Column, LongColumn, MoneyColumn, PointsColumn


class TriedTable(GradedTable):
    """People with commission, score and pay before and after."""

    name = Column("姓名", "Name", search=True)
    employee_id = Column("工号", "Employee", search=True, wide=True)
    store = Column("门店", "Store", search=True, wide=True)
    position = CodeColumn("岗位", "Position", word="position")
    commission_a = MoneyColumn("提成（当月）", "Commission then")
    commission_b = MoneyColumn("提成（试算）", "Commission tried")
    score_a = PointsColumn("得分（当月）", "Score then", wide=True)
    score_b = PointsColumn("得分（试算）", "Score tried", wide=True)
    pay_a = MoneyColumn("绩效工资（当月）", "Pay then")
    pay_b = MoneyColumn("绩效工资（试算）", "Pay tried")
    pay_change = MoneyColumn("差额", "Difference")
    lacks = LongColumn("缺数据或目标的", "Without evidence or target", orderable=False)

    def render_lacks(self, value: str) -> str:
        """The lines, and the metrics of factors, by name."""
        if not value or self.names is None:
            return value
        return self.names.comma.join(_called(part, self.names) for part in value.split(","))


def _called(part: str, names: Names) -> str:
    position, parted, key = part.partition("/")
    return line_label(position, key, names) if parted else names.metric(part)
