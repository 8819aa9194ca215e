"""Rejected rows of stores that a sheet speaks for all the same: their figures lack them, and that is told.

Where most of a store's rows are gone, or all of the sheet's, the landing says so and these rows are left out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from fairwrench.closing.folder.placing import GROUP
from fairwrench.ledger.body.sheet_rows import Loss
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

#: stores and rows that are named one by one
_SHOWN = 5
#: reasons of which the sheet is told as a whole where they are found
_TOLD = ("another_header", "store_missing")


def with_losses(part: Intake, source: Source, before: Sequence[str] = ()) -> Intake:
    """A placed sheet that tells how many rows of the stores it speaks for, and of no known store, were rejected.

    `before` are the files over which it has the last word: where they have such a row it counts as they say.
    """
    rejected = part.rejected.filter(~(pl.col("code").is_in(_TOLD)).any().over("row"))
    here = part.stores_in - {GROUP}
    if rejected.is_empty() or not part.height or (part.refused_stores and here <= {*part.refused_stores}):
        return part
    losses = [loss for loss in part.losses if loss.store not in part.refused_stores]
    # A row may have several reasons and is one row lost.
    astray = max(rejected["row"].n_unique() - sum(loss.rejected for loss in part.losses), 0)
    if not losses and not astray:
        return part
    return replace(part, problems=(*part.problems, _lacking(part, source, (losses, astray), rejected, before)))


def _lacking(
    part: Intake, source: Source, lost: tuple[Sequence[Loss], int], rejected: pl.DataFrame, before: Sequence[str]
) -> Problem:
    losses, astray = lost
    count = sum(loss.rejected for loss in losses) + astray
    where_zh, where_en = (f"工作表“{part.sheet}”", f"sheet {part.sheet!r}: ") if part.sheet else ("", "")
    zh = f"{where_zh}有 {count} 行被退回，没有计入，数字里缺这些行："
    en = f"{where_en}{number_of(count, 'row was', 'rows were')} rejected, and the figures lack "
    en += agreeing(count, "it: ", "them: ")
    told_zh, told_en = _of_stores(part, source, losses, astray)
    why_zh, why_en = _why(part, rejected)
    then_zh, then_en = "；请更正后再交（已改好补交的不必再理会）", "; mend and hand in again what has not been yet"
    if before:
        older = "、".join(dict.fromkeys(before))
        then_zh = f"；先前的文件（{older}）里有这些行的，仍按那里计入；请更正后再交"
        then_en = f"; where a file before it ({older}) has such a row, that one counts; mend and hand in again"
    return Problem(
        code="rows_rejected",
        zh=f"{zh}{told_zh}{why_zh}{then_zh}",
        en=f"{en}{told_en}{why_en}{then_en}",
        severity="warning",
        file=part.file,
        subject=losses[0].store if len(losses) == 1 and not astray else "",
        details={"rows": str(count), "astray": str(astray), **{loss.store: str(loss.rejected) for loss in losses}},
    )


def _of_stores(part: Intake, source: Source, losses: Sequence[Loss], astray: int) -> tuple[str, str]:
    """How many rows of which store, of how many."""
    more = "…" if len(losses) > _SHOWN else ""
    zh = "、".join(f"{loss.store} {loss.rows} 行中的 {loss.rejected} 行" for loss in losses[:_SHOWN]) + more
    en = ", ".join(f"{loss.rejected} of the {loss.rows} of {loss.store}" for loss in losses[:_SHOWN]) + more
    if not astray:
        return zh, en
    if not losses:
        every = part.counts["accepted"] + part.counts["rejected"] + part.counts.get("ignored_duplicate", 0)
        # rows about people tell no store of their own
        lost_zh, lost_en = ("，看不出属于哪家门店", ", of no known store") if "store" in source.columns else ("", "")
        return f"{every} 行中的 {astray} 行{lost_zh}", f"{astray} of {every}{lost_en}"
    return f"{zh}，另有 {astray} 行看不出属于哪家门店", f"{en}, and {astray} of no known store"


def _why(part: Intake, rejected: pl.DataFrame) -> tuple[str, str]:
    """The commonest reason with its rows; none where most of another store's are gone, for it may be that of those."""
    if part.refused_stores:
        return "", ""
    about = ["column", "reason", "reason_en"]
    reasons = rejected.group_by(about, maintain_order=True).agg(pl.col("row").unique().sort())
    ordered = reasons.sort(pl.col("row").list.len(), descending=True, maintain_order=True)
    column, zh, en, rows = ordered.row(0)
    more = "…" if len(rows) > _SHOWN else ""
    shown_zh, shown_en = "、".join(map(str, rows[:_SHOWN])), ", ".join(map(str, rows[:_SHOWN]))
    lead_zh, lead_en = ("主要是", "mostly ") if ordered.height > 1 else ("", "")
    called = "row" if len(rows) == 1 else "rows"
    return (
        f"；{lead_zh}第 {shown_zh}{more} 行，“{column}”{zh}",
        f"; {lead_en}{called} {shown_en}{more}, {column!r}: {en}",
    )
