"""What lines of commission are paid by against oracles: SQL by hand from the table in docs/commission.md.

What breaks here: hours of one side are paid at another's rate; a share is paid whole or lost; comebacks are taken off
the wrong person; an order on account is paid before it is collected, or a bad debt is taken off that was never paid by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import CommissionBasis, Metric
from fairwrench.settlement.source.source import Text
from tests.oracles.evidence import Row, by_hand, job_line, ledger_frames, visit
from tests.oracles.reckoning import COMMISSION, Both, Figures, by_oracle, counts_for_persons, differences, open_tables
from tests.oracles.reckoning import stems as stems_in

SOURCES = load_sources()
BASES = load_scheme("dealership_commission").pay.commission_basis
#: a month of 31 days and the shortest; in both several technicians mend one comeback
CASES = [("2026-10", 1), ("2027-02", 6)]


def _metric(name: str, basis: CommissionBasis) -> Metric:
    """A basis as the metric that the program reckons with."""
    return Metric(name=Text(zh=name, en=name), better="higher", numerator=basis.measure)


METRICS: Mapping[str, Metric] = {name: _metric(name, basis) for name, basis in BASES.items()}
STEMS = stems_in(COMMISSION)
NAMED = sorted(METRICS.keys() & set(STEMS))


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Drawn evidence, worked out once a case."""
    name, seed = request.param
    month, folder = Month.parse(name), tmp_path_factory.mktemp("ledger")
    found = Both(SOURCES, METRICS, ledger_frames(SOURCES, month, seed), month, folder, oracles=COMMISSION)
    yield found
    found.tables.close()


def test_every_basis_has_an_oracle_and_every_oracle_a_basis() -> None:
    assert sorted(METRICS) == STEMS, "write tests/oracles/commission/<line>.sql from the words of docs/commission.md"


@pytest.mark.parametrize("stem", NAMED)
def test_basis_agrees_with_its_oracle(both: Both, stem: str) -> None:
    assert not both.compared(stem)


@pytest.mark.parametrize("stem", NAMED)
def test_basis_counts_for_persons_where_its_oracle_does(stem: str) -> None:
    assert counts_for_persons(stem, COMMISSION) == (METRICS[stem].numerator.credit is not None)


def test_evidence_says_something_about_every_basis() -> None:
    """A basis for which the drawn evidence holds nothing would agree with anything."""
    told: dict[str, set[object]] = {stem: set() for stem in STEMS}
    for name, seed in CASES:
        month = Month.parse(name)
        with open_tables(ledger_frames(SOURCES, month, seed), month) as tables:
            for stem in told:
                told[stem] |= {top for top, _ in by_oracle(tables, stem, COMMISSION).values() if top != 0}
    silent = {stem: figures for stem, figures in told.items() if len(figures) < 3}
    assert not silent


# --- worked by hand: noons of autumn 2026 in Asia/Shanghai ---

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
#: October runs from 30 September 16:00:00 to 31 October 16:00:00 UTC
BEGIN, END = datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
FIGURES = (
    "billed_hours", "share", "panels", "labour_amount", "parts_amount", "quantity", "amount", "premium", "paid",
)  # fmt: skip


def _noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 4, tzinfo=UTC)


def _exact(rows: list[Row]) -> list[Row]:
    """The rows with their figures, written as texts above, as decimals."""
    return [
        {name: Decimal(value) if name in FIGURES and value is not None else value for name, value in row.items()}
        for row in rows
    ]


def _done(ro_no: str, kind: str, vin: str = "L01") -> Row:
    """An order of that kind, opened and finished in October."""
    return visit(ro_no, vin, _noon(10, 12), _noon(10, 13), kind=kind)


def _agree(frames: Mapping[str, pl.DataFrame], folder: Path, month: Month, **expected: dict[str, str]) -> None:
    """Each basis gives what was worked out by hand, by its oracle and by the program; `{}` is nothing for nobody."""
    found = Both(SOURCES, {stem: METRICS[stem] for stem in expected}, frames, month, folder, oracles=COMMISSION)
    for stem, by_unit in expected.items():
        figures: Figures = {
            ("store" if unit.startswith("S") else "person", unit): (Fraction(figure), None)
            for unit, figure in by_unit.items()
        }
        assert differences(found.by_oracle(stem), figures) == [], f"the oracle of {stem} misreads the words"
        assert differences(figures, found.program.figures(stem)) == [], f"{stem}, by hand (oracle) and by the program"


def test_a_job_is_paid_on_one_side_alone(tmp_path: Path) -> None:
    """On a body order: 4.00 hours unmarked, 3.00 a claim, 2.00 internal, 1.50 marked as both, which is internal.

    An order that is none of body, warranty and internal has the fourth side: 5.25 hours. Panels but the internal ones:
    2.00 + 1.00 + 0.25 = 3.25; internal ones 0.50.
    """
    body, repair = _done("R1", "body"), _done("R2", "repair")
    lines = [
        job_line(body, "E01", None, 1, billed_hours="4.00", panels="2.00"),
        job_line(body, "E01", None, 2, billed_hours="3.00", panels="1.00", claim=True),
        job_line(body, "E01", None, 3, billed_hours="2.00", panels="0.50", internal=True),
        job_line(body, "E01", None, 4, billed_hours="1.50", internal=True, claim=True),
        job_line(repair, "E01", None, 1, billed_hours="5.25", panels="0.25"),
    ]
    frames = by_hand(SOURCES, repair_orders=[body, repair], job_lines=_exact(lines))
    sums = {
        "hours_insurance": "4.00", "hours_warranty": "3.00", "hours_internal": "3.50", "hours_outside": "5.25",
        "hours_led": "5.25", "panels": "3.25", "panels_internal": "0.50",
    }  # fmt: skip
    _agree(frames, tmp_path, OCTOBER, **{stem: {"E01": figure, "S01": figure} for stem, figure in sums.items()})


def test_a_line_marked_internal_on_a_warranty_order_is_internal(tmp_path: Path) -> None:
    """2.50 hours of it; the other line of the order, 1.00, is warranty. A mark of no does not cure an internal order.

    Internal 2.50 + 0.75 + 0.50 = 3.75: the two lines of the internal order are marked as a claim and as not internal.
    """
    warranty, internal = _done("R1", "warranty"), _done("R2", "internal")
    lines = [
        job_line(warranty, "E01", None, 1, billed_hours="2.50", internal=True),
        job_line(warranty, "E01", None, 2, billed_hours="1.00", internal=False, claim=False),
        job_line(internal, "E01", None, 1, billed_hours="0.75", claim=True),
        job_line(internal, "E01", None, 2, billed_hours="0.50", internal=False),
    ]
    frames = by_hand(SOURCES, repair_orders=[warranty, internal], job_lines=_exact(lines))
    _agree(
        frames, tmp_path, OCTOBER,
        hours_internal={"E01": "3.75", "S01": "3.75"}, hours_warranty={"E01": "1.00", "S01": "1.00"},
        hours_outside={}, hours_insurance={},
    )  # fmt: skip


def test_a_line_whose_order_is_not_there_has_the_side_of_its_marks(tmp_path: Path) -> None:
    """Without an order there is no kind: 1.00 unmarked is outside, 2.00 a claim, 4.00 internal."""
    order = _done("R1", "body")
    lines = [
        job_line(order, "E01", None, 1, billed_hours="1.00", panels="1.00"),
        job_line(order, "E01", None, 2, billed_hours="2.00", panels="2.00", claim=True),
        job_line(order, "E01", None, 3, billed_hours="4.00", panels="4.00", internal=True),
    ]
    sums = {"hours_outside": "1.00", "hours_warranty": "2.00", "hours_internal": "4.00", "panels": "3.00",
            "panels_internal": "4.00"}  # fmt: skip
    expected = {stem: {"E01": figure, "S01": figure} for stem, figure in sums.items()}
    _agree(by_hand(SOURCES, job_lines=_exact(lines)), tmp_path, OCTOBER, hours_insurance={}, **expected)


def test_two_technicians_share_the_hours(tmp_path: Path) -> None:
    """5.00 hours at 0.6 and 0.4 are 3.00 and 2.00; a technician without a share has the whole: 1.10 more for E01."""
    order = _done("R1", "repair")
    lines = [
        job_line(order, "E01", None, 1, billed_hours="5.00", share="0.600", panels="2.00"),
        job_line(order, "E02", None, 1, billed_hours="5.00", share="0.400", panels="2.00"),
        job_line(order, "E01", None, 2, billed_hours="1.10"),
    ]
    frames = by_hand(SOURCES, repair_orders=[order], job_lines=_exact(lines))
    _agree(
        frames, tmp_path, OCTOBER, hours_outside={"E01": "4.10", "E02": "2.00", "S01": "6.10"},
        panels={"E01": "1.20", "E02": "0.80", "S01": "2.00"},
    )  # fmt: skip


def _come_again(gap: timedelta, vin: str, second: list[dict[str, object]]) -> tuple[list[Row], list[Row]]:
    """E01 worked on the engine, delivered 8 September; the car is there again after `gap`, finished 20 October."""
    delivered = _noon(9, 8)
    first = visit(f"A-{vin}", vin, delivered - DAY, delivered)
    again = visit(f"B-{vin}", vin, delivered + gap, _noon(10, 20))
    lines = [job_line(first, "E01", "引擎", billed_hours="9.00")]
    lines += [job_line(again, None, "引擎") | job for job in second]
    return [first, again], _exact(lines)


def test_hours_that_came_back_after_exactly_30_days_are_taken_off_whose_they_were(tmp_path: Path) -> None:
    """Of the first jobs, 9.00 hours each, those of L01 (exactly 30 days) and L03 (a day later) are taken off: 18.00.

    A second more than 30 days is no comeback. What the second job took, and whose side it was, does not matter.
    """
    orders, lines = _come_again(30 * DAY, "L01", [{"technician": "E02", "billed_hours": "2.50"}])
    later, of_later = _come_again(30 * DAY + SECOND, "L02", [{"technician": "E02", "billed_hours": "4.00"}])
    own, of_own = _come_again(DAY, "L03", [{"technician": "E01", "billed_hours": "1.25", "internal": True}])
    frames = by_hand(SOURCES, repair_orders=orders + later + own, job_lines=lines + of_later + of_own)
    _agree(frames, tmp_path, OCTOBER, rework_hours={"E01": "18.00", "S01": "18.00"})


def test_hours_that_came_back_are_each_technicians_own_share(tmp_path: Path) -> None:
    """Of 5.00 hours at 0.6 and 0.4 the engine came back: 3.00 of E02, 2.00 of E03; 8.00 on the brakes did not.

    The car came again twice: the hours are taken off once, in the month in which 30 days after delivery ran out.
    """
    first = visit("R1", "L01", _noon(9, 1), _noon(9, 10), kind="repair")
    again = [visit(f"R{n}", "L01", _noon(9, 10 + n), _noon(9, 11 + n), kind="repair") for n in (2, 5)]
    lines = [
        job_line(first, "E02", "引擎", 1, billed_hours="5.00", share="0.600"),
        job_line(first, "E03", "引擎", 1, billed_hours="5.00", share="0.400"),
        job_line(first, "E02", "制动", 2, billed_hours="8.00"),
        *(job_line(order, "E04", "引擎", 1, billed_hours="0.00") for order in again),
    ]
    frames = by_hand(SOURCES, repair_orders=[first, *again], job_lines=_exact(lines))
    _agree(frames, tmp_path / "october", OCTOBER, rework_hours={"E02": "3.00", "E03": "2.00", "S01": "5.00"})
    _agree(frames, tmp_path / "september", SEPTEMBER, rework_hours={})


def _settled(ro_no: str, labour: str, parts: str, **more: object) -> Row:
    """An order that was opened and settled in September."""
    money: Row = {"advisor": "E04", "labour_amount": labour, "parts_amount": parts}
    return visit(ro_no, "L01", _noon(9, 20), _noon(9, 21), settled_at=_noon(9, 22), **money, **more)


def _nobody(*stems: str) -> dict[str, dict[str, str]]:
    return {stem: {} for stem in stems}


def _receipt(number: str, day: date, kind: str, labour: str, parts: str) -> Row:
    return {"store": "S01", "receipt_no": number, "advisor": "E04", "collected_on": day, "kind": kind,
            "labour_amount": labour, "parts_amount": parts}  # fmt: skip


@pytest.mark.parametrize("month", [SEPTEMBER, OCTOBER], ids=str)
def test_an_order_on_account_is_paid_by_when_it_is_settled_or_when_it_is_collected(
    tmp_path: Path, month: Month
) -> None:
    """On account 800.00 and 450.00, collected in two receipts in October, the rest of a third written off; at once
    300.00 and 120.50. Of an internal order nothing counts."""
    orders = [
        _settled("R1", "800.00", "450.00", on_account=True),
        _settled("R2", "300.00", "120.50", on_account=False),
        _settled("R3", "70.00", "7.00", on_account=True) | {"kind": "internal"},
    ]
    receipts = [
        _receipt("C1", date(2026, 10, 15), "collected", "500.00", "450.00"),
        _receipt("C2", date(2026, 10, 20), "collected", "250.00", "0.00"),
        _receipt("C3", date(2026, 10, 31), "lost", "50.00", "0.00"),
    ]
    frames = by_hand(SOURCES, repair_orders=_exact(orders), collections=_exact(receipts))
    in_september = {
        "orders_received": {"E04": "2", "S01": "2"},
        "labour_amount": {"E04": "1100.00", "S01": "1100.00"}, "parts_amount": {"E04": "570.50", "S01": "570.50"},
        "labour_at_once": {"E04": "300.00", "S01": "300.00"}, "parts_at_once": {"E04": "120.50", "S01": "120.50"},
        "store_parts": {"S01": "570.50"},
    }  # fmt: skip
    in_october = {
        "labour_collected": {"E04": "750.00", "S01": "750.00"}, "parts_collected": {"E04": "450.00", "S01": "450.00"},
        "labour_lost": {"E04": "50.00", "S01": "50.00"},
    }  # fmt: skip
    counted, nothing = (in_september, in_october) if month == SEPTEMBER else (in_october, in_september)
    _agree(frames, tmp_path, month, **counted, **_nobody(*nothing))


def test_each_line_counts_in_the_month_that_its_words_name(tmp_path: Path) -> None:
    """Of four moments around October, 1, 10, 100 and 1000, those of its first and last second or day make 110.

    By its other dates, in the middle of October or before it, all four of a thing or none would count.
    """
    instants = [BEGIN - SECOND, BEGIN, END - SECOND, END]
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)]
    middle, orders, lines = date(2026, 10, 15), [], []
    for number, instant in enumerate(instants):
        figure = str(10**number)
        order = visit(f"R{number}", f"L{number}", _noon(10, 1), _noon(10, 14))
        lines.append(job_line(order, "E01", None, billed_hours=figure, panels=figure) | {"finished_at": instant})
        money: Row = {"advisor": "E04", "labour_amount": figure, "parts_amount": figure}
        orders += [
            order | {"ro_no": f"S{number}", **money, "settled_at": instant},
        ]
        orders.append(order | {"settled_at": None})
    sold = [
        {"store": "S01", "sale_no": f"N{number}", "seller": "E04", "technician": "E01", "sold_on": day,
         "quantity": str(10**number), "amount": str(10**number)}
        for number, day in enumerate(days)
    ]  # fmt: skip
    policies = [
        {"store": "S01", "policy_no": f"N{number}", "seller": "E04", "written_on": day, "kind": "renewal",
         "premium": str(10**number)}
        for number, day in enumerate(days)
    ]  # fmt: skip
    claims = [
        {"store": "S01", "claim_no": f"N{number}", "clerk": "E04", "submitted_on": day, "accepted": True,
         "amount": str(10**number)}
        for number, day in enumerate(days)
    ]  # fmt: skip
    receipts = [
        _receipt(f"{kind}{number}", day, kind, str(10**number), str(10**number))
        for number, day in enumerate(days)
        for kind in ("collected", "lost")
    ]
    cars = [
        {"store": "S01", "order_no": f"N{number}", "salesperson": "E04", "ordered_on": middle, "delivered_on": day}
        for number, day in enumerate(days)
    ]
    frames = by_hand(
        SOURCES, repair_orders=_exact(orders), job_lines=_exact(lines), care_products=_exact(sold),
        accessories=_exact(sold), renewals=_exact(policies), claims=_exact(claims),
        collections=_exact(receipts), sales_orders=cars,
    )  # fmt: skip
    of_e01 = ("hours_outside", "hours_led", "panels", "care_applied")
    counted = ("orders_received", "renewals", "cars_delivered")
    money_of_e04 = (
        "labour_amount", "parts_amount", "labour_at_once", "parts_at_once", "labour_collected", "parts_collected",
        "labour_lost", "parts_lost", "care_products", "accessories", "premium", "claims_accepted",
    )  # fmt: skip
    expected = {stem: {"E01": "110", "S01": "110"} for stem in of_e01}
    expected |= {stem: {"E04": "110", "S01": "110"} for stem in money_of_e04}
    expected |= {stem: {"E04": "2", "S01": "2"} for stem in counted}
    _agree(frames, tmp_path, OCTOBER, store_parts={"S01": "110"}, **expected)
