"""One sheet on its way from intake into the ledger: put into its stores, told whom it speaks for, landed.

A folder of files and the web's evidence desk both land this way, so that the same file has the same effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from fairwrench.closing.placing import GROUP, with_store
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.intake import Intake
from fairwrench.ledger.records import Batch, Upload
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source import Source


@dataclass(frozen=True, slots=True)
class Handover:
    """How a file was handed in. `content` is the file as uploaded, `period` the month it was handed in for (None: there
    from the start), `placed_store` the store that its folder or name tells, `stores` those of the roster, `by` who.
    """

    content: Path | bytes
    period: Month | None
    placed_store: str | None
    stores: Sequence[str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of a sheet: its batch (None when refused, with the reasons as errors), and what should be known."""

    batch: Batch | None
    problems: tuple[Problem, ...] = ()


def placed(part: Intake, source: Source, roster: pl.DataFrame, time_zone: str) -> Intake:
    """The sheet with its accepted rows in their stores; those about somebody on no roster are rejected."""
    part = _spoken(part, source)
    rows = with_store(part.accepted, source, roster, time_zone)
    keyed = [name for name in source.key if source.columns[name].type == "person"]
    if "store" in source.columns or not keyed:
        return replace(part, accepted=rows)
    unknown = rows.filter(pl.any_horizontal(pl.col(keyed).is_null()))
    gone = unknown["_row"].n_unique()
    counts = {"accepted": part.counts["accepted"] - gone, "rejected": part.counts["rejected"] + gone}
    return replace(
        part,
        accepted=rows.join(unknown, on="_row", how="anti"),
        rejected=pl.concat([part.rejected, _homeless(part, unknown, keyed[0])]),
        counts=part.counts | counts,
    )


def covered(part: Intake, placed_store: str | None, stores: Sequence[str]) -> Sequence[str]:
    """The stores a sheet speaks for: its own, or every store of the roster when it is a group's (see decision 3).

    None when it has rows and not one was accepted: nobody knows what they would have said, and that is no zero.
    """
    if part.counts["rejected"] and not part.counts["accepted"]:
        return []
    own = sorted({*part.stores, *part.accepted["store"].drop_nulls().unique()} - {GROUP})
    if placed_store or len(own) == 1:
        return own
    return list(stores) if own or len(stores) == 1 else []


def land_part(part: Intake, source: Source, ledger: Ledger, handed: Handover) -> Landed:
    """Land one placed sheet; doing it again has no further effect. What cannot be landed is told, nothing is raised."""
    speaks_for = covered(part, handed.placed_store, handed.stores)
    try:
        batch = ledger.land(
            part.source,
            source,
            part.accepted,
            Upload(part.file, handed.content, sheet=part.sheet),
            period=handed.period,
            stores=speaks_for,
            counts=part.counts,
            by=handed.by,
            rejected=part.rejected if part.rejected.height else None,
        )
    except Refused as refused:
        return Landed(None, refused.problems)
    told = [_already(part, batch.file)] if batch.again and batch.file != part.file else []
    if not speaks_for and not part.accepted.height:
        told.append(_for_nobody(part))
    return Landed(batch, tuple(told))


def _spoken(part: Intake, source: Source) -> Intake:
    """The sheet with the rows that say something; a form handed in half filled takes back nothing said before."""
    if not source.says:
        return part
    silent = pl.all_horizontal(pl.col(source.says).is_null())
    passed = part.accepted.filter(silent)["_row"].n_unique()
    blank = part.counts.get("ignored_blank", 0) + passed
    counts = part.counts | {"accepted": part.counts["accepted"] - passed, "ignored_blank": blank}
    return replace(part, accepted=part.accepted.filter(~silent), counts=counts)


def _homeless(part: Intake, unknown: pl.DataFrame, field_: str) -> pl.DataFrame:
    """The rejection of rows whose person no roster knows (columns of `Intake.rejected`)."""
    cells = part.uncredited.select("row", "column", "value").unique("row", keep="first")
    zh = "花名册上没有这个人，这一行无法归属"
    en = "nobody on the roster is called so, and the row is about nobody else"
    told = {"file": part.file, "sheet": part.sheet, "reason": zh, "reason_en": en, "code": "nobody", "field": field_}
    rows = unknown.select(row=pl.col("_row")).unique(maintain_order=True)
    found = rows.join(cells, on="row", how="left", maintain_order="left")
    return found.with_columns(pl.lit(text).alias(name) for name, text in told.items()).select(
        pl.col(name).cast(kind) for name, kind in part.rejected.schema.items()
    )


def _already(part: Intake, first: str) -> Problem:
    zh = f"内容与已导入的 {first} 完全相同，没有重复计入"
    en = f"has the same content as {first}, which has landed; it counts once"
    return Problem("already_landed", zh, en, "note", file=part.file)


def _for_nobody(part: Intake) -> Problem:
    zh = "没有可用的行，或看不出属于哪家门店，因此不代表任何门店“本月没有发生”；请更正，或放入以门店命名的文件夹"
    en = "has no usable row, or tells no store, so it says of no store that there was nothing; mend it or place it"
    return Problem("speaks_for_nobody", zh, en, "warning", file=part.file)
