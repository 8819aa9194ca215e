"""Months closed one after the other: what earlier months left for standing, and what late evidence corrects in them.

Month m is closed with what had been handed in for m. When evidence of a later period touches it, m is worked out anew
as known then; the difference in pay becomes a correction in the later month, and a changed grade a changed standing.
The sealed result of m itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from fairwrench.closing.month import Closed, Office, close
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.scheme import Scheme

#: told before each piece of work: what is done (`settle`, `correct`) and for which month
Progress = Callable[[str, Month], None]

STANDING_CHANGES = {"withdrawn": "因以前月份更正而撤回", "newly_due": "因以前月份更正而新增"}


def _silent(_what: str, _month: Month) -> None:
    return None


@dataclass
class Book:
    """The closed months of an office under one scheme, in order; `known` is each month as known by now."""

    office: Office
    scheme: Scheme
    history: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=HISTORY))
    progress: Progress = _silent
    closed: dict[Month, Closed] = field(default_factory=dict)
    known: dict[Month, Closed] = field(default_factory=dict)

    def close(self, month: Month) -> Closed:
        """Close the next month, correcting earlier ones that its evidence touches."""
        corrections = self._correct(month)
        self.progress("settle", month)
        done = close(self.office, self.scheme, month, self.past(month), corrections)
        self.closed[month] = self.known[month] = done
        return done

    def catch_up(self, earlier: Iterable[Month], month: Month) -> None:
        """Settle earlier months once, as known just before `month`: what a later one needs of them.

        Corrections between them concern months that nobody asks for now; those that `month` itself brings are found
        when it is closed.
        """
        for at in sorted(earlier):
            self.progress("settle", at)
            none = pl.DataFrame(schema=CORRECTIONS)
            done = close(self.office, self.scheme, at, self.past(at), none, limit=month.plus(-1))
            self.closed[at] = self.known[at] = done

    def past(self, month: Month) -> pl.DataFrame:
        """What earlier months came to as known by now (columns HISTORY); months given at the start come first."""
        earlier = [totals_as_history(done) for at, done in sorted(self.known.items()) if at < month]
        told = self.history.filter(pl.col("month") < str(month))
        return pl.concat([told, *earlier]) if earlier else told

    def _correct(self, month: Month) -> pl.DataFrame:
        """Work out anew every closed month that evidence of this period touches, and all after it."""
        touched = touched_months(self.office, month)
        first = min((at for at in self.known if at < month and at in touched), default=None)
        if first is None:
            return pl.DataFrame(schema=CORRECTIONS)
        found = [self._again(at, month) for at in Month.range(first, month.plus(-1)) if at in self.known]
        return pl.concat(found)

    def _again(self, at: Month, month: Month) -> pl.DataFrame:
        """One earlier month as known now; what its pay differs by."""
        self.progress("correct", at)
        before = self.known[at]
        after = close(self.office, self.scheme, at, self.past(at), before.case.corrections, limit=month)
        self.known[at] = after
        return difference(before, after, at)


def touched_months(office: Office, period: Month) -> set[Month]:
    """The months, and those that look back on them, which batches handed in for `period` hold rows of."""
    touched: set[Month] = set()
    for batch in office.ledger.batches():
        if batch.period == str(period):
            back = office.sources[batch.source].look_back if batch.source in office.sources else 0
            filed = {Month.parse(file.month) for file in batch.files}
            touched |= {month.plus(later) for month in filed for later in range(back + 1)}
    return {month for month in touched if month < period}


def totals_as_history(done: Closed) -> pl.DataFrame:
    """A closed month's totals as the history of later months; the grade is the score's own band."""
    return done.settlement.totals.select("month", "employee_id", "state", "score", grade="band")


def difference(before: Closed, after: Closed, at: Month) -> pl.DataFrame:
    """What each person's pay of a month differs by (columns CORRECTIONS). Pay that was not settled before is owed whole
    once it is; pay that can no longer be settled is left until it can."""
    paid = before.settlement.pay.select("employee_id", was="total")
    now = after.settlement.pay.select("employee_id", now="total")
    both = paid.join(now, on="employee_id", how="full", coalesce=True).filter(pl.col("now").is_not_null())
    changed = both.with_columns(amount=pl.col("now") - pl.col("was").fill_null(0)).filter(pl.col("amount") != 0)
    reason = pl.format("correction of {}", pl.lit(str(at)))
    return (
        changed.sort("employee_id")
        .select("employee_id", "amount", month=pl.lit(str(at)), reason=reason)
        .select(list(CORRECTIONS))
    )


def standing_changes(book: Book, months: Iterable[Month]) -> pl.DataFrame:
    """Events of earlier months that corrections took away or brought: the columns of standing, and `change`."""
    keys = ["month", "employee_id", "event", "rule"]
    found = []
    for month in months:
        was, now = book.closed[month].settlement.standing, book.known[month].settlement.standing
        found.append(was.join(now, on=keys, how="anti").with_columns(change=pl.lit("withdrawn")))
        found.append(now.join(was, on=keys, how="anti").with_columns(change=pl.lit("newly_due")))
    return pl.concat(found) if found else pl.DataFrame()
