"""What the style page `ui/components.html` shows: invented people, figures and problems, enough for every component."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString

from fairwrench.report.charts import trend
from fairwrench.settlement.explain.explain import RowsBehind, Step
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Text
from fairwrench.web.ui.tables.columns import (
    Column,
    CountColumn,
    GradeColumn,
    MoneyColumn,
    PersonColumn,
    PointsColumn,
)
from fairwrench.web.ui.tables.tables import Table, prepared
from fairwrench.web.ui.words import both, pick

NAMES = ("张伟", "王芳", "李强", "刘洋", "陈静", "Anna Schmidt", "赵磊", "黄敏", "周涛", "吴霞")


@dataclass(frozen=True)
class Person:
    name: str
    employee_id: str

    def get_absolute_url(self) -> str:
        return f"/people/{self.employee_id}/"


@dataclass(frozen=True)
class Month:
    person: Person
    store: str
    orders: int
    score: int | None
    grade: str
    pay: int | None

    @property
    def name(self) -> str:
        return self.person.name


def months(many: int = 60) -> list[Month]:
    """One month of `many` people; every seventh has no score and no pay yet."""
    made = []
    for place in range(many):
        person = Person(NAMES[place % len(NAMES)], f"E{1001 + place}")
        known = place % 7 != 6
        score = 13_000 - 150 * place if known else None
        grade = "ABCDE"[place % 5] if known else ""
        pay = 487_000 - 1_234 * place if known else None
        made.append(Month(person, ("城东店", "城西店")[place % 2], 40 + place, score, grade, pay))
    return made


class MonthTable(Table):
    person = PersonColumn("姓名", "Name", search="name", order_by="name")
    store = Column("门店", "Store", search=True)
    orders = CountColumn("工单", "Orders", total=True)
    score = PointsColumn("得分", "Score")
    grade = GradeColumn("等级", "Grade")
    pay = MoneyColumn("绩效工资", "Performance pay", total=True)


class TargetForm(forms.Form):
    item = forms.ChoiceField(label=both("指标", "Item"), choices=[("a", "一次修复率"), ("b", "准时交车率")])
    target = forms.DecimalField(label=both("目标值", "Target"), help_text=both("百分数，例如 97", "Per cent, e.g. 97"))
    note = forms.CharField(label=both("说明", "Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agreed = forms.BooleanField(label=both("已与本人沟通", "Talked over"), required=False)
    how = forms.ChoiceField(
        label=both("计入方式", "How it counts"), choices=[("m", "月"), ("q", "季")], widget=forms.RadioSelect
    )


def text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def explained() -> Step:
    """149 of 155 orders, curved to 97.30, weighed to 98.40, paid as 4,870.00."""
    orders = Step(
        "denominator.one_time_fix_rate",
        text("工单数", "Orders"),
        "155",
        text("已交车的工单", "orders handed over"),
        rows=(RowsBehind("one_time_fix_rate", "denominator", None, "person", "E1001"),),  # type: ignore[arg-type]
    )
    fixed = Step("numerator.one_time_fix_rate", text("一次修好", "Fixed at once"), "149", text("", ""))
    rate = Step(
        "value", text("一次修复率", "One-time fix rate"), "96.13 %", text("149 ÷ 155", "149 ÷ 155"), "S1 ❶ 二.2(1)",
        note=text("样本偏少", "thin"), parts=(fixed, orders),
    )  # fmt: skip
    points = Step("points", text("得分", "Points"), "97.30", text("按曲线", "by the curve"), parts=(rate,))
    total = Step("score", text("总分", "Score"), "98.40", text("Σ 权重 × 得分", "Σ weight × points"), parts=(points,))
    base = Step("base", text("基数", "Base"), "¥4,949.19", text("提成", "commission"), "S1 ❺ 5.5")
    how = text("基数 × 98.40 %", "base × 98.40 %")
    return Step("pay", text("绩效工资", "Performance pay"), "¥4,870.00", how, parts=(base, total))


def problems() -> list[Problem]:
    said = Problem("thin", "样本只有 3 笔。", "Only 3 cases.", "note", subject="E1001")
    warned = Problem(
        "vin", "车架号校验位不对。", "The VIN's check digit is wrong.", "warning", file="工单.xlsx", line=17
    )
    wrong = Problem(
        "unknown_metric", "没有这个指标。", "There is no such metric.", path=("scorecards", "technician", "items", 2)
    )
    return [said, warned, wrong]


def job(state: str, **more: Any) -> SimpleNamespace:
    said = {"running": pick("进行中", "Running"), "done": pick("已完成", "Done"), "failed": pick("未完成", "Failed")}
    made = {"state": state, "active": state == "running", "get_state_display": said[state], "problems": [], **more}
    return SimpleNamespace(doing_zh="正在核算城东店", doing_en="Settling the east store", **made)


def shown(request: HttpRequest) -> dict[str, Any]:
    """The context of the style page."""
    picture = trend([("2026-08", 9_010), ("2026-09", 9_400), ("2026-10", 9_730)], "三个月 three months")
    bound = TargetForm({"item": "a", "target": "very high"})
    return {
        "person": Person("张伟", "E1001"),
        "table": prepared(request, MonthTable, months(), name=both("十月绩效", "October")),
        "step": explained(),
        "pictures": {"points": SafeString(picture)},
        "problems": problems(),
        "running": job("running", done=1240, total=6000, percent=20),
        "done": job("done"),
        "failed": job("failed", problems=[{"code": "x", "zh": "缺少花名册。", "en": "The roster is missing."}]),
        "form": bound,
        "levels": ["优秀", "良好", "合格"],
        "chart": {
            "xAxis": {"type": "category", "data": ["5", "6", "7", "8", "9", "10"]},
            "yAxis": {"type": "value", "min": 80},
            "series": [{"type": "line", "data": [88, 91, 90, 94, 96, 98]}, {"type": "bar", "data": [85] * 6}],
        },
    }
