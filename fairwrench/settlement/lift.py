"""What lifts me: the smallest whole-number change in one item's rows that gains points, a better grade, or yuan.

Nothing is predicted: each possible change is settled by the same rules as the month itself (the same curve, total, bands
and pay), many at once, and the smallest that helps is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.eligibility import slices
from fairwrench.settlement.frames import empty
from fairwrench.settlement.grade import grade_expr
from fairwrench.settlement.pay import AMOUNT, CARD, COMMISSION, pay
from fairwrench.settlement.scheme import Item, Metric
from fairwrench.settlement.score import LINE, pointed, totals
from fairwrench.settlement.settle import Settlement

#: changes tried in one settling; the first tries reach from one row to more rows than a month has
TRIED = 64
REACH = 40


@dataclass(frozen=True)
class Lift:
    """`change` whole units more (or fewer, when negative) of an item's numerator and what they bring.

    `points` and `score` in hundredths, `pay` in fen (None while pay is not settled), all as differences; `grade` is the
    grade then. `goal` says what the change is the smallest one for: points, grade or pay.
    """

    item: str
    goal: str
    change: int
    points: int
    score: int
    grade: str
    pay: int | None


def lifts(settlement: Settlement, roster: pl.DataFrame, employee_id: str) -> list[Lift]:
    """For each measured item of a person, the smallest changes that gain points, a grade, yuan; best pay first."""
    mine = settlement.lines.filter(pl.col("employee_id") == employee_id)
    own = mine.filter((pl.col("kind") == "metric") & (pl.col("state") == "counted") & (pl.col("level") == "person"))
    if settlement.totals.filter((pl.col("employee_id") == employee_id) & (pl.col("state") == "settled")).is_empty():
        return []
    found = [lift for line in own.iter_rows(named=True) for lift in _of_item(line, mine, settlement, roster)]
    return sorted(found, key=lambda lift: (-(lift.pay or 0), abs(lift.change), lift.item, lift.goal))


def _of_item(line: dict[str, object], mine: pl.DataFrame, settlement: Settlement, roster: pl.DataFrame) -> list[Lift]:
    item = next(i for c in settlement.scheme.scorecards.values() for i in c.items if i.key == line["item"])
    metric = settlement.scheme.metrics[item.metric or ""]
    room = _room(line, metric)
    if room <= 0:
        return []
    sign = -1 if metric.better == "lower" else 1
    now = _settled([0], item, metric, line, mine, settlement, roster).row(0, named=True)
    found = []
    for goal in ("points", "grade", "pay"):
        least = _least(goal, now, sign, room, lambda ks: _settled(ks, item, metric, line, mine, settlement, roster))
        if least:
            found.append(_lift(item, goal, now, least))
    return found


def _room(line: dict[str, object], metric: Metric) -> int:
    """How many whole units the numerator could change: to the denominator, or to zero."""
    top, places = int(line["numerator"] or 0), int(line["numerator_digits"] or 0)  # type: ignore[call-overload]
    if metric.better == "lower":
        return top // 10**places
    if metric.better != "higher":
        return 0
    counted = (
        metric.denominator is not None and metric.numerator.value.strip() == "count" == metric.denominator.value.strip()
    )
    if counted:
        return int(line["denominator"] or 0) - top  # type: ignore[call-overload]
    return max(top // 10**places, 1) * 2


def _settled(
    changes: list[int],
    item: Item,
    metric: Metric,
    line: dict[str, object],
    mine: pl.DataFrame,
    settlement: Settlement,
    roster: pl.DataFrame,
) -> pl.DataFrame:
    """The person settled once for each change: change, points, score, grade, pay."""
    named = pl.DataFrame({"variant": [f"{line['employee_id']}#{k}" for k in range(len(changes))], "change": changes})
    lines = mine.join(named, how="cross").with_columns(employee_id=pl.col("variant"))
    unit = pl.lit(10 ** int(line["numerator_digits"] or 0), pl.Int128)  # type: ignore[call-overload]
    top = int(line["numerator"] or 0)  # type: ignore[call-overload]
    scale = int(line["n"]) // top if top else _scale(line)  # type: ignore[call-overload]
    changed = pl.col("item") == item.key
    lines = lines.with_columns(n=pl.when(changed).then(pl.col("n") + pl.col("change") * unit * scale).otherwise("n"))
    again = pointed(lines.filter(changed), item, settlement.scheme)
    whole = pl.concat([again.select(list(LINE)), lines.filter(~changed).select(list(LINE))])
    summed = totals(whole, settlement.scheme.bands)
    graded = summed.with_columns(grade=grade_expr(pl.col("score"), settlement.scheme.bands))
    points = again.select("employee_id", "points", "change")
    paid = _paid(graded, str(line["employee_id"]), settlement, roster)
    return graded.join(points, on="employee_id").join(paid, on="employee_id", how="left").sort("change")


def _scale(line: dict[str, object]) -> int:
    """n per unit of the numerator where the numerator is 0: the denominator's surplus of decimals."""
    return 10 ** max(0, int(line["denominator_digits"] or 0) - int(line["numerator_digits"] or 0))  # type: ignore[call-overload]


def _paid(graded: pl.DataFrame, employee_id: str, settlement: Settlement, roster: pl.DataFrame) -> pl.DataFrame:
    """The pay of every variant by the rules of pay."""
    about = settlement.totals.filter(pl.col("employee_id") == employee_id)
    cards = graded.select("employee_id", "score", "grade").with_columns(
        store=pl.lit(about["store"][0]), state=pl.lit("settled")
    )
    names = graded.select(variant="employee_id")
    own = slices(roster, settlement.month).filter(pl.col("employee_id") == employee_id)
    parts = own.join(names, how="cross").with_columns(employee_id=pl.col("variant")).drop("variant")
    step = settlement.steps.filter((pl.col("employee_id") == employee_id) & (pl.col("step") == "commission"))
    earned = names.select(
        employee_id="variant", amount=pl.lit(int(step["amount"][0]) if step.height else None, pl.Int64)
    )
    result = pay(
        cards.select(list(CARD)),
        settlement.scheme,
        settlement.month,
        slices=parts,
        commission=earned.select(list(COMMISSION)),
        deductions=empty(AMOUNT),
        corrections=empty(AMOUNT),
        pool_pay=empty(AMOUNT),
    )
    return result.frame.select("employee_id", paid="performance_pay")


def _least(goal: str, now: dict[str, object], sign: int, room: int, run: object) -> dict[str, object] | None:
    """The smallest change that helps: steps of growing size until one helps, then the gap before it is searched."""
    low, tries = 0, _growing(room)
    while tries:
        settled = run([sign * k for k in tries])  # type: ignore[operator]
        better = [row for row in settled.iter_rows(named=True) if _helps(goal, now, row)]
        if not better:
            return None
        best = min(better, key=lambda row: abs(row["change"]))
        low = max([k for k in tries if k < abs(best["change"])], default=low)
        gap = abs(best["change"]) - low - 1
        if gap <= 0:
            return best
        width = max(1, gap // (TRIED - 1))
        tries = sorted({*range(low + 1, abs(best["change"]), width), abs(best["change"]) - 1, abs(best["change"])})
    return None


def _growing(room: int) -> list[int]:
    sizes = {min(room, step) for step in range(1, 17)} | {min(room, 2**power) for power in range(4, REACH)}
    return sorted(sizes)


def _helps(goal: str, now: dict[str, object], then: dict[str, object]) -> bool:
    if goal == "grade":
        return str(then["grade"]) < str(now["grade"])
    key = "paid" if goal == "pay" else "points"
    was, new = now[key], then[key]
    return isinstance(was, int) and isinstance(new, int) and new > was


def _lift(item: Item, goal: str, now: dict[str, object], then: dict[str, object]) -> Lift:
    def more(key: str) -> int:
        was, new = now[key], then[key]
        assert isinstance(was, int) and isinstance(new, int)
        return new - was

    earned = more("paid") if isinstance(now["paid"], int) and isinstance(then["paid"], int) else None
    change = then["change"]
    assert isinstance(change, int)
    return Lift(item.key, goal, change, more("points"), more("score"), str(then["grade"]), earned)
