"""How confirmed fines take effect, as money, points or a record, and on what ground money is taken (S1 ❺ 5.7)."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.scheme.cycle import FineEffect, Lateness
from fairwrench.settlement.scheme.scheme import Scheme

#: the kind of decision by which a fine takes the effect that the scheme gives it
CONFIRMED = "confirm_fine"
#: kinds of decision that say by themselves how the fine takes effect; one that is waived changes no figure either
BY_KIND: dict[str, FineEffect] = {"fine_points": "points", "fine_record": "record", "fine_waived": "record"}
#: every kind by which a proposed fine is decided
FINES = (CONFIRMED, *BY_KIND)
#: kinds that take money from somebody, and so state their ground
TAKING = ("deduction", CONFIRMED)
#: the ground that the article on compensation bounds
COMPENSATION = "compensation"
#: the grounds there are, as the source of decisions lists them
GROUNDS = (COMPENSATION, "breach", "agreed")
#: between the ground and the reason of a recorded deduction
_BAR = "|"


def taken(
    decisions: pl.DataFrame, scheme: Scheme, month: str, effect: FineEffect, stores: pl.DataFrame
) -> pl.DataFrame:
    """The fines of a month that take one effect: of their own kind, or as the scheme has it for the person's store.

    `decisions` as `Recorded` has them; `stores`: employee_id, store. Who is in no store falls under the scheme's own.
    """
    fined = decisions.filter(pl.col("month") == month, pl.col("kind").is_in(FINES)).drop_nulls("employee_id")
    homes = stores.select("employee_id", _store="store").unique("employee_id")
    placed = fined.join(homes, on="employee_id", how="left", maintain_order="left")
    return placed.filter(_effect(scheme.cycle.lateness) == effect).drop("_store")


def money_taken(decisions: pl.DataFrame, scheme: Scheme, month: str, stores: pl.DataFrame) -> pl.DataFrame:
    """The decisions of a month that take money: deductions, and fines of money."""
    # Lateness that costs points has lowered the score already; money would be a second time.
    fined = taken(decisions, scheme, month, "money", stores)
    plain = decisions.filter(pl.col("month") == month, pl.col("kind") == "deduction").drop_nulls("employee_id")
    return pl.concat([plain, fined])


def _effect(rule: Lateness | None) -> pl.Expr:
    """How each fine takes effect; a scheme without the article leaves a confirmed fine what it says, money."""
    whole = rule.effect if rule else "money"
    homes = {store: each.effect for store, each in rule.by_store.items()} if rule else {}
    named = pl.col("_store").replace_strict(homes, default=whole, return_dtype=pl.String) if homes else pl.lit(whole)
    return pl.col("kind").replace_strict(BY_KIND, default=named, return_dtype=pl.String)


def with_ground() -> pl.Expr:
    """The reason of a decision led by its ground, as the payslip keeps it."""
    led = pl.concat_str("ground", "reason", separator=_BAR)
    return pl.when(pl.col("ground").is_not_null()).then(led).otherwise("reason")


def ground_and_reason(told: str) -> tuple[str, str]:
    """What `with_ground` put together: the ground (empty for none) and the reason."""
    ground, bar, reason = told.partition(_BAR)
    return (ground, reason) if bar and ground in GROUNDS else ("", told)
