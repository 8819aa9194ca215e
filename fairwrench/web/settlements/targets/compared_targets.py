"""Targets of a file on the desk against those that stand from the pages."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from fairwrench.closing.folder.target_rows import TARGETS
from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import trimmed
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import OfStore
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.contradictions import Difference, Pages
from fairwrench.web.settlements.feeds import target_withdraw
from fairwrench.web.settlements.models import Target
from fairwrench.web.settlements.targets.filed_targets import Spelling
from fairwrench.web.settlements.targets.target_words import subject_words, value_shown
from fairwrench.web.ui.words import lang


def _differences(rows: pl.DataFrame) -> Iterator[Difference]:
    """The rows of a file of targets that say otherwise than one which stands from the page about the same subject and
    metric, by whatever words the file has for them."""
    months = sorted(rows["month"].drop_nulls().unique())
    stands = {(each.month, each.subject, each.metric): each for each in _standing(months)}
    if not stands:
        return
    names = {month: Names(scheme_at(month=Month.parse(month)), sources(), lang()) for month in months}
    spelling = {month: Spelling.of(each.scheme) for month, each in names.items()}
    told = rows.drop_nulls(["subject", "metric", "month", "value"]).sort("_row")
    for row, subject, metric, month, value, store in told.select(
        "_row", "subject", "metric", "month", "value", "store"
    ).iter_rows():
        # the file may call metric and department by other words: compared under those of pages
        target = stands.get((month, *spelling[month].key(subject, metric)))
        if target is not None and target.value != value:
            yield _difference(row, target, value, store, names[month])


def _standing(months: list[str]) -> list[Target]:
    return list(Target.standing.filter(month__in=months).select_related("by__employee"))


def said(target: Target) -> str:
    """What a target of the page says."""
    return trimmed(target.value)


def _difference(row: int, target: Target, value: Decimal, store: str, names: Names) -> Difference:
    # a subject may be a person or a unit, and says not which
    person = Employee.objects.filter(employee_id=target.subject).first()
    called = str(person) if person else subject_words(target.subject, names)
    return Difference(
        row=row,
        record=target.pk,
        about=f"{called} · {names.metric(target.metric)}",
        page=said(target),
        file=trimmed(value),
        page_shown=value_shown(target.value, target.metric, names),
        file_shown=value_shown(value, target.metric, names),
        # the account that entered it may be gone
        by=target.by or "—",
        at=target.set_at,
        takes="targets.enter",
        whose=OfStore(store),
    )


def _withdraw(target: Target, by: User | None) -> None:
    target_withdraw(target=target, by=by)


TARGETS_KEPT = Pages(TARGETS, Target, _differences, said, _withdraw)
