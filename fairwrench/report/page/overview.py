"""What the page says first: people, grades, scores, pay by store and department, rejected rows by reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from fairwrench.report.charts import BIN, Bar, share_bar
from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.exact import half_up
from fairwrench.settlement.grade.grade import grade_expr

#: more stores than this stand in the workbook only
MOST_STORES = 40
#: the row of people who cannot be paid yet
WAITING = "waiting"
AMOUNTS = ("performance_pay", "fixed_part", "pool_pay", "deductions", "corrections", "total")


@dataclass(frozen=True)
class Tiles:
    """The month in a few numbers; `mean` in hundredths of a point, amounts in fen."""

    people: int
    settled: int
    incomplete: int
    excluded: int
    mean: int | None
    performance_pay: int
    total: int
    unpaid: int
    rejected: int
    #: whose score is known and whose pay is open, and their part of `performance_pay`: no part of the table by store
    open_people: int
    open_pay: int


def tiles(material: ReportContext) -> Tiles:
    """The month in a few numbers."""
    settled = material.settled
    states = dict(settled.totals.group_by("state").len().iter_rows())
    pay = settled.pay
    return Tiles(
        people=settled.totals.height,
        settled=states.get("settled", 0),
        incomplete=states.get("incomplete", 0),
        excluded=states.get("excluded", 0),
        mean=mean_score(settled.totals),
        performance_pay=int(pay["performance_pay"].sum() or 0),
        total=int(pay["total"].sum() or 0),
        unpaid=pay.filter(pl.col("state") == "incomplete").height,
        # One row of `rejected` is one reason; what people count are rows of their files.
        **_open_pay(pay),
        rejected=material.rejected.select("file", "sheet", "row").unique().height,
    )


def _open_pay(pay: pl.DataFrame) -> dict[str, int]:
    known = pay.filter(pl.col("total").is_null() & pl.col("performance_pay").is_not_null())
    return {"open_people": known.height, "open_pay": int(known["performance_pay"].sum() or 0)}


def mean_score(totals: pl.DataFrame) -> int | None:
    """The mean of the scores there are, in hundredths, rounded half up."""
    scores = totals["score"].drop_nulls()
    # In whole hundredths, as scores are rounded: the mean of a double could end on the other side of a half.
    return half_up(int(scores.sum()), scores.len()) if scores.len() else None


def months_before(material: ReportContext) -> list[tuple[str, int]]:
    """Month → mean score of earlier months and this one, at most twelve."""
    before = material.kept.history.filter(pl.col("score").is_not_null()).group_by("month")
    # Eleven and this month: a year.
    sums = before.agg(pl.col("score").sum(), people=pl.len()).sort("month").tail(11)
    found = [(month, half_up(int(total), people)) for month, total, people in sums.iter_rows()]
    mean = mean_score(material.settled.totals)
    return [*found, (str(material.settled.month), mean)] if mean is not None else found


@dataclass(frozen=True)
class GradeRow:
    """One grade of the whole group: people and shares beside what the regulation expects."""

    grade: str
    people: int
    share: float
    expected: float
    bar: str


def grade_rows(material: ReportContext) -> list[GradeRow]:
    """The distribution of the whole group, the best grade first."""
    graded = material.settled.totals.drop_nulls("grade")
    found, whole = dict(graded.group_by("grade").len().iter_rows()), graded.height
    bands = material.settled.scheme.bands.grades
    # Shares of a scheme need not add up to a hundred; what is expected is their part of the whole.
    sum_of_shares = sum(band.share for band in bands.values())
    rows = [
        (grade, found.get(grade, 0), found.get(grade, 0) / whole if whole else 0.0, float(band.share / sum_of_shares))
        for grade, band in bands.items()
    ]
    longest = max(max(share, expected) for _, _, share, expected in rows)
    return [GradeRow(*row, share_bar(row[2], row[3], material.names.tone(row[0]), longest)) for row in rows]


@dataclass(frozen=True)
class PoolRow:
    """One pool of the distribution: per grade the people there are and the people expected (hundredths)."""

    store: str
    department: str
    people: int
    grades: tuple[tuple[str, int, int, bool], ...]
    needs_reason: bool


def pool_rows(material: ReportContext) -> list[PoolRow]:
    """Every pool; a pool of the whole group has an empty store."""
    rows: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in material.settled.shares.iter_rows(named=True):
        rows.setdefault((row["store"] or "", row["department"] or ""), []).append(row)
    return [_pool(*place, told) for place, told in rows.items()]


def _pool(store: str, department: str, told: list[dict[str, object]]) -> PoolRow:
    grades = tuple((str(r["grade"]), _int(r["actual"]), _int(r["expected"]), bool(r["needs_reason"])) for r in told)
    return PoolRow(store, department, _int(told[0]["people"]), grades, any(grade[3] for grade in grades))


def _int(value: object) -> int:
    return int(value)  # type: ignore[call-overload, no-any-return]


def bars(material: ReportContext) -> list[Bar]:
    """People by score in steps of five points, from the lowest score to the highest there is."""
    scores = material.settled.totals.drop_nulls("score").select(
        # The greatest score falls into the last bar and not into one of its own.
        low=(pl.col("score") // (100 * BIN) * BIN).clip(0, int(material.settled.scheme.bands.maximum) - BIN)
    )
    if scores.is_empty():
        return []
    counts = dict(scores.group_by("low").len().iter_rows())
    lows = pl.DataFrame({"low": list(range(min(counts), max(counts) + BIN, BIN))}, schema={"low": pl.Int64})
    # A hundredth above its lower end: a bar has the colour of the scores in it, also where a band begins just there.
    graded = lows.with_columns(grade=grade_expr(pl.col("low") * 100 + 1, material.settled.scheme.bands))
    return [Bar(low, counts.get(low, 0), material.names.tone(grade)) for low, grade in graded.iter_rows()]


@dataclass(frozen=True)
class PayRow:
    """Pay of a store, or of a department of it: people, how many wait, mean score, amounts in fen.

    Amounts are those of people who can be paid, so that the parts of a row add up to its total.
    """

    store: str
    department: str
    people: int
    unpaid: int
    mean: int | None
    amounts: tuple[int, ...]


def pay_rows(material: ReportContext) -> Iterator[tuple[PayRow, list[PayRow]]]:
    """Each store with its departments; an empty store at the end is the whole group.

    The last row, called `waiting`, has what is known of the people who cannot be paid yet, where there are any.
    """
    about = material.settled.totals.select("employee_id", "store", "department", "score")
    frame = material.settled.pay.join(about, on="employee_id", how="left").with_columns(
        pl.col("store").fill_null(""), pl.col("department").fill_null("")
    )
    departments = _sums(frame, "store", "department")
    below: dict[str, list[PayRow]] = {}
    for row in departments:
        below.setdefault(row.store, []).append(row)
    for store in _sums(frame, "store"):
        yield store, below[store.store]
    yield from ((row, []) for row in _sums(frame))
    # Apart from the stores: with the amounts of people who cannot be paid yet no row would cross-foot.
    waiting = frame.filter(pl.col("state") == "incomplete").with_columns(store=pl.lit(WAITING))
    yield from ((row, []) for row in _sums(waiting, "store", payable=False))


def _sums(frame: pl.DataFrame, *keys: str, payable: bool = True) -> list[PayRow]:
    # Whoever has no total has some of the parts: they are left out of all columns or of none.
    counted = pl.col("total").is_not_null() if payable else pl.lit(True)
    # Polars groups by at least one column; the sum of everybody has no other.
    grouped = frame.with_columns(_all=pl.lit(0)).group_by("_all", *keys)
    sums = grouped.agg(
        *(pl.col(name).filter(counted).sum() for name in AMOUNTS),
        people=pl.len(),
        unpaid=(pl.col("state") == "incomplete").sum(),
        scores=pl.col("score").sum(),
        scored=pl.col("score").count(),
    ).sort(*keys or ("_all",))
    return [
        PayRow(
            row.get("store", ""),
            row.get("department", ""),
            row["people"],
            row["unpaid"],
            half_up(int(row["scores"]), row["scored"]) if row["scored"] else None,
            tuple(int(row[name] or 0) for name in AMOUNTS),
        )
        for row in sums.iter_rows(named=True)
    ]


@dataclass(frozen=True)
class RejectedRow:
    """A reason for rejecting rows: how many rows, of which files, and one cell as an example."""

    reason: str
    column: str
    rows: int
    files: int
    example: str
    where: str


#: what a reason says of one cell alone: the same fault in a thousand rows is one line of the page
_QUOTED = re.compile(r"“[^”]*”|'[^']*'|\"[^\"]*\"|\d+")


def rejected_rows(material: ReportContext) -> list[RejectedRow]:
    """Rejected rows by reason, the most frequent first; what a reason quotes does not make it another one."""
    frame = material.rejected
    reason = "reason_en" if material.lang == "en" and "reason_en" in frame.columns else "reason"
    alike: dict[tuple[str, str], list[tuple[str, str, int, str, str]]] = {}
    for told, column, file, sheet, row, value in frame.select(
        reason, "column", "file", "sheet", "row", "value"
    ).iter_rows():
        key = (_QUOTED.sub("…", told or ""), column or "")
        alike.setdefault(key, []).append((file, sheet or "", row or 0, value or "", told or ""))
    found = []
    for (_, column), cells in alike.items():
        file, sheet, row, value, told = cells[0]
        rows = len({cell[:3] for cell in cells})
        where = " · ".join(part for part in (file, sheet, f"#{row}") if part)
        found.append(RejectedRow(told, column, rows, len({cell[0] for cell in cells}), value, where))
    return sorted(found, key=lambda each: (-each.rows, each.reason))
