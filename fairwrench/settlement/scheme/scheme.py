"""The scheme (制度) as a typed document: positions, metrics, scorecards, cycle, bands, pay, standing, letters."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fairwrench.settlement.exact import Exact, Points, Value
from fairwrench.settlement.scheme.curves.shapes import AnyCurve
from fairwrench.settlement.source.source import Model, Text

#: what lists and forms show of a grade: one letter or character, a second one for a step between (A+)
Grade = Annotated[str, Field(pattern=r"^\w[\w+-]?$")]
Side = Literal["profit", "function"]
Level = Literal["person", "team", "department", "store", "group"]
Category = Literal["finance", "customer", "key", "learning", "objective", "internal_customer", "discipline", "attitude"]
WhenThin = Literal["reweigh", "neutral", "unit", "hold"]
Role = Literal["self", "line_manager", "next_level", "other"]


class Part(Model):
    """A part of a scheme that may carry its article and notes; `default: house` marks figures we chose ourselves."""

    name: Text | None = None
    note: Text | None = None
    reference: str = ""
    default: Literal["house"] | None = None


class Measure(Model):
    """One aggregate over one source. `credit` is the person column it counts for; None counts for the store alone."""

    source: str
    value: str = "count"
    where: str | None = None
    credit: str | None = None
    #: the column whose local date decides the month; a `month` column for person-month sources
    date: str
    #: months the window covers, ending with the settled month (12 for a yearly turn rate)
    months: int = Field(default=1, ge=1)


class Metric(Part):
    """numerator ÷ denominator, or the numerator alone."""

    name: Text
    better: Literal["higher", "lower", "band"]
    unit: Literal["percent", "ratio", "count", "money", "hours", "days", "seconds", "points", "times"] = "ratio"
    numerator: Measure
    denominator: Measure | None = None
    #: positions that decide a judged column used here; checked for conflicts of interest
    decided_by: tuple[str, ...] = ()
    #: the metric that measures the same without anybody's judgement
    independent: str | None = None
    thin_below: int = Field(default=0, ge=0)
    when_thin: WhenThin = "reweigh"
    #: a source that was not handed in: `hold` keeps the person incomplete, `reweigh` drops the item
    when_missing: Literal["hold", "reweigh"] = "hold"
    #: what no row at all means for a metric without denominator, where its source was handed in
    no_rows: Literal["zero", "missing"] = "zero"
    over_time: Literal["sum", "last", "mean"] = "sum"
    #: a bound the regulation states
    bound: Exact | None = None
    #: the largest target it may have; a percentage may have 1 (100 %) unless said otherwise
    target_most: Exact | None = None
    #: satisfied ÷ reached: the page shows n and the 95 % Wilson interval
    sampled: bool = False


class Item(Part):
    """One weighted line of a scorecard: a metric, a rating, or a bonus (added after weighing)."""

    metric: str | None = None
    rating: str | None = None
    bonus: str | None = None
    category: Category | None = None
    weight: Points | None = None
    of: Level = "person"
    target: Value | None = None
    curve: AnyCurve | None = None
    when_thin: WhenThin | None = None
    when_missing: Literal["hold", "reweigh"] | None = None
    #: rating: level word → points
    levels: dict[str, Points] | None = None
    #: rating: levels that need a concrete example in writing
    evidence: tuple[str, ...] = ()
    #: rating and bonus: whose ratings count, with their share in percent
    raters: dict[Role, Annotated[Points, Field(gt=0)]] | None = None
    #: rating: what each level looks like
    described: dict[str, Text] | None = None
    #: bonus: the most it may add
    up_to: Points | None = None

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
    def key(self) -> str:
        """The word by which files and pages name the item: the metric's, rating's or bonus's name."""
        return self.metric or self.rating or self.bonus or ""


class Scorecard(Part):
    """The items of a position; their weights add to 100."""

    items: tuple[Item, ...]


class PayBase(Part):
    """`commission`: the month's commission; `salary`: a `share` of full salary, the rest is the fixed part."""

    kind: Literal["commission", "salary", "none"]
    share: Exact | None = None


class Position(Part):
    """A position, the side that decides its pay base, and the words by which rosters name it."""

    name: Text
    department: str
    side: Side
    manager: bool = False
    scorecard: str | None = None
    pay_base: PayBase | None = None
    aliases: tuple[str, ...] = ()


class Department(Part):
    """A department and the words by which rosters name it."""

    name: Text
    aliases: tuple[str, ...] = ()


class Eligibility(Part):
    """Who is left out of a month (S1 ❺ 3): probation covering the larger part of it, low wages, too few days."""

    probation_excludes: bool = True
    wage_below: Exact | None = None
    min_days_in_service: int = 0
    #: the least share of a card's weights that must be measured for a score; below it a person is incomplete
    least_measured: Exact | None = Field(default=None, ge=0, le=1)
    references: dict[str, str] = Field(default_factory=dict)


class Step(Part):
    """One deadline of the cycle: `day` of the month after the assessed one (`month: 0` is the assessed month)."""

    name: Text
    responsible: str
    day: int = Field(ge=1, le=28)
    month: Literal[0, 1] = 1
    categories: tuple[Category, ...] = ()


class Lateness(Part):
    """What a started day late brings the responsible person, once HR has confirmed it."""

    amount: Exact
    counted_in: Literal["working_days", "calendar_days"] = "working_days"
    effect: Literal["money", "points", "record"] = "money"
    warning: Text | None = None


class Cycle(Part):
    """The assessment calendar (S1 ❺ 5.7). Times are the stores' local time."""

    time_zone: str = "Asia/Shanghai"
    country: str = "CN"
    due_time: str = Field(default="17:30", pattern=r"^\d{2}:\d{2}$")
    postpone: Literal["weekends", "workdays"] = "weekends"
    #: keyed by step; in the order in which they must not overtake each other
    steps: dict[str, Step] = Field(default_factory=dict)
    lateness: Lateness | None = None
    #: a year's score needs at least this many assessed months
    year_months: int = 6
    goals: tuple[int, int] | None = None


class GradeBand(Part):
    """One grade: `from_` is an inclusive lower bound, `above` an exclusive one; the lowest grade has neither."""

    name: Text
    from_: Points | None = Field(default=None, alias="from")
    above: Points | None = None
    share: Exact


class Bands(Part):
    """All grades from best to worst and the highest score."""

    maximum: Points
    #: points of an item whose policy for thin evidence is `neutral`
    neutral: Points = Decimal(100)
    grades: dict[Grade, GradeBand]

    @property
    def best_first(self) -> tuple[Grade, ...]:
        """The grades from best to worst by their bounds, whatever the order in which the document names them."""
        bounds = {grade: band.above if band.from_ is None else band.from_ for grade, band in self.grades.items()}
        bounded = {grade: bound for grade, bound in bounds.items() if bound is not None}
        return *sorted(bounded, key=lambda grade: -bounded[grade]), *(grade for grade in bounds if grade not in bounded)


class Distribution(Part):
    """`advisory`: the score decides and deviations are shown; `forced`: ranks within pools decide."""

    mode: Literal["advisory", "forced"] = "advisory"
    pool: Literal["department", "store", "group"] = "store"
    min_pool: int = 20
    #: an advisory pool of at least `explain_from` people that is off by more than this many needs a signed reason
    explain_from: int = 20
    tolerance: int = 1
    #: who gets the odd seat when largest remainders are equal
    remainder_order: tuple[Grade, ...] = ("C", "B", "D", "A", "E")


class CommissionLine(Part):
    """One line of a commission plan: measure × rate; `tiers` are [from, rate] pairs applied to the slice above `from`.

    `per` is the quantity one `rate` is paid for (1 hour, 1 yuan). `rate` is in yuan (0.02 is 2 %).
    """

    measure: Measure
    rate: Exact | None = None
    tiers: tuple[tuple[Exact, Exact], ...] | None = None


class CommissionFactor(Part):
    """A factor on the plan's sum: attainment of a metric's target at a level, or the score, cut at floor and cap."""

    attainment: str | None = None
    of: Level = "store"
    score: bool = False
    floor: Exact | None = None
    cap: Exact | None = None


class CommissionPlan(Part):
    """Lines of measure × rate, summed, times the factors."""

    lines: dict[str, CommissionLine]
    factors: tuple[CommissionFactor, ...] = ()


class Coefficient(Part):
    """`score`: score ÷ 100; `grade`: one per grade; `piecewise`: linear between [score, coefficient] pairs."""

    by: Literal["score", "grade", "piecewise"] = "score"
    grades: dict[Grade, Exact] | None = None
    piecewise: tuple[tuple[Exact, Exact], ...] | None = None


class Deductions(Part):
    """Where deductions start to be a legal risk: above a share of the month's wage, or below the minimum wage."""

    warn_share: Exact
    minimum_wage: dict[str, Exact] = Field(default_factory=dict)


class Pay(Part):
    """From score to yuan (S1 ❺ 5.6, 5.9). A position's own base comes before `manager`, `manager` before the side."""

    bases: dict[Literal["profit", "function", "manager"], PayBase]
    coefficient: Coefficient = Coefficient()
    #: commission plans by position; a position without one takes its commission from the `payroll` source
    commission: dict[str, CommissionPlan] = Field(default_factory=dict)
    deductions: Deductions | None = None


class Draw(Part):
    """How much flows into a pool: rate × metric of the unit, when the gate is met; cut at floor and cap (yuan)."""

    metric: str
    rate: Exact
    gate_metric: str | None = None
    gate_attainment: Exact | None = None
    floor: Exact | None = None
    cap: Exact | None = None


class Pool(Part):
    """A bonus pool (S3 壹, 貳): drawn per store, split by position share, then by weight × score × attendance."""

    draw: Draw
    #: position → share in percent; they add to 100
    split: dict[str, Exact]
    within: tuple[Literal["score", "attendance"], ...] = ("score",)
    #: the metric that gives attendance as a ratio
    attendance: str | None = None


class Rule(Part):
    """One consequence of a run of grades: when `counter` reaches `at`, `event` is due."""

    counter: Literal["a", "d", "e"]
    at: int = Field(ge=1)
    event: Literal["improvement_plan", "severe_warning", "separation_review", "excellent_employee"]
    by: str
    months: int | None = None
    letter: str | None = None
    once_a_year: bool = False


class YearRule(Part):
    """What a year grade makes a person a candidate for."""

    grades: tuple[Grade, ...]
    event: Literal["raise_candidate", "raise_considered_next"]
    preferred: bool = False


class Standing(Part):
    """Runs of grades → awards, plans, letters, reviews (S1 ❺ 5.8); the most severe due measure of a month is taken."""

    counters: dict[Literal["a", "d", "e"], tuple[Grade, ...]]
    rules: dict[str, Rule]
    severity: tuple[str, ...] = ("separation_review", "severe_warning", "improvement_plan")
    year: dict[str, YearRule] = Field(default_factory=dict)


class Letter(Part):
    """The wording of a letter; `{placeholders}` are filled with the employee's data."""

    title: Text
    body: Text
    signed_by: tuple[str, ...]
    days_to_improve: int | None = None


class Article(Part):
    """An article of the regulation that no other block carries (purpose, principles, roles), to be read as text."""

    title: Text
    text: Text


class Scheme(Part):
    """The whole regulation, complete after its base was merged in."""

    scheme: str
    version: str
    name: Text
    base: str | None = None
    currency: str = "CNY"
    articles: dict[str, Article] = Field(default_factory=dict)
    departments: dict[str, Department] = Field(default_factory=dict)
    positions: dict[str, Position]
    metrics: dict[str, Metric]
    #: what the levels of rated items are called in both languages; ratings keep the level word itself
    level_names: dict[str, Text] = Field(default_factory=dict)
    scorecards: dict[str, Scorecard]
    cycle: Cycle
    eligibility: Eligibility = Eligibility()
    bands: Bands
    distribution: Distribution = Distribution()
    pay: Pay
    pools: dict[str, Pool] = Field(default_factory=dict)
    standing: Standing
    letters: dict[str, Letter] = Field(default_factory=dict)
