"""Another scheme tried on past months: who wins, who loses, what it costs, how grades shift.

Both sides are whole settlements of the same evidence by the same rules; here they are only laid side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme


class Settled(Protocol):
    """What is laid side by side of a settlement: everybody's totals and pay."""

    @property
    def month(self) -> Month:
        """The month settled."""
        ...

    @property
    def scheme(self) -> Scheme:
        """The scheme it was settled under."""
        ...

    @property
    def totals(self) -> pl.DataFrame:
        """One row a person in service."""
        ...

    @property
    def pay(self) -> pl.DataFrame:
        """One row a person assessed, in fen."""
        ...


@dataclass(frozen=True)
class Comparison:
    """`people`: month, employee_id, name, store, position, and state, score, grade, pay under each scheme with the
    differences (hundredths, fen; null where a side is not settled). `shift`: grade_a, grade_b, people. `months`: month,
    pay_a, pay_b (of people paid under both, so that their difference is what the change costs), winners, losers,
    unsettled (people whose difference is not known). `grades`: those of A, best first, then those that only B has."""

    people: pl.DataFrame
    shift: pl.DataFrame
    months: pl.DataFrame
    grades: tuple[str, ...]


def compare(pairs: Iterable[tuple[Settled, Settled]]) -> Comparison:
    """Lay pairs of settlements (scheme A, scheme B), each of one month, side by side."""
    laid = list(pairs)
    people = pl.concat([_people(a, b) for a, b in laid])
    schemes = [*(a.scheme for a, _ in laid), *(b.scheme for _, b in laid)]
    grades = tuple(dict.fromkeys(grade for scheme in schemes for grade in scheme.bands.best_first))
    place = {grade: number for number, grade in enumerate(grades)}
    # Only people paid under both schemes: another number of open cases would look like a saving.
    known = pl.col("pay_change").is_not_null()
    shift = (
        people.group_by("grade_a", "grade_b")
        .agg(people=pl.len().cast(pl.Int64))
        .sort(pl.col("grade_a", "grade_b").replace_strict(place, return_dtype=pl.Int64), nulls_last=True)
    )
    months = (
        people.group_by("month")
        .agg(
            pay_a=pl.col("pay_a").filter(known).sum(),
            pay_b=pl.col("pay_b").filter(known).sum(),
            winners=(pl.col("pay_change") > 0).sum().cast(pl.Int64),
            losers=(pl.col("pay_change") < 0).sum().cast(pl.Int64),
            unsettled=pl.col("pay_change").is_null().sum().cast(pl.Int64),
        )
        .sort("month")
    )
    return Comparison(people, shift, months, grades)


def _people(a: Settled, b: Settled) -> pl.DataFrame:
    """One row a person assessed under either scheme. Pay here is performance pay and pools: what the scheme decides."""
    about = pl.concat([a.totals, b.totals], how="diagonal_relaxed").unique(
        "employee_id", keep="first", maintain_order=True
    )
    about = about.select("employee_id", "name", "store", "position").sort("employee_id")
    joined = about.join(_side(a, "a"), on="employee_id", how="left").join(_side(b, "b"), on="employee_id", how="left")
    assessed = joined.filter((pl.col("state_a") != "excluded") | (pl.col("state_b") != "excluded"))
    return assessed.select(
        pl.lit(str(a.month)).alias("month"),
        pl.all(),
        score_change=pl.col("score_b") - pl.col("score_a"),
        pay_change=pl.col("pay_b") - pl.col("pay_a"),
    )


def _side(settled: Settled, name: str) -> pl.DataFrame:
    scores = settled.totals.select(
        "employee_id",
        pl.col("state").alias(f"state_{name}"),
        pl.col("score").alias(f"score_{name}"),
        pl.col("grade").alias(f"grade_{name}"),
    )
    decided = (pl.col("performance_pay") + pl.col("pool_pay")).alias(f"pay_{name}")
    return scores.join(settled.pay.select("employee_id", decided), on="employee_id", how="left")
