"""What is wrong with a roster that was handed in, or should be known before it is taken in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.roster import roster_problems
from fairwrench.settlement.problem import Problem
from fairwrench.web.org.roster.changes import Change
from fairwrench.web.org.roster.dating import Terms, first_day
from fairwrench.web.org.schemes_in_use import KnownPositions, positions_named


def handed_problems(*, before: pl.DataFrame, handed: pl.DataFrame, stores: Collection[str] | None) -> Iterator[Problem]:
    """Rows that are not the user's to change (`stores`: those that are, None for all), and ids with another name."""
    if stores is not None:
        strange = sorted(set(handed["store"].drop_nulls()) - set(stores))
        yield from (_not_yours(store) for store in strange)
        named = set(handed["employee_id"])
        yield from (_of_others(person) for person in _others(before, stores) if person in named)
    seen = before if stores is None else before.filter(pl.col("store").is_in(list(stores)))
    names = seen.select("employee_id", was="name").unique("employee_id", keep="last", maintain_order=True)
    both = handed.select("employee_id", "name").unique(maintain_order=True).join(names, on="employee_id")
    yield from (_renamed(*row) for row in both.filter(pl.col("name") != pl.col("was")).iter_rows())


def becoming_problems(
    *, after: pl.DataFrame, handed: pl.DataFrame, changes: Sequence[Change], day: date
) -> Iterator[Problem]:
    """What is wrong with the rows as they would become: days, positions that no scheme has then, managers who go."""
    ids = [change.employee_id for change in changes]
    days = roster_problems(after.filter(pl.col("employee_id").is_in(ids)))
    yield from (problem for problem in days if problem.severity != "error")  # errors are told by the file's own row
    yield from _positions(changes)
    yield from _gone_managers(after, set(handed["employee_id"]), changes, day)


def _not_yours(store: str) -> Problem:
    zh, en = f"门店“{store}”不在您的管理范围内", f"the store {store!r} is not yours to keep"
    return Problem("strange_store", zh, en, subject=store)


def _others(before: pl.DataFrame, stores: Collection[str]) -> list[str]:
    own = before.filter(pl.col("store").is_in(list(stores)))["employee_id"]
    return (
        before.filter(~pl.col("employee_id").is_in(own.implode()))["employee_id"].unique(maintain_order=True).to_list()
    )


def _of_others(person: str) -> Problem:
    zh, en = (
        f"工号 {person} 属于其他门店，请由集团人力资源调入",
        f"{person} belongs to another store; let group HR move them",
    )
    return Problem("strange_person", zh, en, subject=person)


def _renamed(person: str, name: str, was: str) -> Problem:
    zh = f"工号 {person} 现在是“{was}”，文件中是“{name}”；如果不是同一个人，请换一个工号"
    en = f"the id {person} belongs to {was!r} now, and to {name!r} in the file; another person needs another id"
    return Problem("renamed", zh, en, "warning", subject=person)


def _positions(changes: Iterable[Change]) -> Iterator[Problem]:
    """Positions that people come to hold and that no scheme has then; what they held already stays as it is."""
    fresh = [row for change in changes for row in _newly_held(change)]
    if not fresh:
        return
    known, names = KnownPositions.now(), positions_named()
    told = {(row["position"], first_day(row), row["to"] or row["left_on"]) for row in fresh if row["position"]}
    # as texts: some of them have no last day, and None sorts with nothing
    for code, first, last in sorted(told, key=str):
        called = names[code].name.zh if code in names else code
        if problem := known.problem(code=code, called=called, first=first if first > date.min else None, last=last):
            yield problem


def _newly_held(change: Change) -> Iterator[Terms]:
    held = {row["position"] for row in change.before}
    return (row for row in change.after if row["position"] not in held)


def _gone_managers(
    after: pl.DataFrame, named: Collection[str], changes: Sequence[Change], day: date
) -> Iterator[Problem]:
    """Those who go and still lead somebody: an error where they go because the file does not name them."""
    going = {change.employee_id: change for change in changes if change.before and _goes(change)}
    # no end is for ever
    serving = pl.col("to").fill_null(date.max) >= day, pl.col("left_on").fill_null(date.max) >= day
    leading = set(after.filter(*serving)["manager_id"].drop_nulls())
    for person in sorted(leading & set(going)):
        who_zh, who_en = f"{going[person].name}（{person}）", f"{going[person].name} ({person})"
        yield Problem(
            "gone_manager",
            f"{who_zh}将不在职，但仍是别人的直接上级",
            f"{who_en} would be gone but still leads somebody",
            "warning" if person in named else "error",
            subject=person,
        )


def _goes(change: Change) -> bool:
    if not change.after:
        return True
    return change.after[-1]["left_on"] is not None and change.before[-1]["left_on"] is None


def day_published(day: date, last: Month) -> Problem:
    """Why changes cannot hold from a day on that is settled and published."""
    zh = f"{day} 在已发布的月份里（已发布到 {last}）；请选 {last.plus(1).first} 或以后的日子"
    en = f"{day} lies in a published month (published up to {last}); choose {last.plus(1).first} or a later day"
    return Problem("day_published", zh, en)


def past_problem(change: Change, months: Sequence[Month]) -> Problem:
    """That a change says otherwise of published months."""
    listed = f"{months[0]}" if len(months) == 1 else f"{months[0]} – {months[-1]}"
    zh = f"{change.name}（{change.employee_id}）：{listed} 的任职与发布时不同"
    en = f"{change.name} ({change.employee_id}): otherwise than when {listed} was published"
    return Problem("past", zh, en, "warning", subject=change.employee_id)
