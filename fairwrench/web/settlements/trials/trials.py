"""A version of the scheme tried on a past month: what each person's commission, score and pay would have been.

What it comes to lies in HOME/trials/<version>-<month>.parquet. It is no record of the month: a trial changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.conf import settings

from fairwrench.closing.folder.folder import Progress
from fairwrench.closing.month import Workspace
from fairwrench.closing.replay import replay_months
from fairwrench.ledger.folder import write_whole
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Outcome
from fairwrench.settlement.simulate import compare
from fairwrench.web.schemes.models import SchemeVersion

#: what a trial tells of a person: amounts in fen, scores in hundredths, null where a side is not known
TRIED = (
    "employee_id",
    "name",
    "store",
    "position",
    "commission_a",
    "commission_b",
    "score_a",
    "score_b",
    "pay_a",
    "pay_b",
    "pay_change",
    "lacks",
)


@dataclass(frozen=True)
class Tried:
    """One person under the scheme that held (a) and under the one tried (b)."""

    employee_id: str
    name: str
    store: str
    position: str
    commission_a: int | None
    commission_b: int | None
    score_a: int | None
    score_b: int | None
    pay_a: int | None
    pay_b: int | None
    pay_change: int | None
    #: what of the plan tried could not be worked out: lines as `position/line`, metrics of factors; with commas
    lacks: str


@dataclass(frozen=True)
class TriedSums:
    """What all who are paid under both schemes come to: fen, people who win and lose, and of whom it is not known."""

    pay_a: int
    pay_b: int
    winners: int
    losers: int
    unknown: int


def trial_path(*, version: SchemeVersion, month: Month) -> Path:
    """Where what a trial came to lies."""
    return Path(settings.HOME) / "trials" / f"{version.pk}-{month}.parquet"


def tried(workspace: Workspace, held: Scheme, tries: Scheme, month: Month, progress: Progress) -> pl.DataFrame:
    """Columns TRIED of everybody assessed under either scheme; both are settled from what has landed by now."""
    pairs = replay_months(workspace, (held, tries), (month,), progress)
    people, (before, after) = compare(pairs).people, pairs[0]
    for name, settled in (("commission_a", before), ("commission_b", after)):
        people = people.join(_commissions(settled, name), on="employee_id", how="left", maintain_order="left")
    line = (pl.col("step") == "commission_line") & pl.col("amount").is_null()
    factor = (pl.col("step") == "commission_factor") & pl.col("denominator").is_null()
    waiting = after.steps.filter(line | factor).group_by("employee_id", maintain_order=True)
    lacking = waiting.agg(lacks=pl.col("subject").unique(maintain_order=True).str.join(","))
    people = people.join(lacking, on="employee_id", how="left", maintain_order="left")
    return people.with_columns(pl.col("lacks").fill_null("")).select(TRIED)


def trial_keep(*, path: Path, people: pl.DataFrame) -> None:
    """Keep what a trial came to, wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    people.write_parquet(scratch)
    write_whole(path, scratch.read_bytes())
    scratch.unlink()


def trial_read(*, path: Path) -> list[Tried] | None:
    """What a trial came to, those whose pay changes most first; None where it was not tried."""
    try:
        people = pl.read_parquet(path).select(TRIED)
    except (OSError, pl.exceptions.PolarsError):
        # not tried, or kept by another program, or damaged: it is made anew
        return None
    people = people.sort(pl.col("pay_change").abs(), "employee_id", descending=[True, False], nulls_last=True)
    return [Tried(*row) for row in people.iter_rows()]


def sums_of(people: list[Tried]) -> TriedSums:
    """The sums of those paid under both."""
    known = [each for each in people if each.pay_change is not None]
    changes = [each.pay_change or 0 for each in known]
    return TriedSums(
        sum(each.pay_a or 0 for each in known),
        sum(each.pay_b or 0 for each in known),
        sum(change > 0 for change in changes),
        sum(change < 0 for change in changes),
        len(people) - len(known),
    )


def _commissions(settled: Outcome, name: str) -> pl.DataFrame:
    """employee_id, and under `name` the month's commission in fen."""
    steps = settled.steps.filter((pl.col("part") == "pay") & (pl.col("step") == "commission"))
    return steps.select("employee_id", pl.col("amount").alias(name))
