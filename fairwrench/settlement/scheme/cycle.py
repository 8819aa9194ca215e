"""The calendar of a month and what comes before a version holds: steps, deadlines, being late, publicity."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from fairwrench.settlement.exact import Points, Yuan
from fairwrench.settlement.scheme.about import about
from fairwrench.settlement.scheme.part import Part
from fairwrench.settlement.source.source import Text

Category = Literal["finance", "customer", "key", "learning", "objective", "internal_customer", "discipline", "attitude"]

#: what a requirement that is not met does: nothing, a warning, or it keeps the version from being approved
Demand = Literal["off", "warn", "block"]


class Adoption(Part):
    """What has to be done before a version holds: shown to everybody for some days, discussed, signed for (S1 ❺ 8)."""

    publicity_days: Annotated[int, about("公示天数", "days shown", unit="days")] = Field(default=0, ge=0, le=90)
    publicity: Annotated[Demand, about("公示", "shown to everybody")] = "off"
    discussion: Annotated[Demand, about("讨论", "discussed")] = "off"
    acknowledgement: Annotated[Demand, about("员工签收", "signed for by everybody")] = "off"


class Step(Part):
    """One deadline of the cycle: `day` of the month after the assessed one (`month: 0` is the assessed month)."""

    name: Annotated[Text, about("名称", "name")]
    responsible: Annotated[str, about("负责", "by")]
    #: up to the 28th, which every month has
    day: Annotated[int, about("日", "day")] = Field(ge=1, le=28)
    month: Annotated[Literal[0, 1], about("月份", "month")] = 1
    #: over days off: later, as whoever owes figures may; wages are due on the working day before
    moves: Annotated[Literal["later", "earlier"], about("遇休息日", "over days off")] = "later"
    categories: Annotated[tuple[Category, ...], about("提交内容", "hands in")] = ()


#: how a confirmed fine takes effect: yuan off the pay, points off the score, or nothing but the record of it
FineEffect = Literal["money", "points", "record"]


class LatenessInstead(Part):
    """What HR may choose in place of the scheme's own effect when a fine is confirmed; `points`: so many a day late."""

    choices: Annotated[tuple[FineEffect, ...], about("可改为", "may be instead")] = ()
    points: Annotated[Points | None, about("每天扣分", "points a day", unit="points")] = Field(default=None, gt=0)


class LatenessOfStore(Part):
    """A store where fines take another effect, with the province whose rules ask for it."""

    effect: Annotated[FineEffect, about("后果", "effect")]
    province: Annotated[str, about("省份", "province")] = Field(min_length=1)


class Lateness(Part):
    """What a started day late brings the responsible person, once HR has confirmed it."""

    amount: Annotated[Yuan, about("金额", "amount", unit="yuan")]
    counted_in: Annotated[Literal["working_days", "calendar_days"], about("计算方式", "counted in")] = "working_days"
    effect: Annotated[FineEffect, about("后果", "effect")] = "money"
    instead: Annotated[LatenessInstead, about("改用", "instead")] = LatenessInstead()
    by_store: Annotated[dict[str, LatenessOfStore], about("各店", "by store")] = Field(default_factory=dict)
    warning: Annotated[Text | None, about("提示", "warning")] = None

    def effect_in(self, store: str | None) -> FineEffect:
        """How a fine takes effect in a store."""
        own = self.by_store.get(store or "")
        return own.effect if own else self.effect

    def choices_in(self, store: str | None) -> tuple[FineEffect, ...]:
        """What HR may choose from in a store, the scheme's own first; where that is not money, never money."""
        first = self.effect_in(store)
        others = (each for each in self.instead.choices if first == "money" or each != "money")
        return tuple(dict.fromkeys((first, *others)))

    def a_day(self, effect: FineEffect) -> Decimal:
        """Yuan or points for one day late."""
        # before there was a figure of points of its own, `amount` was read as points
        points = self.amount if self.instead.points is None else self.instead.points
        return {"money": self.amount, "points": points, "record": Decimal(0)}[effect]


class SummaryDue(Part):
    """By when everybody hands in their summary of a month and the plan for the next: a day of the month after it, or
    of that month itself (`month: 0`); it moves over days off like the deadlines, and brings no fine."""

    day: Annotated[int, about("日", "day")] = Field(ge=1, le=28)
    month: Annotated[Literal[0, 1], about("月份", "month")] = 1


class NextLevelInterview(Part):
    """For which grades the next-level manager talks to the person before signing the appraisal (S1 ❺ annex 1)."""

    grades: Annotated[tuple[str, ...], about("等级", "grade")] = Field(min_length=1)


class Cycle(Part):
    """The assessment calendar (S1 ❺ 5.7). Times are the stores' local time."""

    time_zone: Annotated[str, about("时区", "time zone")] = "Asia/Shanghai"
    country: Annotated[str, about("国家", "country")] = "CN"
    due_time: Annotated[str, about("截止时刻", "hour due")] = Field(default="17:30", pattern=r"^\d{2}:\d{2}$")
    postpone: Annotated[Literal["weekends", "workdays"], about("顺延", "postponed")] = "weekends"
    #: keyed by step; in the order in which they must not overtake each other
    steps: Annotated[dict[str, Step], about("步骤", "steps")] = Field(default_factory=dict)
    lateness: Annotated[Lateness | None, about("迟交", "being late")] = None
    #: a year's score needs at least this many assessed months
    year_months: Annotated[int, about("年度最少月数", "months of a year", unit="months")] = 6
    goals: Annotated[tuple[int, int] | None, about("项目数", "number of items")] = None
    #: None where nobody is asked for one
    summary: Annotated[SummaryDue | None, about("月度总结", "monthly summary")] = None
    #: None where nobody is asked for one
    next_level_interview: Annotated[NextLevelInterview | None, about("隔级面谈", "next-level interview")] = None
