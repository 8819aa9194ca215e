"""Pay and pools: bases for every position, plans that can be worked out, shares that add up (S1 ❺ 5.6; S3 壹, 貳)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from fairwrench.settlement.check.problems import Path, ProblemList
from fairwrench.settlement.measure.measure import is_additive
from fairwrench.settlement.pay.commission_rates import QUANTITY_LIMIT, RATE_LIMIT
from fairwrench.settlement.pay.pay_base import base_of
from fairwrench.settlement.scheme.scheme import CommissionFactor, CommissionLine, CommissionPlan, PayBase, Pool, Scheme

#: a factor of more than ten times is a slip
_MOST_BOUND = 10


def check_pay(scheme: Scheme, found: ProblemList) -> None:
    """Everything from score to yuan."""
    for side, base in scheme.pay.bases.items():
        _check_base(base, ("pay", "bases", side), found)
    for name, position in scheme.positions.items():
        if position.pay_base is not None:
            _check_base(position.pay_base, ("positions", name, "pay_base"), found)
        if base_of(position, scheme.pay) is None:
            zh, en = (
                "没有绩效基数：岗位本身、管理人员、所属部门类别均未规定",
                "no pay base: none of its own, none of its side",
            )
            found.add("no_pay_base", ("positions", name), zh, en)
    for name, plan in scheme.pay.commission.items():
        _check_plan(name, plan, scheme, found)
    _check_coefficient(scheme, found)
    if rules := scheme.pay.deductions:
        for name, share in (("warn_share", rules.warn_share), ("compensation_share", rules.compensation_share)):
            if share is not None and not 0 <= share <= 1:
                _not_a_fraction(share, ("pay", "deductions", name), found)
    for name, pool in scheme.pools.items():
        _check_pool(pool, scheme, ("pools", name), found)


def _check_base(base: PayBase, path: Path, found: ProblemList) -> None:
    if base.kind == "salary" and base.share is None:
        found.add("no_share", path, "缺少占全额工资的比例 share", "the share of full salary is missing")
    elif base.kind != "salary" and base.share is not None:
        zh, en = "只有 salary 基数才有 share", "only a base drawn from salary has a share"
        found.add("stray_share", (*path, "share"), zh, en)
    # 30 where 30 % is meant would be thirty salaries.
    elif base.share is not None and not 0 < base.share <= 1:
        _not_a_fraction(base.share, (*path, "share"), found)


def _not_a_fraction(share: Decimal, path: Path, found: ProblemList) -> None:
    zh, en = (
        f"比例应在 0 与 1 之间（30% 写作 0.30），现为 {share}",
        f"a share is from 0 to 1 (30 % is 0.30), not {share}",
    )
    found.add("share_not_a_fraction", path, zh, en)


def _check_plan(name: str, plan: CommissionPlan, scheme: Scheme, found: ProblemList) -> None:
    path: Path = ("pay", "commission", name)
    if found.known(("岗位", "position"), name, scheme.positions, path):
        base = base_of(scheme.positions[name], scheme.pay)
        if base and base[0].kind != "commission":
            zh, en = (
                "该岗位的绩效基数不是提成，此方案不会用到",
                "the position's base is no commission; the plan is never used",
            )
            found.warn("plan_unused", path, zh, en)
    for line, body in plan.lines.items():
        _check_line(body, (*path, "lines", line), found)
    for place, factor in enumerate(plan.factors):
        _check_factor(factor, scheme, (*path, "factors", place), found)


def _check_line(line: CommissionLine, path: Path, found: ProblemList) -> None:
    if (line.rate is None) == (line.tiers is None):
        found.add("rate_or_tiers", path, "应有 rate 或 tiers 之一", "either `rate` or `tiers` is needed")
    starts = [start for start, _ in line.tiers or ()]
    if any(later <= earlier for earlier, later in pairwise(starts)):
        found.add("tiers_order", (*path, "tiers"), "分档起点应逐档递增", "tiers begin one above the other")
    # A threshold may be meant, so it is only noted.
    if starts and starts[0] != 0:
        zh, en = f"{starts[0]} 以下没有提成", f"nothing is paid below {starts[0]}"
        found.add("tiers_start", (*path, "tiers"), zh, en, "note")
    rates = [rate for rate in (line.rate, *(rate for _, rate in line.tiers or ())) if rate is not None]
    if any(abs(rate) >= RATE_LIMIT for rate in rates) or any(abs(start) >= QUANTITY_LIMIT for start in starts):
        zh, en = "费率或分档起点过大，无法精确计算", "a rate, or where a slice begins, is too large to be exact"
        found.add("rate_unusable", path, zh, en)
    if line.measure.credit is None and line.of in ("person", "team"):
        zh, en = "提成须记在个人名下：缺少 credit", "commission counts for a person: `credit` is missing"
        found.add("no_credit", (*path, "measure"), zh, en)
    if line.of != "person" and not is_additive(line.measure):
        zh = "按班组、部门或门店计提的，只能用 count 或 sum"
        en = "what counts for a team, department or store is a `count` or a `sum`"
        found.add("not_additive", (*path, "measure"), zh, en)


def _check_factor(factor: CommissionFactor, scheme: Scheme, path: Path, found: ProblemList) -> None:
    if (factor.attainment is None) == (not factor.score):
        found.add("factor", path, "应为 attainment 或 score 之一", "a factor is either an attainment or the score")
    found.known(("指标", "metric"), factor.attainment, scheme.metrics, (*path, "attainment"))
    for name, bound in (("floor", factor.floor), ("cap", factor.cap)):
        # 80 where 80 % is meant would be eighty times the commission
        if bound is not None and not 0 <= bound <= _MOST_BOUND:
            zh, en = f"应为 0 到 {_MOST_BOUND} 的比例；80% 写作 0.80", f"a share from 0 to {_MOST_BOUND}; 80 % is 0.80"
            found.add("bound_not_a_share", (*path, name), zh, en)
    if factor.floor is not None and factor.cap is not None and factor.floor > factor.cap:
        found.add("floor_above_cap", path, "floor 高于 cap", "`floor` is above `cap`")


def _check_coefficient(scheme: Scheme, found: ProblemList) -> None:
    rule = scheme.pay.coefficient
    path: Path = ("pay", "coefficient")
    if rule.by == "grade":
        missing = [grade for grade in scheme.bands.grades if grade not in (rule.grades or {})]
        if missing:
            zh, en = f"缺少等级 {'、'.join(missing)} 的系数", f"no coefficient for grade {', '.join(missing)}"
            found.add("coefficient_missing", path, zh, en)
    for grade in rule.grades or {}:
        found.known(("等级", "grade"), grade, scheme.bands.grades, (*path, "grades", grade))
    if rule.by == "piecewise":
        scores = [score for score, _ in rule.piecewise or ()]
        if not scores or any(later <= earlier for earlier, later in pairwise(scores)):
            zh, en = "piecewise 的分数应逐点递增", "the scores of `piecewise` rise from pair to pair"
            found.add("coefficient_order", path, zh, en)


def _check_pool(pool: Pool, scheme: Scheme, path: Path, found: ProblemList) -> None:
    draw = pool.draw
    found.known(("指标", "metric"), draw.metric, scheme.metrics, (*path, "draw", "metric"))
    found.known(("指标", "metric"), draw.gate_metric, scheme.metrics, (*path, "draw", "gate_metric"))
    if (draw.gate_metric is None) != (draw.gate_attainment is None):
        zh, en = (
            "达标条件须同时写明 gate_metric 和 gate_attainment",
            "a gate needs both gate_metric and gate_attainment",
        )
        found.add("half_a_gate", (*path, "draw"), zh, en)
    if draw.floor is not None and draw.cap is not None and draw.floor > draw.cap:
        found.add("floor_above_cap", (*path, "draw"), "floor 高于 cap", "`floor` is above `cap`")
    for position, share in pool.split.items():
        found.known(("岗位", "position"), position, scheme.positions, (*path, "split", position))
        if share <= 0:
            found.add("pool_share", (*path, "split", position), "份额应大于 0", "a share is more than 0")
    total = sum(pool.split.values(), Decimal(0))
    if total != 100:
        found.add(
            "pool_split",
            (*path, "split"),
            f"份额合计为 {total}%，应为 100%",
            f"the split adds to {total} %, not to 100 %",
        )
    _check_attendance(pool, scheme, path, found)


def _check_attendance(pool: Pool, scheme: Scheme, path: Path, found: ProblemList) -> None:
    if "attendance" in pool.within and pool.attendance is None:
        zh, en = "按出勤分配须指明出勤指标 attendance", "sharing by attendance needs the metric `attendance`"
        found.add("no_attendance", path, zh, en)
    if pool.attendance is not None and found.known(
        ("指标", "metric"), pool.attendance, scheme.metrics, (*path, "attendance")
    ):
        metric = scheme.metrics[pool.attendance]
        if metric.numerator.credit is None:
            zh, en = f"“{metric.name.zh}”不记在个人名下", f"{metric.name.en} counts for no person"
            found.add("no_credit", (*path, "attendance"), zh, en)
