"""The scheme (制度) as a typed document: positions, metrics, scorecards, cycle, bands, pay, standing, letters."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fairwrench.settlement.exact import Exact, Factor, Points, Value, Yuan
from fairwrench.settlement.scheme.about import about
from fairwrench.settlement.scheme.curves.shapes import AnyCurve
from fairwrench.settlement.scheme.cycle import Adoption, Category, Cycle
from fairwrench.settlement.scheme.part import Part
from fairwrench.settlement.source.source import Model, Text

#: what lists and forms show of a grade: one letter or character, a second one for a step between (A+)
Grade = Annotated[str, Field(pattern=r"^\w[\w+-]?$")]
Side = Literal["profit", "function"]
Level = Literal["person", "team", "department", "store", "group"]
WhenThin = Literal["reweigh", "neutral", "unit", "hold"]
Role = Literal["self", "line_manager", "next_level", "other"]


class Measure(Model):
    """One aggregate over one source. `credit` is the person column it counts for; None counts for the store alone."""

    source: Annotated[str, about("数据报表", "source")]
    value: Annotated[str, about("统计方式", "aggregate")] = "count"
    where: Annotated[str | None, about("条件", "condition")] = None
    credit: Annotated[str | None, about("计入人", "credited to")] = None
    #: the column whose local date decides the month; a `month` column for person-month sources
    date: Annotated[str, about("归属日期", "date that decides the month")]
    #: months the window covers, ending with the settled month (12 for a yearly turn rate)
    months: Annotated[int, about("月数", "months", unit="months")] = Field(default=1, ge=1)


class Metric(Part):
    """numerator ÷ denominator, or the numerator alone."""

    name: Annotated[Text, about("名称", "name")]
    better: Annotated[Literal["higher", "lower", "band"], about("方向", "direction")]
    unit: Annotated[
        Literal["percent", "ratio", "count", "money", "hours", "days", "seconds", "points", "times"],
        about("单位", "unit"),
    ] = "ratio"
    numerator: Annotated[Measure, about("分子", "numerator")]
    denominator: Annotated[Measure | None, about("分母", "denominator")] = None
    #: positions that decide a judged column used here; checked for conflicts of interest
    decided_by: Annotated[tuple[str, ...], about("判定人", "judged by")] = ()
    #: the metric that measures the same without anybody's judgement
    independent: Annotated[str | None, about("独立口径", "independent measure")] = None
    thin_below: Annotated[int, about("样本不足界限", "thin below")] = Field(default=0, ge=0)
    when_thin: Annotated[WhenThin, about("样本不足时", "too few occasions")] = "reweigh"
    #: a source that was not handed in: `hold` keeps the person incomplete, `reweigh` drops the item
    when_missing: Annotated[Literal["hold", "reweigh"], about("数据未提交时", "not handed in")] = "hold"
    #: what no row at all means for a metric without denominator, where its source was handed in
    no_rows: Annotated[Literal["zero", "missing"], about("没有记录时", "no row at all")] = "zero"
    over_time: Annotated[Literal["sum", "last", "mean"], about("季度、年度", "quarter and year")] = "sum"
    #: a bound the regulation states
    bound: Annotated[Exact | None, about("界限", "bound", unit="metric")] = None
    #: the largest target it may have; a percentage may have 1 (100 %) unless said otherwise
    target_most: Annotated[Exact | None, about("目标最大值", "largest target", unit="metric")] = None
    #: satisfied ÷ reached: the page shows n and the 95 % Wilson interval
    sampled: Annotated[bool, about("抽样", "sampled")] = False


class Item(Part):
    """One weighted line of a scorecard: a metric, a rating, or a bonus (added after weighing)."""

    metric: Annotated[str | None, about("指标", "metric")] = None
    rating: Annotated[str | None, about("评分项", "rating")] = None
    bonus: Annotated[str | None, about("加分项", "bonus")] = None
    category: Annotated[Category | None, about("类别", "category")] = None
    weight: Annotated[Points | None, about("权重", "weight", unit="points")] = None
    of: Annotated[Level, about("取数范围", "whose figure")] = "person"
    target: Annotated[Value | None, about("目标", "target", unit="metric")] = None
    curve: Annotated[AnyCurve | None, about("评分标准", "curve")] = None
    when_thin: Annotated[WhenThin | None, about("样本不足时", "too few occasions")] = None
    when_missing: Annotated[Literal["hold", "reweigh"] | None, about("数据未提交时", "not handed in")] = None
    #: rating: level word → points
    levels: Annotated[dict[str, Points] | None, about("等级得分", "points of levels", unit="points")] = None
    #: rating: levels that need a concrete example in writing
    evidence: Annotated[tuple[str, ...], about("须写明事例的等级", "levels that need an example")] = ()
    #: rating and bonus: who rates, with their share in percent; whose share is 0 is asked and read beside
    raters: Annotated[dict[Role, Annotated[Points, Field(ge=0)]] | None, about("评分人", "raters", unit="percent")] = (
        None
    )
    #: rating: what each level looks like
    described: Annotated[dict[str, Text] | None, about("等级描述", "what levels look like")] = None
    #: bonus: the most it may add
    up_to: Annotated[Points | None, about("最多加分", "at most", unit="points")] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Item:
        kinds = [kind for kind in ("metric", "rating", "bonus") if getattr(self, kind)]
        if len(kinds) != 1:
            raise ValueError("an item is exactly one of metric, rating, bonus")
        needs = {
            "metric": ("category", "weight", "curve"),
            "rating": ("category", "weight", "levels"),
            "bonus": ("up_to",),
        }
        missing = [part for part in needs[kinds[0]] if getattr(self, part) is None]
        if missing:
            raise ValueError(f"a {kinds[0]} item needs {', '.join(missing)}")
        strange = [word for word in self.evidence if word not in (self.levels or {})]
        if strange:
            raise ValueError(f"`evidence` names levels that are none: {', '.join(strange)}")
        return self

    @property
    def kind(self) -> Literal["metric", "rating", "bonus"]:
        """What the item is."""
        return "metric" if self.metric else "rating" if self.rating else "bonus"

    @property
    def counting(self) -> dict[Role, Decimal]:
        """Whose ratings count, with their share in percent: the line manager's alone where nobody is named."""
        if self.raters is None:
            return {"line_manager": Decimal(100)}
        return {role: share for role, share in self.raters.items() if share}

    @property
    def key(self) -> str:
        """The word by which files and pages name the item: the metric's, rating's or bonus's name."""
        return self.metric or self.rating or self.bonus or ""


class Scorecard(Part):
    """The items of a position; their weights add to 100."""

    items: Annotated[tuple[Item, ...], about("项目", "items")]


class PayBase(Part):
    """`commission`: the month's commission; `salary`: a `share` of full salary, the rest is the fixed part."""

    kind: Annotated[Literal["commission", "salary", "none"], about("种类", "kind")]
    share: Annotated[Exact | None, about("比例", "share", unit="share")] = None


class Position(Part):
    """A position, the side that decides its pay base, and the words by which rosters name it."""

    name: Annotated[Text, about("名称", "name")]
    department: Annotated[str, about("部门", "department")]
    side: Annotated[Side, about("类别", "side")]
    manager: Annotated[bool, about("管理岗位", "head of a department")] = False
    scorecard: Annotated[str | None, about("考核表", "scorecard")] = None
    pay_base: Annotated[PayBase | None, about("绩效基数", "pay base")] = None
    aliases: Annotated[tuple[str, ...], about("别名", "aliases")] = ()


class Department(Part):
    """A department and the words by which rosters name it."""

    name: Annotated[Text, about("名称", "name")]
    aliases: Annotated[tuple[str, ...], about("别名", "aliases")] = ()


class Eligibility(Part):
    """Who is left out of a month (S1 ❺ 3): probation covering the larger part of it, low wages, too few days."""

    probation_excludes: Annotated[bool, about("试用期不参加", "probation leaves out")] = True
    wage_below: Annotated[Yuan | None, about("工资下限", "wage below", unit="yuan")] = None
    min_days_in_service: Annotated[int, about("最少在职天数", "fewest days in service", unit="days")] = 0
    #: the least share of a card's weights that must be measured for a score; below it a person is incomplete
    least_measured: Annotated[Exact | None, about("最少计量权重", "least weight measured", unit="share")] = Field(
        default=None, ge=0, le=1
    )
    references: Annotated[dict[str, str], about("条款", "articles")] = Field(default_factory=dict)


class GradeBand(Part):
    """One grade: `from_` is an inclusive lower bound, `above` an exclusive one; the lowest grade has neither."""

    name: Annotated[Text, about("名称", "name")]
    from_: Annotated[Points | None, about("不低于", "from", unit="points")] = Field(default=None, alias="from")
    above: Annotated[Points | None, about("高于", "above", unit="points")] = None
    share: Annotated[Exact, about("比例", "share", unit="percent")]


class Bands(Part):
    """All grades from best to worst and the highest score."""

    maximum: Annotated[Points, about("最高分", "highest score", unit="points")]
    #: points of an item whose policy for thin evidence is `neutral`
    neutral: Annotated[Points, about("中性分", "neutral points", unit="points")] = Decimal(100)
    grades: Annotated[dict[Grade, GradeBand], about("等级", "grade")]

    @property
    def best_first(self) -> tuple[Grade, ...]:
        """The grades from best to worst by their bounds, whatever the order in which the document names them."""
        bounds = {grade: band.above if band.from_ is None else band.from_ for grade, band in self.grades.items()}
        bounded = {grade: bound for grade, bound in bounds.items() if bound is not None}
        return *sorted(bounded, key=lambda grade: -bounded[grade]), *(grade for grade in bounds if grade not in bounded)


class Distribution(Part):
    """`advisory`: the score decides and deviations are shown; `forced`: ranks within pools decide."""

    mode: Annotated[Literal["advisory", "forced"], about("方式", "mode")] = "advisory"
    pool: Annotated[Literal["department", "store", "group"], about("范围", "pool")] = "store"
    min_pool: Annotated[int, about("最小范围人数", "smallest pool", unit="people")] = 20
    #: an advisory pool of at least `explain_from` people that is off by more than this many needs a signed reason
    explain_from: Annotated[int, about("须说明的人数", "explained from", unit="people")] = 20
    tolerance: Annotated[int, about("容差人数", "tolerance", unit="people")] = 1
    #: who gets the odd seat when largest remainders are equal
    remainder_order: Annotated[tuple[Grade, ...], about("余数次序", "order of remainders")] = ("C", "B", "D", "A", "E")


class CommissionBasis(Part):
    """What commission may be paid by: a measure that any plan's line of the same name takes over, and its unit."""

    measure: Annotated[Measure, about("计量", "measure")]
    #: whose figure a line of it reads unless it says otherwise
    of: Annotated[Literal["person", "team", "department", "store"], about("取数范围", "whose figure")] = "person"
    #: what one `rate` is paid for
    unit: Annotated[Literal["hours", "money", "panels", "count"], about("单位", "unit")] = "count"


class CommissionLine(Part):
    """One line of a commission plan: measure × rate; `tiers` are [from, rate] pairs applied to the slice above `from`.

    `rate` is in yuan for one hour, yuan, panel or thing (0.02 is 2 %); below 0 it is taken off. A line without a
    measure is named after its basis (`Pay.commission_basis`), whose measure the loader writes into it.
    """

    measure: Annotated[Measure, about("计量", "measure")]
    of: Annotated[Literal["person", "team", "department", "store"], about("取数范围", "whose figure")] = "person"
    rate: Annotated[Exact | None, about("比例或单价", "rate")] = None
    tiers: Annotated[tuple[tuple[Exact, Exact], ...] | None, about("分档", "tiers")] = None


class CommissionFactor(Part):
    """A factor on the plan's sum: attainment of a metric's target at a level, or the score, cut at floor and cap."""

    attainment: Annotated[str | None, about("达成率", "attainment")] = None
    of: Annotated[Level, about("取数范围", "whose figure")] = "store"
    score: Annotated[bool, about("按得分", "by score")] = False
    floor: Annotated[Exact | None, about("下限", "floor", unit="share")] = None
    cap: Annotated[Exact | None, about("上限", "cap", unit="share")] = None


class CommissionPlan(Part):
    """Lines of measure × rate, summed, times the factors."""

    lines: Annotated[dict[str, CommissionLine], about("提成项目", "lines")]
    factors: Annotated[tuple[CommissionFactor, ...], about("提成系数", "factors")] = ()


class Coefficient(Part):
    """`score`: score ÷ 100; `grade`: one per grade; `piecewise`: linear between [score, coefficient] pairs."""

    by: Annotated[Literal["score", "grade", "piecewise"], about("办理人", "by")] = "score"
    grades: Annotated[dict[Grade, Factor] | None, about("等级", "grade")] = None
    piecewise: Annotated[tuple[tuple[Points, Factor], ...] | None, about("分段", "pieces")] = None


class Deductions(Part):
    """Where deductions start to be a legal risk: above a share of the month's wage, or below the minimum wage.

    `compensation_share` is the most that compensation of a loss may take of a month's wage; None sets no limit.
    """

    warn_share: Annotated[Exact, about("提示比例", "flagged above", unit="share")]
    compensation_share: Annotated[Exact | None, about("赔偿每月上限", "compensation at most", unit="share")] = None
    minimum_wage: Annotated[dict[str, Yuan], about("最低工资", "minimum wage", unit="yuan")] = Field(
        default_factory=dict
    )
    references: Annotated[dict[str, str], about("条款", "articles")] = Field(default_factory=dict)


class Pay(Part):
    """From score to yuan (S1 ❺ 5.6, 5.9). A position's own base comes before `manager`, `manager` before the side."""

    bases: Annotated[dict[Literal["profit", "function", "manager"], PayBase], about("绩效基数", "pay base")]
    coefficient: Annotated[Coefficient, about("系数", "coefficient")] = Coefficient()
    #: what plans may pay by, by the name of a line
    commission_basis: Annotated[dict[str, CommissionBasis], about("提成依据", "basis of commission")] = Field(
        default_factory=dict
    )
    #: commission plans by position; a position without one takes its commission from the `payroll` source
    commission: Annotated[dict[str, CommissionPlan], about("提成方案", "commission plan")] = Field(default_factory=dict)
    deductions: Annotated[Deductions | None, about("扣款提示", "deductions")] = None


class Draw(Part):
    """How much flows into a pool: rate × metric of the unit, when the gate is met; cut at floor and cap (yuan)."""

    metric: Annotated[str, about("指标", "metric")]
    rate: Annotated[Exact, about("比例或单价", "rate", unit="share")]
    gate_metric: Annotated[str | None, about("提取条件指标", "gate metric")] = None
    gate_attainment: Annotated[Exact | None, about("提取条件", "gate", unit="share")] = None
    floor: Annotated[Yuan | None, about("下限", "floor", unit="yuan")] = None
    cap: Annotated[Yuan | None, about("上限", "cap", unit="yuan")] = None


class Pool(Part):
    """A bonus pool (S3 壹, 貳): drawn per store, split by position share, then by weight × score × attendance."""

    draw: Annotated[Draw, about("提取", "draw")]
    #: position → share in percent; they add to 100
    split: Annotated[dict[str, Points], about("岗位分配", "split", unit="percent")]
    within: Annotated[tuple[Literal["score", "attendance"], ...], about("岗位内分配", "within a position")] = ("score",)
    #: the metric that gives attendance as a ratio
    attendance: Annotated[str | None, about("出勤指标", "attendance metric")] = None


#: the event that rewards; every other one is a measure against a run of bad grades
AWARD = "excellent_employee"
#: the event that opens a plan, whose months are followed
PLAN = "improvement_plan"


class Rule(Part):
    """One consequence of a run of grades: when `counter` reaches `at`, `event` is due."""

    counter: Annotated[str, about("计数", "counter")]
    at: Annotated[int, about("达到次数", "months in a row", unit="months")] = Field(ge=1)
    event: Annotated[
        Literal["improvement_plan", "severe_warning", "separation_review", "excellent_employee"],
        about("措施", "measure"),
    ]
    by: Annotated[str, about("办理人", "by")]
    months: Annotated[int | None, about("月数", "months", unit="months")] = None
    letter: Annotated[str | None, about("信函", "letter")] = None
    once_a_year: Annotated[bool, about("每年一次", "once a year")] = False


class YearRule(Part):
    """What a year grade makes a person a candidate for."""

    grades: Annotated[tuple[Grade, ...], about("等级", "grade")]
    event: Annotated[Literal["raise_candidate", "raise_considered_next"], about("措施", "measure")]
    preferred: Annotated[bool, about("优先", "preferred")] = False


class TicketArticle(Part):
    """An article by which somebody is rewarded or penalised on the spot (S1 ❹ 六), and the most that a ticket may
    bring; with neither points nor an amount it is praise or a warning in writing."""

    name: Annotated[Text, about("名称", "name")]
    kind: Annotated[Literal["reward", "penalty"], about("种类", "kind")]
    most_points: Annotated[Points, about("最多分值", "most points", unit="points")] = Field(default=Decimal(0), ge=0)
    most_amount: Annotated[Yuan, about("最多金额", "most money", unit="yuan")] = Field(default=Decimal(0), ge=0)


class Tickets(Part):
    """What rewards and penalties on the spot go by: the articles, and how many days a penalty waits for an answer."""

    answer_days: Annotated[int, about("等待本人确认的天数", "days to answer", unit="days")] = Field(
        default=3, ge=0, le=90
    )
    ticket_articles: Annotated[dict[str, TicketArticle], about("奖惩条款", "articles")] = Field(default_factory=dict)


class Standing(Part):
    """Runs of grades → awards, plans, letters, reviews (S1 ❺ 5.8); the most severe due measure of a month is taken."""

    counters: Annotated[dict[str, tuple[Grade, ...]], about("计数", "counters")]
    rules: Annotated[dict[str, Rule], about("规则", "rules")]
    severity: Annotated[tuple[str, ...], about("轻重次序", "order of severity")] = (
        "separation_review",
        "severe_warning",
        "improvement_plan",
    )
    year: Annotated[dict[str, YearRule], about("年度", "year")] = Field(default_factory=dict)
    #: what tickets of the month are written by, whatever the grades
    tickets: Annotated[Tickets, about("奖惩单", "tickets")] = Field(default_factory=Tickets)


class Letter(Part):
    """The wording of a letter; `{placeholders}` are filled with the employee's data."""

    title: Annotated[Text, about("标题", "title")]
    body: Annotated[Text, about("正文", "body")]
    signed_by: Annotated[tuple[str, ...], about("签字", "signed by")]
    days_to_improve: Annotated[int | None, about("改进天数", "days to improve", unit="days")] = None


class Article(Part):
    """An article of the regulation that no other block carries (purpose, principles, roles), to be read as text."""

    title: Annotated[Text, about("标题", "title")]
    text: Annotated[Text, about("内容", "text")]


class Scheme(Part):
    """The whole regulation, complete after its base was merged in."""

    scheme: Annotated[str, about("名称代码", "short name")]
    version: Annotated[str, about("版本", "version")]
    name: Annotated[Text, about("名称", "name")]
    base: Annotated[str | None, about("基础制度", "base")] = None
    currency: Annotated[str, about("币种", "currency")] = "CNY"
    articles: Annotated[dict[str, Article], about("总则与流程", "Principles and process")] = Field(default_factory=dict)
    departments: Annotated[dict[str, Department], about("部门", "Departments")] = Field(default_factory=dict)
    positions: Annotated[dict[str, Position], about("岗位", "Positions")]
    metrics: Annotated[dict[str, Metric], about("指标", "Metrics")]
    #: what the levels of rated items are called in both languages; ratings keep the level word itself
    level_names: Annotated[dict[str, Text], about("等级名称", "names of levels")] = Field(default_factory=dict)
    scorecards: Annotated[dict[str, Scorecard], about("考核表", "Scorecards")]
    cycle: Annotated[Cycle, about("考核周期与期限", "Cycle and deadlines")]
    eligibility: Annotated[Eligibility, about("适用对象", "Who is assessed")] = Eligibility()
    adoption: Annotated[Adoption, about("制度生效", "Before it holds")] = Adoption()
    bands: Annotated[Bands, about("得分与等级", "Scores and grades")]
    distribution: Annotated[Distribution, about("等级分布", "Distribution")] = Distribution()
    pay: Annotated[Pay, about("绩效工资", "Pay")]
    pools: Annotated[dict[str, Pool], about("奖金池", "Pools")] = Field(default_factory=dict)
    standing: Annotated[Standing, about("结果应用", "What results lead to")]
    letters: Annotated[dict[str, Letter], about("信函", "Letters")] = Field(default_factory=dict)
