"""The dealership scheme carries every figure of the regulation, written down here by hand from the text.

Were one of these to fail, the program would pay, grade or warn people by another rule than the one they signed.
"""

from decimal import Decimal
from typing import Any

import pytest

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.scheme.scheme import Scheme

SCHEME = load_scheme("dealership")

# S1 ❺ 3: the positions named in the text, with the side that decides the pay base.
PROFIT = [
    ("service", "维修技师"), ("service", "服务顾问"), ("service", "车间经理"), ("service", "索赔员"),
    ("service", "配件员"), ("sales", "销售顾问"), ("vip_club", "VIP会所经理"), ("accessories", "精品促销员"),
    ("accessories", "精品主管"), ("accessories", "装饰工"),
]  # fmt: skip
FUNCTION = [
    ("service", "服务总监"), ("service", "工具管理员"), ("service", "档案管理员"), ("service", "保险内勤"),
    ("service", "服务顾问助理"), ("sales", "销售总监"), ("sales", "销售经理"), ("sales", "大用户经理"),
    ("sales", "信息员"), ("sales", "前台接待"), ("vip_club", "会所客户接待员"),
    ("vip_club", "会所客户接待主管"), ("vip_club", "按摩师"), ("vip_club", "茶艺师"), ("vip_club", "洗车工"),
    ("hr", "人力资源专员"), ("administration", "行政专员"), ("customer_service", "客服专员"),
    ("marketing", "市场专员"), ("finance", "财务专员"),
]  # fmt: skip


def by_name(name: str) -> Any:
    return next(position for position in SCHEME.positions.values() if position.name.zh == name)


@pytest.mark.parametrize(("department", "name"), PROFIT)
def test_profit_positions(department: str, name: str) -> None:
    """S1 ❺ 3(1). Fails when somebody's pay is drawn from salary instead of commission."""
    assert (by_name(name).department, by_name(name).side) == (department, "profit")


@pytest.mark.parametrize(("department", "name"), FUNCTION)
def test_function_positions(department: str, name: str) -> None:
    """S1 ❺ 3(2). Fails when somebody's pay is drawn from commission instead of salary."""
    assert (by_name(name).department, by_name(name).side) == (department, "function")


@pytest.mark.parametrize("name", ["行政部经理", "人力资源部经理", "客户服务部经理"])
def test_three_managers_have_thirty_percent(name: str) -> None:
    """S1 ❺ 5.6(3). Fails when these three would get the managers' 50 %."""
    position = by_name(name)
    assert position.manager
    assert (position.pay_base.kind, position.pay_base.share) == ("salary", Decimal("0.30"))


@pytest.mark.parametrize(
    "name", ["车间经理", "配件经理", "服务总监", "销售经理", "VIP会所经理", "市场部经理", "财务部经理"]
)
def test_other_managers_have_the_managers_base(name: str) -> None:
    """S1 ❺ 5.6(3)."""
    assert by_name(name).manager
    assert by_name(name).pay_base is None


def test_pay_bases() -> None:
    """S1 ❺ 5.6, 5.9."""
    bases = {name: (base.kind, base.share) for name, base in SCHEME.pay.bases.items()}
    assert bases == {
        "profit": ("commission", None),
        "function": ("salary", Decimal("0.30")),
        "manager": ("salary", Decimal("0.50")),
    }
    assert SCHEME.pay.coefficient.by == "score"
    assert SCHEME.pay.deductions is not None
    assert SCHEME.pay.deductions.warn_share == Decimal("0.20")


def test_grades() -> None:
    """S1 ❺ 5.5: 120, 105, 90 inclusive; 70 itself is E; shares 5, 20, 60, 10, 5 %; 130 at most."""
    bands = [(g, b.name.zh, b.from_, b.above, b.share) for g, b in SCHEME.bands.grades.items()]
    assert bands == [
        ("A", "杰出", 120, None, 5),
        ("B", "优秀", 105, None, 20),
        ("C", "良好", 90, None, 60),
        ("D", "待改进", None, 70, 10),
        ("E", "不胜任", None, None, 5),
    ]
    assert SCHEME.bands.maximum == 130


def test_distribution() -> None:
    """S1 ❺ 5.5, as decided: advisory, in the store, from 20 people, more than one off; odd seats to C, B, D, A, E."""
    rule = SCHEME.distribution
    assert (rule.mode, rule.pool, rule.explain_from, rule.tolerance) == ("advisory", "store", 20, 1)
    assert rule.remainder_order == ("C", "B", "D", "A", "E")


def test_calendar() -> None:
    """S1 ❺ 5.7 and 5.1.1: who hands in what by which day, 17:30, weekends moved."""
    steps = {(step.responsible, step.month, step.day): set(step.categories) for step in SCHEME.cycle.steps.values()}
    assert steps == {
        ("line_manager", 0, 5): set(),
        ("administration_manager", 1, 2): {"discipline"},
        ("hr_specialist", 1, 3): {"learning"},
        ("department_manager", 1, 4): {"key", "objective", "attitude"},
        ("customer_service_manager", 1, 5): {"customer", "internal_customer"},
        ("finance_manager", 1, 7): {"finance"},
        # 5.1.4 and 5.1.5, and up to the pay: the days are ours
        ("line_manager", 1, 9): set(),
        ("hr", 1, 11): set(),
        ("general_manager", 1, 12): set(),
        ("finance_manager", 1, 15): set(),
    }
    cycle = SCHEME.cycle
    assert (cycle.due_time, cycle.postpone, cycle.country) == ("17:30", "weekends", "CN")
    assert (cycle.goals, cycle.year_months) == ((3, 8), 6)


def test_lateness_costs_500_yuan_a_day_and_warns() -> None:
    """S1 ❺ 5.7. Fails when the fine differs, or its legal risk is not told."""
    late = SCHEME.cycle.lateness
    assert late is not None
    assert (late.amount, late.counted_in, late.effect) == (Decimal("500.00"), "working_days", "money")
    assert late.warning is not None


def test_who_is_left_out() -> None:
    """S1 ❺ 3, note."""
    rule = SCHEME.eligibility
    assert (rule.probation_excludes, rule.wage_below, rule.min_days_in_service) == (True, 800, 15)


def test_standing_rules() -> None:
    """S1 ❺ 5.8: the table of counters."""
    rules = {(r.counter, r.at, r.event, r.by, r.months, r.once_a_year) for r in SCHEME.standing.rules.values()}
    assert rules == {
        ("d", 2, "improvement_plan", "line_manager", 2, False),
        ("d", 4, "severe_warning", "hr", None, False),
        ("d", 5, "separation_review", "hr", None, False),
        ("e", 2, "severe_warning", "line_manager", 1, False),
        ("e", 3, "separation_review", "hr", None, False),
        ("a", 3, "excellent_employee", "hr", None, True),
    }
    assert SCHEME.standing.counters == {"a": ("A",), "d": ("D", "E"), "e": ("E",)}
    assert SCHEME.standing.severity == ("separation_review", "severe_warning", "improvement_plan")


def test_year_rules() -> None:
    """S1 ❺ 5.8: A and B are candidates for a raise, C after them with preference."""
    rules = {(r.grades, r.event, r.preferred) for r in SCHEME.standing.year.values()}
    assert rules == {(("A", "B"), "raise_candidate", False), (("C",), "raise_considered_next", True)}


def test_letters() -> None:
    """S1 ❺ annex: an oral warning first; two wordings of the severe one, the manager's and the company's."""
    by_rule = {r.letter: (r.counter, r.by) for r in SCHEME.standing.rules.values() if r.letter}
    assert by_rule == {"severe_warning_manager": ("e", "line_manager"), "severe_warning_company": ("d", "hr")}
    assert "口头警告" in SCHEME.letters["severe_warning_manager"].body.zh
    assert "公司" in SCHEME.letters["severe_warning_company"].body.zh
    for name in by_rule:
        letter = SCHEME.letters[name]
        assert letter.signed_by == ("director", "hr", "employee")
        for text in (letter.body.zh, letter.body.en):
            assert all(part in text for part in ("{name}", "{reasons}", "{by_date}", "{contact}"))
    assert "oral_warning" in SCHEME.letters


@pytest.mark.parametrize(
    ("metric", "better", "bound"),
    [
        ("return_rate", "higher", "0.50"),
        ("rework_rate", "lower", "0.03"),
        ("registration_rate", "higher", "0.70"),
        ("prospects_on_file", "higher", "100"),
        ("complaint_rate", "lower", "0.05"),
    ],
)
def test_stated_bounds(metric: str, better: str, bound: str) -> None:
    """Rulebook 2. Fails when a bound that the regulation states is another one here."""
    found = SCHEME.metrics[metric]
    assert (found.better, found.bound) == (better, Decimal(bound))
    assert found.reference.startswith("S1 ❶")


def test_a_bound_earns_full_points() -> None:
    """Who just keeps a stated bound has done what was asked: 100 points (the return rate's bound is an alarm)."""
    points = {}
    for card in SCHEME.scorecards.values():
        for item in card.items:
            if (
                item.metric in ("rework_rate", "registration_rate", "prospects_on_file", "complaint_rate")
                and item.curve
            ):
                pairs = dict(getattr(item.curve, item.curve.shape))
                points[item.metric] = pairs[SCHEME.metrics[item.metric].bound]
    assert set(points.values()) == {Decimal(100)}
    assert len(points) == 4


def test_parts_turn_four_to_five_times_a_year() -> None:
    """S1 ❶ 二.4."""
    item = next(item for item in SCHEME.scorecards["parts_manager"].items if item.metric == "stock_turns")
    assert item.curve is not None
    assert item.curve.span() == (4, 5)
    metric = SCHEME.metrics["stock_turns"]
    assert (metric.numerator.months, metric.denominator and metric.denominator.months) == (12, 12)


def test_judged_rework_names_its_judges_and_the_independent_measure() -> None:
    """S3 捌 4. Fails when the conflict of interest goes unseen."""
    metric = SCHEME.metrics["rework_rate_judged"]
    assert set(metric.decided_by) == {"technical_director", "workshop_manager"}
    assert metric.independent == "rework_rate"


def test_the_repairers_appraisal() -> None:
    """S3 肆: attitude and skill as rated items with described levels; emergencies are a bonus."""
    card = SCHEME.scorecards["technician"]
    rated = [item for item in card.items if item.rating]
    assert len(rated) == 3 and "attendance_rate" in {item.metric for item in card.items}
    for item in rated:
        points = sorted((item.levels or {}).values())
        top, bottom = (w for w, p in (item.levels or {}).items() if p in (points[0], points[-1]))
        assert set(item.evidence) == {top, bottom}, "the top and the bottom level need an example"
        assert set(item.described or {}) == set(item.levels or {})
    assert [item.key for item in card.items if item.bonus] == ["urgent_response"]


@pytest.mark.parametrize("name", sorted(SCHEME.scorecards))
def test_every_scorecard(name: str) -> None:
    """Weights add to 100, three to eight items, every item reaches 130, every figure of ours says so."""
    items = SCHEME.scorecards[name].items
    weighed = [item for item in items if not item.bonus]
    assert sum(item.weight or 0 for item in weighed) == 100
    assert 3 <= len(weighed) <= 8
    for item in weighed:
        top = item.curve.highest() if item.curve else max((item.levels or {}).values())
        assert top == 130, item.key
        assert item.default == "house" or item.reference, item.key
    assert SCHEME.scorecards[name].default == "house"


def test_every_position_is_appraised() -> None:
    """Fails when somebody is left out for want of a scorecard; only the general manager, who approves it, has none."""
    assert [name for name, position in SCHEME.positions.items() if position.scorecard is None] == ["general_manager"]


def test_articles_that_are_read_as_text() -> None:
    """S1 ❺ 1, 2, 3, 4, 5.1.1 to 5.1.6, 5.2, 5.3 and 5.4, 6, 8, annex 1."""
    references = [article.reference for article in SCHEME.articles.values()]
    for number in ("1", "2", "3", "4", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.6", "5.2", "6", "8", "附件1"):
        assert f"S1 ❺ {number}" in references
    assert all(article.text.zh and article.text.en for article in SCHEME.articles.values())


def pool_of(scheme: Scheme) -> Any:
    return next(iter(scheme.pools.values()))


def test_the_bonus_pool() -> None:
    """S3 壹, 貳: drawn from profit, gated on the target, split by position, within it by score and attendance."""
    assert SCHEME.pools == {}
    pool = pool_of(load_scheme("dealership_pool"))
    assert (pool.draw.metric, pool.draw.gate_metric) == ("service_profit", "output")
    assert sum(pool.split.values()) == 100
    assert pool.within == ("score", "attendance")


def test_the_commission_plan() -> None:
    """The worked example: billed hours × 18.00, parts × 2 %, times the store's attainment."""
    plans = load_scheme("dealership_commission").pay.commission
    assert plans["technician"].lines["hours_outside"].rate == Decimal("18.00")
    assert plans["technician"].factors[0].of == "store"
    assert plans["service_advisor"].lines["parts_amount"].rate == Decimal("0.02")


def test_each_line_of_a_plan_is_paid_by_what_it_is_named_after() -> None:
    """Fails when a line would count something else than the basis of its name, or a basis would be paid for itself."""
    pay = load_scheme("dealership_commission").pay
    for plan in pay.commission.values():
        for name, line in plan.lines.items():
            assert (line.measure, line.name) == (pay.commission_basis[name].measure, pay.commission_basis[name].name)
    assert SCHEME.pay.commission == {}
    assert {*SCHEME.pay.commission_basis} == {*pay.commission_basis}
