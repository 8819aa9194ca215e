"""The people of a large group, and what the offices hand in about each of them."""

from __future__ import annotations

from datetime import date

import polars as pl

from fairwrench.samples.bulk.bulk_rows import Crowd, chance, employee, hashed, store_name
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.scheme.scheme import Item, Scheme

#: what `people_rows` makes
PEOPLE_SOURCES = ("attendance", "training", "payroll", "targets", "ratings")
#: letter of the employee id → position and salary in yuan; workshop managers lead all, one general manager leads them
_POSITIONS = {
    "T": ("technician", 7_000),
    "A": ("service_advisor", 7_200),
    "W": ("workshop_manager", 11_500),
    "G": ("general_manager", 30_000),
}


def bulk_roster(crowd: Crowd, hired: date) -> pl.DataFrame:
    """The roster (columns ROSTER) by employee id: technicians, advisors, a workshop manager a store."""
    people = _people(crowd)
    position = pl.col("letter").replace_strict({k: v[0] for k, v in _POSITIONS.items()}, return_dtype=pl.String)
    salary = pl.col("letter").replace_strict({k: v[1] * 100 for k, v in _POSITIONS.items()}, return_dtype=pl.Int64)
    leader = employee(pl.col("s"), "W", pl.lit(0))
    return people.select(
        "employee_id",
        name=pl.format("员工{}", "employee_id"),
        store=store_name(pl.col("s")),
        department=pl.lit("service"),
        position=position,
        manager_id=pl.when(pl.col("letter") == "W").then(_head()).when(pl.col("letter") != "G").then(leader),
        status=pl.lit("regular"),
        hired_on=pl.lit(hired),
        left_on=pl.lit(None, pl.Date),
        full_salary=salary,
        **{"from": pl.lit(hired), "to": pl.lit(None, pl.Date)},
        _row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
    ).select(pl.col(column).cast(kind) for column, kind in ROSTER.items())


def _people(crowd: Crowd) -> pl.DataFrame:
    """s, letter, n, employee_id of everybody, by employee id."""
    counts = {"T": crowd.technicians, "A": crowd.advisors, "W": 1}
    posts = pl.DataFrame([(k, n) for k, count in counts.items() for n in range(count)], ["letter", "n"], orient="row")
    stores = pl.DataFrame({"s": pl.int_range(1, crowd.stores + 1, eager=True)})
    head = pl.DataFrame({"s": [1], "letter": ["G"], "n": [0]})
    named = pl.concat([stores.join(posts, how="cross"), head], how="vertical_relaxed")
    number = pl.format(
        "{}{}{}", pl.col("s").cast(pl.String).str.zfill(4), "letter", pl.col("n").cast(pl.String).str.zfill(2)
    )
    return named.with_columns(employee_id=number).sort("employee_id")


def _head() -> pl.Expr:
    return employee(pl.lit(1), "G", pl.lit(0))


def people_rows(source: str, crowd: Crowd, month: Month, scheme: Scheme) -> pl.DataFrame:
    """Rows of one of PEOPLE_SOURCES for everybody in a month."""
    dated = _people(crowd).with_columns(m=pl.lit(month.year * 12 + month.month), post=pl.col("letter").rank("dense"))
    people = dated.with_columns(h=hashed(crowd, "s", "post", "n", "m"), store=store_name(pl.col("s")))
    makers = {"attendance": _attendance, "training": _training, "payroll": _payroll}
    if source in makers:
        return makers[source](crowd, people, month)
    if source == "ratings":
        return _ratings(crowd, people, month, scheme)
    return _targets(crowd, people, month, scheme)


def _at_random(word: str, most: int) -> pl.Expr:
    return (chance(word, "h") % most).cast(pl.Int64)


def _hundredths(whole: pl.Expr) -> pl.Expr:
    # By decimals: the figures that benches check are counted to the hundredth.
    return (whole.cast(pl.Decimal(18, 0)) / 100).cast(pl.Decimal(18, 2))


def _attendance(crowd: Crowd, people: pl.DataFrame, month: Month) -> pl.DataFrame:
    missed = pl.when(_at_random("away", 10) < 2).then(_at_random("hours", 12) * 100).otherwise(0)
    return people.select(
        "employee_id",
        "store",
        month=pl.lit(str(month)),
        scheduled_hours=_hundredths(pl.lit(17_600)),
        attended_hours=_hundredths(17_600 - missed),
        late_times=_at_random("late", 3),
        appearance_faults=pl.lit(0),
    )


def _training(crowd: Crowd, people: pl.DataFrame, month: Month) -> pl.DataFrame:
    passed = _at_random("passed", 100) < 93
    return people.select(
        "employee_id",
        "store",
        course=pl.lit(f"月度技术培训 {month}"),
        held_on=pl.lit(month.first),
        planned=pl.lit(True),
        attended=pl.lit(True),
        passed=passed,
        exam_score=_hundredths(pl.when(passed).then(8_800).otherwise(5_200)),
    )


def _payroll(crowd: Crowd, people: pl.DataFrame, month: Month) -> pl.DataFrame:
    return people.select(
        "employee_id",
        "store",
        month=pl.lit(str(month)),
        commission=_hundredths(300_000 + _at_random("commission", 4_000) * 100),
        other_deductions=_hundredths(pl.lit(0)),
    )


def _carded(people: pl.DataFrame, scheme: Scheme) -> list[tuple[str, Item]]:
    """Each (letter, item) that the scheme's scorecards ask of somebody here."""
    found = []
    for letter in sorted(people.get_column("letter").unique()):
        position = scheme.positions.get(_POSITIONS[letter][0])
        card = position.scorecard if position else None
        found += [(letter, item) for item in (scheme.scorecards[card].items if card else ())]
    return found


def _ratings(crowd: Crowd, people: pl.DataFrame, month: Month, scheme: Scheme) -> pl.DataFrame:
    """A level for every rated item, by the line manager; the outer levels with an example."""
    frames = []
    for letter, item in _carded(people, scheme):
        if item.kind != "rating":
            continue
        # By points, the best first: number 0 is the best level
        # in whatever order the scheme lists them.
        words = sorted(item.levels or {}, key=lambda word: -(item.levels or {})[word])
        level = _at_random(item.key, len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)
        frames.append(
            people.filter(pl.col("letter") == letter).select(
                "employee_id",
                "store",
                item=pl.lit(item.key),
                rater=_head() if letter == "W" else employee(pl.col("s"), "W", pl.lit(0)),
                month=pl.lit(str(month)),
                role=pl.lit("line_manager"),
                level=level,
                evidence=pl.lit("有记录的事例"),
            )
        )
    return pl.concat(frames)


def _targets(crowd: Crowd, people: pl.DataFrame, month: Month, scheme: Scheme) -> pl.DataFrame:
    """A target wherever a curve needs one that the scheme does not give: what the group's means lead to."""
    bill = 88_000  # labour and parts of a mean order, in fen
    means = {
        "labour_output": crowd.orders * 38_000 // crowd.technicians,
        "advisor_output": crowd.orders * bill // crowd.advisors,
        "output": crowd.orders * bill,
        "revenue_per_order": bill,
    }
    frames = []
    for letter, item in _carded(people, scheme):
        if not (item.metric in means and item.curve and item.curve.needs_target and item.target is None):
            continue
        subject = pl.col("employee_id") if item.of == "person" else pl.col("store")
        value = pl.lit(means[item.metric] // 100 * 1000).cast(pl.Decimal(18, 0))
        rows = people.filter(pl.col("letter") == letter).select(
            "store", subject=subject, metric=pl.lit(item.metric), month=pl.lit(str(month)),
            value=(value / 1000).cast(pl.Decimal(18, 3)),
        )  # fmt: skip
        # A store's target is asked for by everybody whose card has it, and stands once.
        frames.append(rows.unique(["subject", "metric"], maintain_order=True))
    return pl.concat(frames).unique(["subject", "metric"], maintain_order=True)
