"""Bonus pools: a sum drawn from output or profit, split by position, then by score and attendance (S3 壹, 貳)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
from typing import Any

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS, POINT_DIGITS, point_units
from fairwrench.settlement.frames import Schema, conform, empty
from fairwrench.settlement.money import largest_remainder
from fairwrench.settlement.pay.pool_book import Book, Claim, Pot
from fairwrench.settlement.pay.pool_draw import Given, draw
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Pool, Scheme

#: One row a person in service; who is `excluded` from the appraisal takes no part. `score` in hundredths.
MEMBER: Schema = {
    "employee_id": pl.String,
    "store": pl.String,
    "position": pl.String,
    "state": pl.String,
    "score": pl.Int64,
}
#: The draw metric of a store in yuan (numerator ÷ denominator) and the attainment that its gate looks at; nulls are
#: missing evidence and never 0.
DRAW: Schema = {
    "pool": pl.String,
    "store": pl.String,
    "numerator": pl.Int128,
    "denominator": pl.Int128,
    "gate_numerator": pl.Int128,
    "gate_denominator": pl.Int128,
}
#: Attendance of a person, numerator ÷ denominator (hours attended ÷ hours due).
ATTENDANCE: Schema = {"employee_id": pl.String, "numerator": pl.Int128, "denominator": pl.Int128}
#: A personal weight in hundredths; who has none weighs 1.00.
WEIGHT: Schema = {"employee_id": pl.String, "weight": pl.Int64}
#: A weight of 1.00, and a point of a score.
_ONE = 10**POINT_DIGITS


@dataclass(frozen=True, slots=True)
class PoolResult:
    """`frame` (columns pool_book.SHARE; goes to `pay` as pool_pay), `sums` (pool_book.SUM), `steps` (money.STEPS)."""

    frame: pl.DataFrame
    sums: pl.DataFrame
    steps: pl.DataFrame
    problems: tuple[Problem, ...]


def pools(
    members: pl.DataFrame,
    scheme: Scheme,
    *,
    draws: pl.DataFrame,
    attendance: pl.DataFrame,
    weights: pl.DataFrame | None = None,
) -> PoolResult:
    """Every pool of the scheme in every store, shared out to the fen.

    `members` has the columns MEMBER, `draws` DRAW, `attendance` ATTENDANCE, `weights` WEIGHT. A store's sum is split by
    position share, then within each position by claims, both by largest remainder: ties go to the position named
    first in the scheme, then to the smaller employee id. A position nobody holds leaves its share to the others.
    Refused when a pool's drawing rule is not complete.
    """
    known = _with_weight_and_attendance(members, attendance, weights)
    given = {(row[0], row[1]): Given(*row[2:]) for row in conform(draws, DRAW, "draws", key=("pool", "store")).rows()}
    book = Book()
    for place, (name, pool) in enumerate(scheme.pools.items()):
        claims = _claims(known.filter(pl.col("position").is_in(list(pool.split))), pool)
        # A store with a draw but nobody in it is told; a store with people and no draw holds them.
        for store in sorted(claims.keys() | {store for named, store in given if named == name}):
            pot = Pot(name, place, pool, store, claims.get(store, {}))
            book.sums.append((name, store, *_share_out(book, pot, given.get((name, store), Given()))))
    return PoolResult(*book.frames(), tuple(book.problems))


def _with_weight_and_attendance(
    members: pl.DataFrame, attendance: pl.DataFrame, weights: pl.DataFrame | None
) -> pl.DataFrame:
    """Everybody who takes part, by employee id; without a store nobody's pool can be drawn, and that is told."""
    key = ("employee_id",)
    weighing = conform(empty(WEIGHT) if weights is None else weights, WEIGHT, "weights", key=key)
    return (
        conform(members, MEMBER, "members", key=key)
        .filter(pl.col("state") != "excluded")
        # A null would fall out of the grouping by store, and the person out of every pool without a word.
        .with_columns(pl.col("store").fill_null(""))
        .join(conform(attendance, ATTENDANCE, "attendance", key=key), on=key, how="left")
        .join(weighing, on=key, how="left")
        .with_columns(pl.col("weight").fill_null(_ONE))
        .sort(key)
    )


def _claims(rows: pl.DataFrame, pool: Pool) -> dict[str, dict[str, list[Claim]]]:
    """store → position → claims, by employee id."""
    found: dict[str, dict[str, list[Claim]]] = {}
    for row in rows.iter_rows(named=True):
        position = found.setdefault(row["store"], {}).setdefault(row["position"], [])
        position.append(Claim(row["employee_id"], _claim(row, pool)))
    return found


def _claim(row: Mapping[str, Any], pool: Pool) -> tuple[int, int] | None:
    """weight × score × attendance, of what the pool looks at; None when one of them is not known."""
    settled = row["score"] if row["state"] == "settled" else None
    score = settled if "score" in pool.within else _ONE
    there, due = (row["numerator"], row["denominator"]) if "attendance" in pool.within else (1, 1)
    # Unknown is not 0: a person without attendance holds the position until it is known.
    if score is None or there is None or due is None or due <= 0:
        return None
    return row["weight"] * score * there, _ONE * _ONE * due


def _share_out(book: Book, pot: Pot, given: Given) -> tuple[int | None, ...]:
    """One pool of one store, from the drawing to everybody's share; gives drawn, paid, held and left."""
    drawing = draw(pot.pool.draw, given)
    for step, columns in drawing.steps:
        book.step(pot, step, "", **columns)
    if drawing.amount is None:
        lacks = drawing.lacks
        book.tell(
            pot, "pool_not_drawn", f"{lacks} 没有数据，奖金暂不能提取", f"{lacks} is unknown, so nothing is drawn"
        )
        # Held, each by name, so that nobody's payslip closes without the pool.
        for position in pot.claims:
            book.same(pot, position, None)
        return None, None, None, None
    claimed = [position for position, share in pot.pool.split.items() if share > 0 and _claimed(pot, position)]
    _leave(book, pot, claimed)
    parts = _by_position(book, pot, drawing.amount, claimed)
    paid = sum(_within(book, pot, position, part) for position, part in parts.items())
    given_out = sum(parts.values())
    return drawing.amount, paid, given_out - paid, drawing.amount - given_out


def _claimed(pot: Pot, position: str) -> bool:
    """Whether anybody in a position has, or may yet have, a claim."""
    return any(claim.ratio is None or claim.ratio[0] > 0 for claim in pot.claims.get(position, ()))


def _leave(book: Book, pot: Pot, claimed: list[str]) -> None:
    """Positions nobody claims leave their share to the others, proportionally; without any claim all of it is left."""
    shares = {position: point_units(share) for position, share in pot.pool.split.items()}
    for position in [position for position in shares if position not in claimed]:
        book.same(pot, position, 0)
        if shares[position] > 0:
            book.step(pot, "pool_unclaimed", position, numerator=shares[position], denominator=sum(shares.values()))
            if claimed:
                zh, en = (
                    f"岗位 {position} 无人领取，份额归其他岗位",
                    f"nobody claims the share of {position}; others do",
                )
                book.tell(pot, "pool_share_unclaimed", zh, en, "note")
    if not claimed:
        book.tell(pot, "pool_unclaimed", "没有人可以领取，奖金未分配", "nobody has a claim, so nothing is paid out")


def _by_position(book: Book, pot: Pot, amount: int, claimed: list[str]) -> dict[str, int]:
    """The pool split by position share among the claimed positions; on a tie the one named first in the scheme."""
    shares = [point_units(pot.pool.split[position]) for position in claimed]
    parts = dict(zip(claimed, largest_remainder(amount, shares) if claimed else [], strict=True))
    for (position, part), share in zip(parts.items(), shares, strict=True):
        money = {"basis": amount, "basis_digits": FEN_DIGITS, "amount": part, "amount_digits": FEN_DIGITS}
        book.step(pot, "pool_position", position, numerator=share, denominator=sum(shares), **money)
    return parts


def _within(book: Book, pot: Pot, position: str, amount: int) -> int:
    """A position's part split by claims, on a tie to the smaller employee id; gives what is paid now."""
    # Nothing to share out, whatever is still unknown of the claims.
    if amount == 0:
        book.same(pot, position, 0)
        return 0
    ratios = [claim.ratio for claim in pot.claims[position] if claim.ratio is not None]
    if len(ratios) < len(pot.claims[position]):
        _hold(book, pot, position)
        return 0
    # One denominator for all, so that the claims become whole weights that can be split to the fen.
    common = lcm(*(bottom for _, bottom in ratios))
    weights = [top * (common // bottom) for top, bottom in ratios]
    parts, everybody = largest_remainder(amount, weights), sum(weights)
    for claim, weight, part in zip(pot.claims[position], weights, parts, strict=True):
        book.share(pot, position, claim, whole=amount, of_all=(weight, everybody), amount=part)
    return amount


def _hold(book: Book, pot: Pot, position: str) -> None:
    """One unknown claim holds the whole position: anything paid to the others now would count it as zero."""
    people = ", ".join(claim.person for claim in pot.claims[position] if claim.ratio is None)
    zh, en = f"{people} 的得分或出勤未定，岗位 {position} 暂不发放", f"{position} is held until {people} are settled"
    book.tell(pot, "pool_held", zh, en)
    book.same(pot, position, None)
