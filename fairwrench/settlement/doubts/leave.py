"""Leave that contradicts something: other leave, the hours attended, the service, or the month it is handed in for.

Nothing is changed here and no row is lost: what leave is worth is capped where it is added up, so that it never lowers
attendance nor lifts it above full; who wrote the rows has to see which of them cannot all be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from fairwrench.settlement.case import Case
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.inputs.problem_people import first_few, person_called
from fairwrench.settlement.measure.measure import Engine, Evidence, Planned
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.labels import word_label
from fairwrench.settlement.source.source import Text

LEAVE, ATTENDANCE = "leave", "attendance"
#: hours worked, not away: it may lie on a day of which the rest was leave
OVERTIME = "overtime"
_ROW = ("employee_id", "month", "kind", "begins_at", "ends_at", "hours")
#: what became of the request, in one column or two; a seal of before, and a source of a store's own, may have neither
APPROVALS = ("approval", "approval_state")
#: the days of such a row are not known: it stood in a column of an attendance sheet
ALONE = "month_alone"
_HOURS = pl.Decimal(18, 2)
_DUE = {"employee_id": pl.String(), "scheduled_hours": _HOURS, "attended_hours": _HOURS}


def doubtful_leave(case: Case, engine: Engine, evidence: Evidence) -> list[Problem]:
    """What to tell of the month's leave, one problem a kind of contradiction; nothing where no leave was handed in."""
    sealed = evidence.sources.get(LEAVE)
    # A store's own kind of file of that name may be another thing.
    if sealed is None or not sealed.files or not {*_ROW} <= {*sealed.source.columns}:
        return []
    known = case.roster.drop_nulls("employee_id").unique("employee_id", keep="last").select("employee_id", "name")
    # The month before, too: leave that began there may go on.
    measure = Measure(source=LEAVE, date="month", months=2)
    rows = with_approval(engine.rows(Planned(LEAVE, measure), None, None, evidence))
    every = rows.select(*_ROW, "approved", alone=month_alone(rows))
    local = _in_local_time(every.drop_nulls("employee_id"), evidence.time_zone)
    local = local.join(known, on="employee_id", how="left").sort("employee_id", "begins", "until", "kind")
    month = evidence.month
    asked = local.filter((pl.col("month") == str(month)) & (pl.col("approved") != "approved"))
    # What does not count contradicts nothing.
    away = local.filter((pl.col("kind") != OVERTIME) & (pl.col("approved") == "approved"))
    now, before = away.filter(pl.col("month") == str(month)), away.filter(pl.col("month") != str(month))
    words = _Words(evidence)
    here = now.filter(in_its_month(evidence.time_zone))
    counted = local.filter((pl.col("month") == str(month)) & (pl.col("approved") == "approved"))
    # Of what is known by its month alone nobody can say with what it shares time.
    dated = now.filter(~pl.col("alone"))
    return [
        *_twice(counted, words),
        *_overlaps(dated, words),
        *_over_attendance(here, _due(here, engine, evidence), words),
        *_out_of_service(dated, case.roster, words),
        *_of_other_months(now, month.first, month.last, words),
        *_going_on(before, now, month.first, words),
        *_not_approved(asked, words),
    ]


def with_approval(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of leave with `approved`: `approved`, or `pending`, `refused`, `withdrawn` where anything says so."""
    said = [pl.col(name) for name in APPROVALS if name in rows.columns]
    # What is over outweighs what still waits: 审批结果 同意, 审批状态 已撤销.
    order = ("withdrawn", "refused", "pending")
    state = pl.lit("approved")
    for word in reversed(order):
        there = pl.any_horizontal([(column == word).fill_null(False) for column in said]) if said else pl.lit(False)
        state = pl.when(there).then(pl.lit(word)).otherwise(state)
    return rows.with_columns(approved=state)


def month_alone(rows: pl.DataFrame) -> pl.Expr:
    """Whether the month alone is known of leave, not its days; a seal of before, and a source of a store's own, may not
    say so."""
    return pl.col(ALONE).fill_null(value=False) if ALONE in rows.columns else pl.lit(value=False)


def in_its_month(time_zone: str) -> pl.Expr:
    """Whether a leave has a day in the month it was handed in for; without one it counts for nothing there."""
    days = [pl.col(name).dt.convert_time_zone(time_zone).dt.strftime("%Y-%m") for name in ("begins_at", "ends_at")]
    return (days[0] <= pl.col("month")) & (days[1] >= pl.col("month"))


def _due(now: pl.DataFrame, engine: Engine, evidence: Evidence) -> pl.DataFrame:
    """Hours due and attended of the people who were away; none where no attendance is sealed."""
    people = now["employee_id"].unique().sort().to_list()
    if not people or ATTENDANCE not in evidence.sources:
        return pl.DataFrame(schema=_DUE)
    measure = Measure(source=ATTENDANCE, date="month", credit="employee_id")
    return engine.rows(Planned(ATTENDANCE, measure), people, None, evidence).select(list(_DUE))


def _in_local_time(rows: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """The rows with `begins` and `until` in local time; a day without a time of it ends with the day."""
    local = [
        pl.col(name).dt.convert_time_zone(time_zone).dt.replace_time_zone(None) for name in ("begins_at", "ends_at")
    ]
    frame = rows.with_columns(begins=local[0], until=local[1])
    midnight = pl.col("until").dt.time() == pl.time(0)
    # 18:00 to midnight of the next day is no leave that people write, the day of the end as a whole is.
    return frame.with_columns(
        pl.when(midnight).then(pl.col("until").dt.offset_by("1d")).otherwise("until").alias("until")
    )


class _Words:
    """Leave and people as they are called."""

    def __init__(self, evidence: Evidence) -> None:
        self.kinds = evidence.sources[LEAVE].source.columns["kind"]

    def leave(self, kind: str, begins: date, until: date) -> Text:
        """`年假 10-12 至 10-13`."""
        called = word_label(self.kinds, kind)
        return Text(
            zh=f"{called.zh} {begins:%m-%d} 至 {until:%m-%d}", en=f"{called.en} {begins:%m-%d} to {until:%m-%d}"
        )

    def of_somebody(self, row: dict[str, object]) -> Text:
        """A person and the leave of a row, in brackets that name the day on which it ends."""
        who = person_called(str(row["employee_id"]), _name(row))
        leave = self.leave(str(row["kind"]), _day(row["begins"]), _day(row["last"]))
        return Text(zh=f"{who.zh} {leave.zh}", en=f"{who.en} {leave.en}")


def _name(row: dict[str, object]) -> str | None:
    return str(row["name"]) if row["name"] else None


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def _with_last(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `last`, the day on which the leave ends."""
    return rows.with_columns(last=pl.col("until").dt.offset_by("-1us").dt.date(), begins=pl.col("begins").dt.date())


def _twice(counted: pl.DataFrame, words: _Words) -> Iterator[Problem]:
    """Leave and overtime of one kind that came with the attendance sheet and with days of its own: it counts twice."""
    by = ("employee_id", "name", "kind")
    hours = counted.group_by(by).agg(
        alone=pl.col("hours").filter("alone").sum(),
        dated=pl.col("hours").filter(~pl.col("alone")).sum(),
        both=pl.col("alone").any() & ~pl.col("alone").all(),
    )
    found = hours.filter((pl.col("both")) & (pl.col("alone") > 0) & (pl.col("dated") > 0)).sort("employee_id", "kind")
    if found.is_empty():
        return
    shown = first_few([_both(row, words) for row in found.iter_rows(named=True)])
    count, people = found.height, found["employee_id"].n_unique()
    zh = (
        f"有 {people} 人的 {count} 项请假或加班在考勤表的列里有，在请假表里也有，两处都计了：{shown.zh}；请只交其中一种"
    )
    en = f"{number_of(count, 'kind')} of leave or overtime of {number_of(people, 'person', 'people')} "
    en += f"{agreeing(count, 'stands', 'stand')} both in the columns of the attendance sheet and in a leave file, and "
    en += f"{agreeing(count, 'counts', 'count')} twice: {shown.en}; hand in one of the two"
    yield _told("leave_twice", zh, en, found)


def _both(row: dict[str, object], words: _Words) -> Text:
    who, kind = person_called(str(row["employee_id"]), _name(row)), word_label(words.kinds, str(row["kind"]))
    return Text(
        zh=f"{who.zh} {kind.zh} 考勤表 {row['alone']}、请假表 {row['dated']} 小时",
        en=f"{who.en} {kind.en}: {row['alone']} and {row['dated']} hours",
    )


def _overlaps(now: pl.DataFrame, words: _Words) -> Iterator[Problem]:
    """Leaves of one person that share time; each begins before one that began earlier is over."""
    # The latest end of all that began before, not only of the one before: a short leave may lie within a long one.
    ends = pl.col("until").cum_max().shift(1).over("employee_id")
    found = _with_last(now.filter(pl.col("begins") < ends))
    if found.is_empty():
        return
    shown = first_few([words.of_somebody(row) for row in found.iter_rows(named=True)])
    count = found.height
    zh = f"有 {count} 条请假与本人的另一条请假时间重叠，工时会算两次：{shown.zh}；请更正起止时间或去掉多余的一条"
    en = f"{number_of(count, 'leave')} {agreeing(count, 'shares', 'share')} time with another of the same person, so "
    en += f"that hours may count twice: {shown.en}; mend the times, or take one away"
    yield _told("leave_overlaps", zh, en, found)


def _over_attendance(now: pl.DataFrame, due: pl.DataFrame, words: _Words) -> Iterator[Problem]:
    """People who were at work and away for more hours than were scheduled."""
    hours = now.group_by("employee_id", "name").agg(pl.col("hours").sum()).filter(pl.col("hours") > 0)
    both = hours.join(due.drop_nulls(), on="employee_id", how="inner")
    found = both.filter(pl.col("attended_hours") + pl.col("hours") > pl.col("scheduled_hours")).sort("employee_id")
    if found.is_empty():
        return
    shown = first_few([_sum(row) for row in found.iter_rows(named=True)])
    count = found.height
    zh = f"有 {count} 人的出勤工时加请假工时超过应出勤工时，多出的请假不计：{shown.zh}；请核对考勤和请假哪一个写多了"
    en = f"{number_of(count, 'person has', 'people have')} more hours attended and on leave than scheduled, and the "
    en += f"leave beyond that does not count: {shown.en}; see whether attendance or leave is too much"
    yield _told("leave_over_attendance", zh, en, found)


def _sum(row: dict[str, object]) -> Text:
    who = person_called(str(row["employee_id"]), _name(row))
    there, away, due = row["attended_hours"], row["hours"], row["scheduled_hours"]
    return Text(zh=f"{who.zh} {there}＋{away}，应出勤 {due}", en=f"{who.en} {there} + {away} of {due}")


def _out_of_service(now: pl.DataFrame, roster: pl.DataFrame, words: _Words) -> Iterator[Problem]:
    """Leave after a person's last day, or before the first one."""
    # No end on one assignment is no end at all.
    ends = pl.min_horizontal("to", "left_on")
    last = pl.when(ends.is_null().any()).then(None).otherwise(ends.max())
    starts = pl.max_horizontal("from", "hired_on")
    first = pl.when(starts.is_null().any()).then(None).otherwise(starts.min())
    service = roster.group_by("employee_id").agg(first_day=first, last_day=last)
    told = _with_last(now).join(service, on="employee_id", how="left")
    outside = (pl.col("last") > pl.col("last_day")) | (pl.col("begins") < pl.col("first_day"))
    found = told.filter(outside)
    if found.is_empty():
        return
    shown = first_few([words.of_somebody(row) for row in found.iter_rows(named=True)])
    count = found.height
    zh = f"有 {count} 条请假落在离职之后或入职之前：{shown.zh}；请核对花名册的在职日期和请假的起止时间"
    en = f"{number_of(count, 'leave')} {agreeing(count, 'lies', 'lie')} after the person left or before they came: "
    en += f"{shown.en}; look at the roster's days of service and at the times of leave"
    yield _told("leave_out_of_service", zh, en, found)


def _of_other_months(now: pl.DataFrame, first: date, last: date, words: _Words) -> Iterator[Problem]:
    """Leave that has no day in the month it was handed in for."""
    told = _with_last(now)
    found = told.filter((pl.col("last") < first) | (pl.col("begins") > last))
    if found.is_empty():
        return
    shown = first_few([words.of_somebody(row) for row in found.iter_rows(named=True)])
    count = found.height
    zh = f"有 {count} 条请假没有一天在本月，没有计入：{shown.zh}；请交到所属的月份，或更正起止时间"
    en = f"{number_of(count, 'leave')} {agreeing(count, 'has', 'have')} no day in the month handed in for, and "
    en += f"{agreeing(count, 'does', 'do')} not count: {shown.en}; hand in for the month it lies in, or mend the times"
    yield _told("leave_of_other_month", zh, en, found)


def _going_on(before: pl.DataFrame, now: pl.DataFrame, first: date, words: _Words) -> Iterator[Problem]:
    """Leave of the month before that goes on in this one, of which this month has no row."""
    going = before.filter(pl.col("until") > pl.lit(first).cast(pl.Datetime("us")))
    found = _with_last(going.join(now, on=["employee_id", "kind"], how="anti"))
    if found.is_empty():
        return
    shown = first_few([words.of_somebody(row) for row in found.iter_rows(named=True)])
    count = found.height
    zh = f"有 {count} 条上月的请假延续到本月，本月却没有这一假别的行，按缺勤计：{shown.zh}；请补交本月的工时"
    en = (
        f"{number_of(count, 'leave')} of the month before {agreeing(count, 'goes', 'go')} on in this one, which has no "
    )
    en += f"row of that kind, so the hours count as absence: {shown.en}; hand in the hours of this month"
    yield _told("leave_goes_on", zh, en, found)


def _not_approved(asked: pl.DataFrame, words: _Words) -> Iterator[Problem]:
    """Leave and overtime that nobody has approved: refused or taken back, or still waiting."""
    over = _with_last(asked.filter(pl.col("approved").is_in(["refused", "withdrawn"])))
    count, shown = over.height, first_few([words.of_somebody(row) for row in over.iter_rows(named=True)])
    if count:
        zh = f"有 {count} 条请假未批准或已撤回，没有计入：{shown.zh}；实际休了的，请补批后再交"
        en = f"{number_of(count, 'leave')} {agreeing(count, 'was', 'were')} refused or taken back, and not counted: "
        en += f"{shown.en}; what was taken all the same is handed in again once approved"
        yield _told("leave_refused", zh, en, over)
    open_ = _with_last(asked.filter(pl.col("approved") == "pending"))
    count, shown = open_.height, first_few([words.of_somebody(row) for row in open_.iter_rows(named=True)])
    if count:
        zh = f"有 {count} 条请假还在审批，没有计入：{shown.zh}；批准后请再交一次，否则按缺勤计"
        en = f"{number_of(count, 'leave')} {agreeing(count, 'waits', 'wait')} for approval, and "
        en += (
            f"{agreeing(count, 'is', 'are')} not counted: {shown.en}; hand in again once approved, or the hours count "
        )
        en += "as absence"
        yield _told("leave_pending", zh, en, open_)


def _told(code: str, zh: str, en: str, found: pl.DataFrame) -> Problem:
    people = ", ".join(found["employee_id"].unique().sort())
    return Problem(code, zh, en, "warning", subject=LEAVE, details={"people": people})
