"""Changes tried: which sizes, what each would bring by the month's own rules, and which of them help."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units
from fairwrench.settlement.explain.lift_pay import Commissions, performance_pay
from fairwrench.settlement.explain.liftable import FARTHEST
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.score.card_items import curves
from fairwrench.settlement.score.points import points_by_curve
from fairwrench.settlement.settle import Settlement

GOALS = ("points", "grade", "pay")
#: steps in which a gap is tried at once
TRIED = 64
#: every size up to 16, then each twice the one before; `before` is the size tried before it
_SIZES = [*range(17), *(2**power for power in range(5, FARTHEST.bit_length()))]
LADDER = pl.DataFrame(
    list(zip(_SIZES, [-1, *_SIZES[:-1]], strict=True)),
    schema={"rung": pl.Int64, "before": pl.Int64},
    orient="row",
)


class Trials:
    """The rows of `liftable`, to be scored and paid again with other numerators."""

    def __init__(self, lanes: pl.DataFrame, settlement: Settlement) -> None:
        """By the rules of a settlement."""
        self.lanes, self._scheme = lanes, settlement.scheme
        self._curves = curves(settlement.scheme)
        self._commissions = Commissions(settlement) if lanes["plan"].count() else None

    def settled(self, tried: pl.DataFrame) -> pl.DataFrame:
        """`tried` (lane, size, and what tells the tries apart) with points, score, grade (its
        place from the best), pay of each."""
        wide = tried.join(self.lanes, on="lane", how="left", maintain_order="left")
        more = (pl.col("sign") * pl.col("size")).cast(pl.Int128) * pl.col("unit")
        wide = wide.with_columns(n=pl.col("n") + more)
        wide = wide.with_columns(points=self._points(wide)).with_columns(score=self._score())
        own = grade_expr(pl.col("score"), self._scheme.bands)
        wide = wide.with_columns(grade=pl.coalesce("fixed", own)).with_columns(place=self._place())
        return self._paid(wide).select(*tried.columns, "points", "score", "grade", "place", "pay")

    def _points(self, wide: pl.DataFrame) -> pl.Series:
        """The points that the curves give; null where a value would be too large to be scored exactly."""
        try:
            return points_by_curve(wide.select("curve", "n", "d", "target"), self._curves)["points"]
        except Refused:
            if wide.height == 1:
                return pl.Series("points", [None], pl.Int64)
        # One such value is no reason to tell nobody anything: it is looked for among ever fewer rows.
        half = wide.height // 2
        return pl.concat([self._points(wide.head(half)), self._points(wide.tail(-half))])

    def _score(self) -> pl.Expr:
        """Σ points × weight ÷ Σ weight, rounded once; bonus, maximum, what lateness took: see `score.totals`."""
        top = pl.col("others") + pl.col("points").cast(pl.Int128) * pl.col("weight")
        mean = half_up_expr(top, pl.col("counted_weight").cast(pl.Int128)).cast(pl.Int64)
        whole = (mean + pl.col("bonus")).clip(0, point_units(self._scheme.bands.maximum))
        return (whole - pl.col("points_off")).clip(lower_bound=0)

    def _place(self) -> pl.Expr:
        """How many grades are better."""
        best_first = self._scheme.bands.best_first
        return pl.col("grade").replace_strict(list(best_first), list(range(len(best_first))), return_dtype=pl.Int64)

    def _paid(self, wide: pl.DataFrame) -> pl.DataFrame:
        base = pl.col("base")
        if self._commissions is not None:
            grown = self._commissions.of(wide)
            wide = wide.join(grown, on=["employee_id", "score"], how="left", maintain_order="left")
            base = pl.when(pl.col("plan").is_null()).then(base).otherwise(base + pl.col("commission"))
        return wide.with_columns(pay=performance_pay(base, self._scheme.pay.coefficient))


def growing(lanes: pl.DataFrame) -> pl.DataFrame:
    """lane, size, span, before: the first tries, from none at all (size 0) on, up to the room that there is."""
    tries = lanes.select("lane", "room").join(LADDER, how="cross", maintain_order="left")
    within = tries.filter(pl.col("before") < pl.col("room"))
    return within.select("lane", "before", size=pl.min_horizontal("rung", "room"), span=pl.col("lane"))


def narrower(spans: pl.DataFrame, trials: Trials, now: pl.DataFrame) -> pl.DataFrame:
    """`spans` (lane, goal, before: what does not help, size: what does) with the gap between the two tried in steps."""
    gaps = spans.select("lane", "before", "size").unique().sort("lane", "before", "size").with_row_index("span")
    low, high = pl.col("before"), pl.col("size")
    # A whole fan of sizes is tried at once, so the gap shrinks sixtyfold a round.
    width = ((high - low - 1) // (TRIED - 1)).clip(lower_bound=1)
    steps = pl.concat_list(pl.int_ranges(low + 1, high, width), high - 1).list.unique().list.sort()
    tried = gaps.select("lane", "span", low="before", size=steps).explode("size")
    further = pl.col("span") == pl.col("span").shift(1)
    tried = tried.select("lane", "span", "size", before=pl.when(further).then(pl.col("size").shift(1)).otherwise("low"))
    found = helping(trials.settled(tried), now).drop("lane")
    placed = spans.join(gaps, on=["lane", "before", "size"]).join(found, on=["span", "goal"], how="left", suffix="_new")
    return placed.select(
        "lane",
        "goal",
        before=pl.when(pl.col("size_new").is_null()).then(high - 1).otherwise("before_new"),
        size=pl.coalesce("size_new", "size"),
    )


def helping(tried: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """lane, span, goal, size, before: the smallest size of each span that brings more than what is `now`."""
    wide = tried.join(now, on="lane", suffix="_now", maintain_order="left")
    more = {
        "points": pl.col("points") > pl.col("points_now"),
        "grade": pl.col("place") < pl.col("place_now"),
        "pay": pl.col("pay") > pl.col("pay_now"),
    }
    columns = ("lane", "span", "size", "before")
    firsts = [wide.filter(more[goal]).select(*columns, goal=pl.lit(goal)) for goal in GOALS]
    return pl.concat([first.unique("span", keep="first", maintain_order=True) for first in firsts])
