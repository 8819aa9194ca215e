"""Ratings of files in the place of somebody away, of the very person who stands in for them: nobody hands these in."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Delegation
from fairwrench.web.org.days import today

#: rows that a refusal names
_NAMED = 5


def own_in_place(rows: pl.DataFrame) -> list[Problem]:
    """Why rows cannot land that rate somebody in the name of whom they stand in for today, whoever hands them in: the
    file does not say who filled it in."""
    standing = Delegation.objects.filter(state=Delegation.State.APPROVED, begin__lte=today(), end__gte=today())
    pairs = set(standing.values_list("away__employee_id", "stand_in__employee_id"))
    said = rows.filter(pl.col("level").is_not_null() | pl.col("points").is_not_null())
    told = said.select("rater", "employee_id", "_row").sort("_row").iter_rows()
    own = [(row, who, rater) for rater, who, row in told if (rater, who) in pairs]
    if not own:
        return []
    more = "…" if len(own) > _NAMED else ""
    zh = "、".join(f"第 {row} 行 {who}（评分人 {rater}）" for row, who, rater in own[:_NAMED]) + more
    en = ", ".join(f"row {row} {who} (rater {rater})" for row, who, rater in own[:_NAMED]) + more
    return [
        Problem(
            "own_rating",
            f"{len(own)} 行的被评人正在代理评分人（{zh}），不能以被代理人名义给自己评分；"
            "请从文件中删去，等代理结束后再交",
            f"{number_of(len(own), 'row')} would rate who stands in for the rater ({en}); nobody rates themselves in "
            "the place of another: leave them out, and hand them in when the rater is back",
        )
    ]
