"""Months closed one after the other: what earlier months left for standing, and what late evidence corrects in them.

Month m is closed with what had been handed in for m. When evidence of a later period touches it, m is worked out anew
as known then; the difference in pay becomes a correction in the later month, and a changed grade a changed standing.
The sealed result of m itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from fairwrench.closing.lookback import reach
from fairwrench.closing.month import STANDING_CHANGES, Closed, Workspace, close
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.scheme.scheme import Scheme

#: told before each piece of work: what is done (`settle`, `correct`) and for which month
OnStep = Callable[[str, Month], None]


def _silent(_what: str, _month: Month) -> None:
    return None


@dataclass
class Book:
    """The closed months of an office, in order; `known` is each month as known by now.

    They stand under one scheme unless `in_force` says that some months have another.
    """

    workspace: Workspace
    scheme: Scheme
    history: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=HISTORY))
    progress: OnStep = _silent
    closed: dict[Month, Closed] = field(default_factory=dict)
    known: dict[Month, Closed] = field(default_factory=dict)
    in_force: Mapping[Month, Scheme] = field(default_factory=dict)

    def scheme_of(self, month: Month) -> Scheme:
        """The scheme that a month is settled under."""
        return self.in_force.get(month, self.scheme)

    def close(self, month: Month) -> Closed:
        """Close the next month, correcting earlier ones that its evidence touches."""
        corrections, changes = self._correct(month)
        self.progress("settle", month)
        done = close(self.workspace, self.scheme_of(month), month, self.past(month), corrections)
        self.closed[month] = self.known[month] = done = replace(done, standing_changes=changes)
        return done

    def catch_up(self, earlier: Iterable[Month], month: Month) -> None:
        """Settle earlier months once, as known just before `month`: what a later one needs of them.

        Corrections between them concern months that nobody asks for now; those that `month` itself brings are found
        when it is closed.
        """
        for at in sorted(earlier):
            self.progress("settle", at)
            # `limit` leaves out what was handed in for `month` itself: `close` finds it and makes corrections of it.
            none = pl.DataFrame(schema=CORRECTIONS)
            done = close(self.workspace, self.scheme_of(at), at, self.past(at), none, limit=month.plus(-1))
            self.closed[at] = self.known[at] = done

    def past(self, month: Month) -> pl.DataFrame:
        """What earlier months came to as known by now (columns HISTORY); months given at the start come first."""
        earlier = [totals_as_history(done) for at, done in sorted(self.known.items()) if at < month]
        told = self.history.filter(pl.col("month") < str(month))
        return pl.concat([told, *earlier]) if earlier else told

    def _correct(self, month: Month) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Work out anew every closed month that evidence of this period touches, and all after it: what they bring in
        pay (columns CORRECTIONS) and in standing (columns STANDING_CHANGES)."""
        corrections, changes = [pl.DataFrame(schema=CORRECTIONS)], [pl.DataFrame(schema=STANDING_CHANGES)]
        touched = self._touched(month)
        # A changed grade changes the runs of grades after it, so all later months follow, touched or not.
        first = min((at for at in self.known if at in touched), default=month)
        for at in sorted(at for at in self.known if first <= at < month):
            self.progress("correct", at)
            before = self.known[at]
            after = self._as_known(before, at, month)
            # Known at once, as the next month's history reads it.
            self.known[at] = after
            corrections.append(difference(before, after, at, self._paid_before(before, after, at, month)))
            changes.append(standing_changes(before, after))
        return pl.concat(corrections), pl.concat(changes)

    def _touched(self, month: Month) -> set[Month]:
        """The months known here whose figures the evidence of `month` may change, each by its scheme and sources."""
        touched: dict[tuple[int, str], set[Month]] = {}
        for at, known in self.known.items():
            scheme = self.scheme_of(at)
            # Going through a scheme's measures once for each month would be the same answer over and over.
            by = id(scheme), known.seal.documents["sources"].sha256
            if by not in touched:
                touched[by] = touched_months(replace(self.workspace, sources=known.case.sources), scheme, month)
        return {
            at
            for at, known in self.known.items()
            if at in touched[id(self.scheme_of(at)), known.seal.documents["sources"].sha256]
        }

    def _as_known(self, before: Closed, at: Month, limit: Month) -> Closed:
        """A month as known later: other evidence, and the sources as they were defined when it was first sealed."""
        # A correction pays what came late, not what somebody has since defined otherwise (decision 14).
        workspace = replace(self.workspace, sources={**self.workspace.sources, **before.case.sources})
        return close(workspace, self.scheme_of(at), at, self.past(at), before.case.corrections, limit=limit)

    def _paid_before(self, before: Closed, after: Closed, at: Month, month: Month) -> pl.DataFrame:
        """employee_id, was: what people whose pay was open just before had once been paid for the month.

        Evidence may settle a month, a later piece open it again, and one later still settle it anew: what was paid at
        first is not owed twice.
        """
        totals = after.settlement.pay.select("employee_id", "total").drop_nulls()
        opened = before.settlement.pay.filter(pl.col("total").is_null()).join(totals, on="employee_id", how="semi")
        # `before` is the month as known a month ago: where that was its own sealing, nothing was paid before it.
        if opened.is_empty() or at >= month.plus(-1):
            return pl.DataFrame(schema={"employee_id": pl.String, "was": pl.Int64})
        known = [self._as_known(before, at, limit) for limit in Month.range(at, month.plus(-2))]
        paid = pl.concat([each.settlement.pay.select("employee_id", was="total").drop_nulls() for each in known])
        # In order of the limits, so the last amount is the one that was paid last.
        last = paid.unique("employee_id", keep="last", maintain_order=True)
        return last.join(opened, on="employee_id", how="semi")


def touched_months(workspace: Workspace, scheme: Scheme, period: Month) -> set[Month]:
    """The earlier months whose figures batches handed in for `period` may change: those of their rows, and those that
    look back on them."""
    back = reach((scheme,), workspace.sources, workspace.engine.dialect)
    touched: set[Month] = set()
    for batch in workspace.ledger.batches():
        if batch.period == str(period) and batch.source in back:
            filed = {Month.parse(file.month) for file in batch.files}
            # A row also reaches the later months that look back on it, a comeback of thirty days the next one.
            touched |= {month.plus(later) for month in filed for later in range(back[batch.source] + 1)}
    return {month for month in touched if month < period}


def totals_as_history(done: Closed) -> pl.DataFrame:
    """A closed month's totals as the history of later months; the grade is the score's own band."""
    return done.settlement.totals.select("month", "employee_id", "state", "score", grade="band")


def difference(before: Closed, after: Closed, at: Month, paid_before: pl.DataFrame) -> pl.DataFrame:
    """What each person's pay of a month differs by (columns CORRECTIONS). Pay that was never settled before is owed
    whole once it is; pay that can no longer be settled is left until it can. `paid_before`: employee_id, was."""
    # No total means open, not zero: it was neither paid nor is it owed yet.
    known = before.settlement.pay.select("employee_id", was="total").drop_nulls()
    paid = pl.concat([known, paid_before])
    now = after.settlement.pay.select("employee_id", now="total").drop_nulls()
    owed = now.join(paid, on="employee_id", how="left", validate="1:1")
    changed = owed.with_columns(amount=pl.col("now") - pl.col("was").fill_null(0)).filter(pl.col("amount") != 0)
    told = {"month": pl.lit(str(at)), "reason": pl.lit(f"correction of {at}")}
    return changed.sort("employee_id").select("employee_id", "amount", **told).select(list(CORRECTIONS))


def standing_changes(before: Closed, after: Closed) -> pl.DataFrame:
    """Events of a month that its correction took away or brought (columns STANDING_CHANGES)."""
    keys = [name for name in STANDING_CHANGES if name != "change"]
    was, now = before.settlement.standing.select(keys), after.settlement.standing.select(keys)
    withdrawn = was.join(now, on=keys, how="anti").with_columns(change=pl.lit("withdrawn"))
    due = now.join(was, on=keys, how="anti").with_columns(change=pl.lit("newly_due"))
    return pl.concat([withdrawn, due]).sort(keys)
