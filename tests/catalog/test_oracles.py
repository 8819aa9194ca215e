"""Every metric of the catalog against its oracle: SQL written by hand from the words that define it.

What breaks here: a metric counts, leaves out, dates or credits a row otherwise than its definition says; a formula is
rendered wrongly; a derived column joins wrongly; a superseded row still counts; a month is cut at the wrong second.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import polars as pl
import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.calendar.deadlines import Month
from tests.catalog.metric_library import load_metrics
from tests.oracles.evidence import ZONE, by_hand, current, job_line, ledger_frames, visit
from tests.oracles.reckoning import Both, Figures, by_oracle, counts_for_persons, differences, open_tables, stems

SOURCES, METRICS = load_sources(), load_metrics()
#: a month of 31 days, the one after the shortest month, and one at the turn of a year
CASES = [("2026-10", 1), ("2026-10", 2), ("2026-03", 3), ("2026-03", 4), ("2026-01", 5), ("2027-02", 6)]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Drawn evidence, worked out once a case."""
    name, seed = request.param
    month = Month.parse(name)
    found = Both(SOURCES, METRICS, ledger_frames(SOURCES, month, seed), month, tmp_path_factory.mktemp("ledger"))
    yield found
    found.tables.close()


def test_every_metric_has_an_oracle() -> None:
    missing = sorted(set(METRICS) - set(stems()))
    assert not missing, f"write tests/oracles/<metric>.sql from the metric's definition for: {', '.join(missing)}"


def test_every_oracle_has_a_metric() -> None:
    stray = sorted(set(stems()) - set(METRICS))
    assert not stray, f"oracles whose metric the catalog does not know: {', '.join(stray)}"


@pytest.mark.parametrize("stem", sorted(METRICS.keys() & set(stems())))
def test_metric_agrees_with_its_oracle(both: Both, stem: str) -> None:
    assert not both.compared(stem)


@pytest.mark.parametrize("stem", sorted(METRICS.keys() & set(stems())))
def test_metric_counts_for_persons_where_its_oracle_does(stem: str) -> None:
    assert counts_for_persons(stem) == (METRICS[stem].numerator.credit is not None)


def test_evidence_says_something_about_every_metric() -> None:
    """A metric for which the drawn evidence holds nothing would agree with anything."""
    told: dict[str, set[object]] = {stem: set() for stem in stems()}
    for name, seed in CASES:
        month = Month.parse(name)
        with open_tables(ledger_frames(SOURCES, month, seed), month) as tables:
            for stem in told:
                told[stem] |= {pair for pair in by_oracle(tables, stem).values() if pair[0] != 0}
    silent = {stem: pairs for stem, pairs in told.items() if len(pairs) < 3}
    assert not silent


# --- worked by hand: October 2026 in Asia/Shanghai runs from 30 September 16:00:00 to 31 October 16:00:00 UTC ---

BEGIN, END = datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OCTOBER = Month(2026, 10)


#: vin, fault of the first and of the second job, gap from delivery to the next visit; is it a comeback?
PAIRS = [
    ("L01", "引擎", "引擎", 30 * DAY, True),
    ("L02", "引擎", "引擎", 30 * DAY + SECOND, False),
    ("L03", "引擎", "引擎", SECOND, True),
    ("L04", "引擎", "制动", 3 * DAY, False),
    ("L05", "", "", 3 * DAY, False),
    ("L06", None, None, 3 * DAY, False),
    (None, "引擎", "引擎", 3 * DAY, False),
    ("L08", "引擎", "引擎", -SECOND, False),
    ("L09", "引擎", "引擎", timedelta(0), False),
]


def _pairs_of_visits() -> dict[str, pl.DataFrame]:
    """Each pair: a first visit by E01 in S01, delivered 8 September, and a second by E02 in S02."""
    orders, lines = [], []
    for number, (vin, first_fault, second_fault, gap, _) in enumerate(PAIRS):
        delivered = datetime(2026, 9, 8, 4, tzinfo=UTC)
        first = visit(f"A{number}", vin, delivered - DAY, delivered)
        second = visit(f"B{number}", vin, delivered + gap, datetime(2026, 10, 20, tzinfo=UTC), store="S02")
        orders += [first, second]
        lines += [
            job_line(first, "E01", first_fault),
            job_line(second, "E02", second_fault),
            job_line(second, "E03", second_fault, 2),
        ]
    return by_hand(SOURCES, repair_orders=orders, job_lines=lines)


def _agree(frames: dict[str, pl.DataFrame], stem: str, expected: Figures, folder: Path) -> None:
    found = Both(SOURCES, {stem: METRICS[stem]}, frames, OCTOBER, folder)
    assert differences(found.by_oracle(stem), expected) == [], "the oracle misreads the words"
    assert differences(expected, found.program.figures(stem)) == []


def test_a_comeback_is_the_first_technicians_even_after_30_days_in_another_store(tmp_path: Path) -> None:
    """Three of the nine would be comebacks if equality, an empty fault system or a missing vehicle were taken wrongly.

    S02 finishes 2 lines for each of 9 returning visits in October: 18, nine each of E02 and E03, and none of E01.
    """
    comebacks = Fraction(sum(is_comeback for *_, is_comeback in PAIRS))
    assert comebacks == 2
    none, nine = Fraction(0), Fraction(9)
    expected: Figures = {
        ("person", "E01"): (comebacks, none), ("person", "E02"): (none, nine), ("person", "E03"): (none, nine),
        ("store", "S02"): (comebacks, Fraction(18)),
    }  # fmt: skip
    _agree(_pairs_of_visits(), "rework_rate", expected, tmp_path)


def test_a_job_is_fixed_at_once_when_it_did_not_return_in_its_30_days(tmp_path: Path) -> None:
    """Delivered on 8 September all nine first jobs mature on 8 October; two came back. The second ones mature later."""
    nine, seven = Fraction(9), Fraction(7)
    expected: Figures = {("person", "E01"): (seven, nine), ("store", "S01"): (seven, nine)}
    _agree(_pairs_of_visits(), "one_time_fix_rate", expected, tmp_path)


def test_a_job_matures_in_the_month_of_its_thirtieth_day(tmp_path: Path) -> None:
    """Of four deliveries at the edges of the maturing month, the first second of it and the last are inside."""
    times = [BEGIN - 30 * DAY - SECOND, BEGIN - 30 * DAY, END - 30 * DAY - SECOND, END - 30 * DAY]
    orders = [visit(f"A{number}", f"L{number}", time - DAY, time) for number, time in enumerate(times)]
    lines = [job_line(order, f"E0{number}", "引擎") for number, order in enumerate(orders, 1)]
    one = (Fraction(1), Fraction(1))
    expected: Figures = {
        ("person", "E02"): one, ("person", "E03"): one, ("store", "S01"): (Fraction(2), Fraction(2)),
    }  # fmt: skip
    _agree(by_hand(SOURCES, repair_orders=orders, job_lines=lines), "one_time_fix_rate", expected, tmp_path)


def test_a_month_is_cut_at_local_midnight(tmp_path: Path) -> None:
    """Output of four orders finished around the edges: 10.00 and 40.00 lie outside October, 20.01 and 30.01 inside."""
    times = {"10.00": BEGIN - SECOND, "20.01": BEGIN, "30.01": END - SECOND, "40.00": END}
    orders = [
        visit(amount, "L", time, time, labour_amount=Decimal(amount), technician="E01")
        for amount, time in times.items()
    ]
    total = (Fraction("50.02"), None)
    expected: Figures = {("person", "E01"): total, ("store", "S01"): total}
    _agree(by_hand(SOURCES, repair_orders=orders), "output", expected, tmp_path)


def test_internal_orders_stand_apart_from_those_of_customers(tmp_path: Path) -> None:
    """Of four orders two are customers': 150.00 and 20.00, one of them without parts; 30.00 and 4.00 are internal."""
    time = BEGIN + DAY
    amounts = {"repair": ("100.00", "50.00"), "warranty": ("20.00", None), "internal": ("30.00", None)}
    orders = [
        visit(kind, f"L{kind}", time, time + DAY, kind=kind, technician="E01", advisor="E02",
              labour_amount=Decimal(labour), parts_amount=Decimal(parts) if parts else None)
        for kind, (labour, parts) in amounts.items()
    ]  # fmt: skip
    orders.append(visit("PDI", "LPDI", time, time + DAY, kind="internal", parts_amount=Decimal("4.00")))
    evidence = by_hand(SOURCES, repair_orders=orders)
    customers, own, two = Fraction(170), Fraction(34), Fraction(2)
    _agree(evidence, "output", {("person", "E01"): (customers, None), ("store", "S01"): (customers, None)}, tmp_path)
    inside: Figures = {("person", "E01"): (Fraction(30), None), ("store", "S01"): (own, None)}
    _agree(evidence, "output_internal", inside, tmp_path)
    each: Figures = {("person", "E02"): (customers, two), ("store", "S01"): (customers, two)}
    _agree(evidence, "revenue_per_order", each, tmp_path)
    _agree(evidence, "visits", {("person", "E02"): (two, None), ("store", "S01"): (two, None)}, tmp_path)
    one: Figures = {("person", "E01"): (Fraction(1), None), ("store", "S01"): (two, None)}
    _agree(evidence, "orders_finished_internal", one, tmp_path)


def test_points_of_tickets_are_rewards_less_penalties_of_the_month(tmp_path: Path) -> None:
    """E01: 3.00 − 1.50 = 1.50; E02: −2.00; together −0.50. What has no points, or another month, is left out."""

    def ticket(number: int, who: str, day: date, kind: str, points: str | None) -> dict[str, object]:
        return {"ticket_no": f"T{number}", "store": "S01", "employee_id": who, "issued_on": day, "kind": kind,
                "points": Decimal(points) if points else None, "amount": Decimal("100.00")}  # fmt: skip

    first, last = date(2026, 10, 1), date(2026, 10, 31)
    rows = [
        ticket(1, "E01", first, "reward", "3.00"), ticket(2, "E01", last, "penalty", "1.50"),
        ticket(3, "E02", last, "penalty", "2.00"), ticket(4, "E02", last, "reward", None),
        ticket(5, "E01", date(2026, 9, 30), "reward", "5.00"), ticket(6, "E02", date(2026, 11, 1), "penalty", "5.00"),
    ]  # fmt: skip
    expected: Figures = {
        ("person", "E01"): (Fraction("1.50"), None), ("person", "E02"): (Fraction(-2), None),
        ("store", "S01"): (Fraction("-0.50"), None),
    }  # fmt: skip
    _agree(by_hand(SOURCES, tickets=rows), "ticket_points", expected, tmp_path)


def test_a_job_is_internal_where_it_or_its_order_says_so(tmp_path: Path) -> None:
    """7.00 by its own mark, 8.00 by its order. 100.00 is of a customer; so is 1.00, whose order is not there."""
    time = BEGIN + DAY
    customer = visit("A", "LA", time, time + DAY)
    own = visit("B", "LB", time, time + DAY, kind="internal")
    gone = visit("C", "LC", time, time + DAY)
    lines = [
        job_line(customer, "E01", None, 1, labour_amount=Decimal("100.00")),
        job_line(customer, "E01", None, 2, labour_amount=Decimal("7.00"), internal=True),
        job_line(own, "E01", None, 1, labour_amount=Decimal("8.00"), internal=False),
        job_line(gone, "E01", None, 1, labour_amount=Decimal("1.00")),
    ]
    evidence = by_hand(SOURCES, repair_orders=[customer, own], job_lines=lines)
    for stem, total in {"labour_output": 101, "labour_output_internal": 15}.items():
        found = (Fraction(total), None)
        _agree(evidence, stem, {("person", "E01"): found, ("store", "S01"): found}, tmp_path)


def test_panels_count_by_share_a_day_and_a_return(tmp_path: Path) -> None:
    """E01 and E02 paint 2.5 panels together, 60 to 40, E01 one more: 2.5 and 1. The car of the first is back after 20
    days, the other never. E01 attended 40 hours, five days: half a panel a day; paint for 150.00 is 60.00 a panel."""
    done = BEGIN - 30 * DAY
    first, second = visit("A", "LA", done - DAY, done), visit("B", "LB", done - DAY, done)
    again = visit("C", "LA", done + 20 * DAY, BEGIN + DAY)
    lines = [
        job_line(first, "E01", "车身", panels=Decimal("2.50"), share=Decimal("0.600")),
        job_line(first, "E02", "车身", panels=Decimal("2.50"), share=Decimal("0.400")),
        job_line(second, "E01", "车身", panels=Decimal("1.00")),
        job_line(again, "E01", "车身", panels=Decimal("2.50")),
        job_line(again, "E01", "引擎", 2),
    ]
    attended = [{"employee_id": "E01", "store": "S01", "month": "2026-10", "attended_hours": Decimal("40.00")}]
    paint = [
        {
            "issue_no": "L1",
            "store": "S01",
            "taken_by": "E01",
            "issued_on": (BEGIN + DAY).date(),
            "amount": Decimal("150.00"),
        }
    ]
    evidence = by_hand(
        SOURCES, repair_orders=[first, second, again], job_lines=lines, attendance=attended, paint_materials=paint
    )
    one, half = Fraction(1), Fraction(5, 2)
    respray: Figures = {
        ("person", "E01"): (one + Fraction(1, 2), half), ("person", "E02"): (one, one),
        ("store", "S01"): (half, Fraction(7, 2)),
    }  # fmt: skip
    _agree(evidence, "respray_rate", respray, tmp_path)
    daily = (Fraction(20), Fraction(40))
    _agree(evidence, "panels_per_day", {("person", "E01"): daily, ("store", "S01"): daily}, tmp_path)
    cost = (Fraction(150), half)
    _agree(evidence, "paint_material_cost", {("person", "E01"): cost, ("store", "S01"): cost}, tmp_path)


def test_current_rows_are_what_the_seal_leaves() -> None:
    """The oracles' tables hold neither replaced nor taken-back rows, and nothing that came after the seal."""
    frame = ledger_frames(SOURCES, OCTOBER, 1)["repair_orders"]
    kept = current(frame)
    keys = [*SOURCES["repair_orders"].key]
    assert kept.height == kept.select(keys).unique().height
    assert frame.filter(pl.col("_void")).height > 0
    assert frame.filter(pl.col("_batch") == 4).height > 0
    assert kept.get_column("opened_at").null_count() == 0


def test_least_of_two_times_leaves_an_empty_one_out() -> None:
    """`solved_in_12h` relies on it: a call without a loan unit is judged by when it was solved."""
    assert duckdb.sql("SELECT least(NULL, 3), least(3, NULL), least(NULL::INT, NULL)").fetchall() == [(3, 3, None)]


def test_zone_of_the_evidence_has_its_midnight_at_16_utc() -> None:
    assert OCTOBER.bounds_utc(ZONE) == (BEGIN, END)
