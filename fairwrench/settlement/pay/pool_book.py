"""What a run of the bonus pools works on and writes down: claims, shares, sums and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import gcd
from typing import NamedTuple

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.money import STEPS, steps
from fairwrench.settlement.problem import Problem, Severity
from fairwrench.settlement.scheme.scheme import Pool

#: What each member gets, in fen; `reason` is the pool. Null is held: something of the pool or position is not settled.
SHARE: Schema = {
    "employee_id": pl.String,
    "amount": pl.Int64,
    "reason": pl.String,
    "store": pl.String,
    "position": pl.String,
}
#: A store's pool in fen: drawn = paid + held + left (what nobody could claim); all null while nothing can be drawn.
SUM: Schema = {
    "pool": pl.String,
    "store": pl.String,
    "drawn": pl.Int64,
    "paid": pl.Int64,
    "held": pl.Int64,
    "left": pl.Int64,
}
#: A share with its reasons: the own claim, the position's part that was split, the claim's share of all claims.
_REASONED: Schema = {
    **SHARE,
    "claim": pl.Int128,
    "claim_of": pl.Int128,
    "whole": pl.Int64,
    "share": pl.Int128,
    "share_of": pl.Int128,
    "reference": pl.String,
    "sequence": pl.Int64,
}

#: The first number that a column of 128 bits cannot hold.
_LIMIT = 2**127
#: Room for the steps of one person in one pool.
_APART = 1000

Ratio = tuple[int, int]


class Claim(NamedTuple):
    """weight × score × attendance of one person as an exact fraction; None while something of it is not known."""

    person: str
    ratio: Ratio | None


@dataclass(frozen=True, slots=True)
class Pot:
    """One pool of one store and the claims on it by position, by employee id; `place` is the pool's in the scheme."""

    name: str
    place: int
    pool: Pool
    store: str
    claims: Mapping[str, list[Claim]]

    def people(self, position: str) -> list[str]:
        """Who holds a position, by employee id."""
        return [claim.person for claim in self.claims.get(position, ())]


@dataclass(slots=True)
class Book:
    """Where one run writes down what it does."""

    shares: list[tuple[object, ...]] = field(default_factory=list)
    sums: list[tuple[object, ...]] = field(default_factory=list)
    store_steps: list[dict[str, object]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def step(self, pot: Pot, step: str, position: str, **columns: object) -> None:
        """One more step of a store: of its pool, or, where a position is named, of its part."""
        subject = f"{pot.name}/{position}" if position else pot.name
        place = {"store": pot.store, "sequence": len(self.store_steps)}
        reference = pot.pool.reference if position else pot.pool.draw.reference or pot.pool.reference
        self.store_steps.append({**place, "step": step, "subject": subject, "reference": reference, **columns})

    def same(self, pot: Pot, position: str, amount: int | None) -> None:
        """The same for everybody in a position: nothing, or held."""
        nothing = (None, None, None, None, None, None, None)
        self.shares += [(person, amount, pot.name, pot.store, position, *nothing) for person in pot.people(position)]

    def share(self, pot: Pot, position: str, claim: Claim, *, whole: int, of_all: Ratio, amount: int) -> None:
        """One person's share of a position's part, `of_all` being the own claim over everybody's."""
        own = lowest(*claim.ratio) if claim.ratio else (None, None)
        place = (pot.pool.reference, pot.place * _APART)
        row = (claim.person, amount, pot.name, pot.store, position, *own, whole, *lowest(*of_all), *place)
        self.shares.append(row)

    def tell(self, pot: Pot, code: str, zh: str, en: str, severity: Severity = "warning") -> None:
        """Something that somebody should know about a pool."""
        where_zh, where_en = f"门店 {pot.store} 的奖金池 {pot.name}：", f"pool {pot.name} of store {pot.store}: "
        self.problems.append(Problem(code, where_zh + zh, where_en + en, severity, subject=pot.store))

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Shares (SHARE, by pool and person), sums (SUM, by pool and store), steps (money.STEPS, stores first)."""
        reasoned = pl.DataFrame(self.shares, schema=dict(_REASONED), orient="row").sort("reason", "employee_id")
        of_stores = pl.DataFrame(self.store_steps, schema=dict(STEPS), orient="row").with_columns(part=pl.lit("pool"))
        sums = pl.DataFrame(self.sums, schema=dict(SUM), orient="row")
        return reasoned.select(*SHARE), sums, pl.concat([of_stores, _share_steps(reasoned)])


def lowest(numerator: int, denominator: int) -> tuple[int | None, int | None]:
    """A fraction in lowest terms; nothing where it outgrows 128 bits, as everybody's own claims tell it then."""
    common = gcd(numerator, denominator)
    numerator, denominator = numerator // common, denominator // common
    # Amounts are split in Python's integers and stay exact; only what is shown has to fit a column.
    return (numerator, denominator) if max(numerator, denominator) < _LIMIT else (None, None)


def _share_steps(reasoned: pl.DataFrame) -> pl.DataFrame:
    """pool_claim: weight × score × attendance. pool_share: the position's part × the own claim ÷ all claims."""
    split = reasoned.filter(pl.col("whole").is_not_null())
    same = {
        "employee_id": pl.col("employee_id"),
        "store": pl.col("store"),
        "part": pl.lit("pool"),
        "subject": pl.format("{}/{}", "reason", "position"),
        "reference": pl.col("reference"),
    }
    claim = steps(
        split,
        **same,
        sequence=pl.col("sequence"),
        step="pool_claim",
        numerator=pl.col("claim"),
        denominator=pl.col("claim_of"),
    )
    share = steps(
        split,
        **same,
        sequence=pl.col("sequence") + 1,
        step="pool_share",
        basis=pl.col("whole"),
        basis_digits=FEN_DIGITS,
        numerator=pl.col("share"),
        denominator=pl.col("share_of"),
        amount=pl.col("amount"),
        amount_digits=FEN_DIGITS,
    )
    return pl.concat([claim, share])
