"""Times at the end of a day, dates with the day first, durations in columns of time, dates far from the month.

What would break: an order of the 31st in November, 8.5 hours as minutes, a year typed wrongly and nobody told.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from fairwrench.closing.folder.landing import placed
from fairwrench.ledger.cells.datetimes import read_date, read_instant, read_month
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.intake.filing import other_months
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import DateOrder, Source
from tests.ledger.cells.test_parsing import SHANGHAI
from tests.ledger.cells.test_parsing import one as read_one
from tests.ledger.handed import HEADER, ORDERS, SOURCES, codes, csv, one, order, roster, take


@pytest.mark.parametrize(
    "text",
    ["2026-10-31 24:00", "2026-10-31 24:00:00", "2026/10/31 24:00", "2026年10月31日 24时", "2026年10月31日24点0分"],
)
def test_24_hours_are_the_next_midnight_and_of_a_date_the_day_written(text: str) -> None:
    """Fails when the last order of a month is rejected, or the day that somebody wrote is the next one."""
    # midnight in Shanghai is 16:00 the day before in UTC
    assert read_instant(text, SHANGHAI) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert read_date(text, SHANGHAI) == date(2026, 10, 31)
    assert read_month(text, SHANGHAI) == "2026-10"


@pytest.mark.parametrize("text", ["2026-10-31 24:00:01", "2026-10-31 24:30", "2026-10-31 25:00", "2026-10-31 23:60"])
def test_what_lies_beyond_24_hours_is_no_time(text: str) -> None:
    """Fails when half past 24 is taken for something."""
    found = read_instant(text, SHANGHAI)
    assert isinstance(found, Reason) and found.code == "no_such_date"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/10/2026", "day-month-year", date(2026, 10, 3)),
        ("3.10.2026", "day-month-year", date(2026, 10, 3)),
        ("03-10-26", "day-month-year", date(2026, 10, 3)),
        ("13/10/2026", "day-month-year", date(2026, 10, 13)),
        ("10/03/2026", "month-day-year", date(2026, 10, 3)),
        ("2026-10-03", "day-month-year", date(2026, 10, 3)),
        ("03/10/2026 09:05", "day-month-year", date(2026, 10, 3)),
        ("03/10/2026", "year-month-day", "unclear_date"),
        ("13/10/2026", "year-month-day", "unclear_date"),
        ("10/13/2026", "day-month-year", "no_such_date"),
        ("31/09/2026", "day-month-year", "no_such_date"),
    ],
)
def test_the_order_of_day_and_month_is_declared_and_never_guessed(text: str, order: DateOrder, day: date | str) -> None:
    """Fails when 3 October is 10 March: 13/10 tells the order of its own row and of no other."""
    found = read_date(text, SHANGHAI, order)
    assert (found.code if isinstance(found, Reason) else found) == day


@pytest.mark.parametrize(
    ("text", "order", "month"),
    [
        ("10/2026", "day-month-year", "2026-10"),
        ("10.2026", "day-month-year", "2026-10"),
        ("03/10/2026", "day-month-year", "2026-10"),
        ("10/2026", "year-month-day", "not_a_month"),
        ("2026.1", "year-month-day", "unclear_month"),
        ("2026.10", "year-month-day", "2026-10"),
        ("2026.01", "year-month-day", "2026-01"),
    ],
)
def test_months_with_the_year_last_and_months_that_lost_a_zero(text: str, order: DateOrder, month: str) -> None:
    """Fails when 2026.1, which may be October without its zero, is January."""
    found = read_month(text, SHANGHAI, order)
    assert (found.code if isinstance(found, Reason) else found) == month


def test_a_source_declares_its_order_of_dates() -> None:
    """Fails when the declaration of a source is not heard where its files are read."""
    english = Source.model_validate({**ORDERS.model_dump(), "dates": "day-month-year"})
    rows = csv([HEADER, order("RO1", opened="03/10/2026 09:05"), order("RO2", opened="2026-10-04 10:00:00")])
    found = one(rows, sources={"repair_orders": english})
    assert found.accepted["opened_at"].to_list() == [
        datetime(2026, 10, 3, 1, 5, tzinfo=UTC),
        datetime(2026, 10, 4, 2, tzinfo=UTC),
    ]
    assert one(rows).rejected["code"].to_list() == ["unclear_date"]


@pytest.mark.parametrize(
    ("name", "kind", "text", "value"),
    [
        ("attended_hours", "decimal", "176:00", Decimal("176.00")),
        ("attended_hours", "decimal", "8:30:00", Decimal("8.50")),
        ("late_minutes", "int", "1:30:00", 90),
        ("waiting_parts_seconds", "int", "1:00:05", 3605),
        ("waiting_parts_seconds", "int", "8:30", "[date_not_number]"),
        ("late_minutes", "int", "8:30", "[date_not_number]"),
        ("labour_amount", "decimal", "8:30", "[date_not_number]"),
        ("late_times", "int", "1:00:00", "[date_not_number]"),
        ("attended_hours", "decimal", "8:75", "[date_not_number]"),
    ],
)
def test_durations_count_where_the_column_is_one_of_time(name: str, kind: str, text: str, value: object) -> None:
    """Fails when 8:30 of minutes and seconds is guessed at, or a clock is an amount of money."""
    assert read_one(text, kind, name=name) == value  # type: ignore[arg-type]


def test_a_header_in_another_unit_and_a_clock_contradict() -> None:
    """Fails when 8:30 below 工时(分钟) is 8.5 minutes, or 8.5 hours as if the header said nothing."""
    assert read_one("8:30:00", name="attended_hours", unit="分钟") == "[date_not_number]"


@pytest.mark.parametrize(
    ("text", "shown"), [("47000", "2028-09-04"), ("47000.5", "2028-09-04 12:00:00"), ("2028-09-04", "2028-09-04")]
)
def test_rejected_dates_are_shown_as_a_person_sees_them(text: str, shown: str) -> None:
    """Fails when a person has to know that 47000 is 4 September 2028."""
    (told,) = one(csv([HEADER, order("RO1", opened=text)])).rejected.to_dicts()
    assert (told["code"], told["value"]) == ("future", shown)


def test_a_number_that_is_no_date_stays_as_written() -> None:
    """Fails when 12345, which no office means as a date of 1933, is shown as one."""
    (told,) = one(csv([HEADER, order("RO1", opened="12345")])).rejected.to_dicts()
    assert (told["code"], told["value"]) == ("not_a_date", "12345")


def placed_problems(*opened: str) -> list[tuple[str, str]]:
    """What is told of orders opened then and handed in for October."""
    rows = [order(f"RO{number}", opened=when) for number, when in enumerate(opened)]
    part = placed(one(csv([HEADER, *rows])), ORDERS, roster(), SHANGHAI, Month(2026, 10))
    return [(problem.code, problem.en) for problem in part.problems]


def test_rows_years_away_are_told_with_the_years() -> None:
    """Fails when a year typed wrongly is a month without orders and no word about it."""
    ((code, words),) = placed_problems("2022-10-02 09:00:00", "2022-10-03 09:00:00")
    assert code == "other_month"
    assert "2 of 2022-10" in words and "4 years or more away from 2026-10" in words and "1904" in words


def test_rows_of_the_month_before_are_told_without_talk_of_years() -> None:
    """Fails when last month's file gets a warning about date systems."""
    ((_, words),) = placed_problems("2026-09-02 09:00:00")
    assert "1 of 2026-09" in words and "years" not in words


def test_some_rows_of_other_months_are_a_note_with_counts() -> None:
    """Fails when two late orders beside October's make a warning, or no word at all."""
    ((code, words),) = placed_problems("2026-10-02 09:00:00", "2026-09-30 09:00:00", "2026-09-29 09:00:00")
    assert code == "other_months_too"
    assert words == "1 row is of 2026-10; others are not and count for their own months: 2 of 2026-09"


def test_a_store_without_rows_of_the_month_is_named() -> None:
    """Fails when one store of two handed in last month's rows and the other's hide it."""
    rows = pl.DataFrame({"store": ["一店", "二店"], "month": ["2026-10", "2026-09"], "rows": [1, 1]})
    first, second = other_months(rows, Month(2026, 10))
    assert (first.code, first.severity, first.details) == ("other_month", "warning", {"stores": "二店"})
    assert (second.code, second.severity) == ("other_months_too", "note")
    assert other_months(rows.head(1), Month(2026, 10)) == []


def test_a_month_that_the_file_lacks_is_the_folder_s_and_said() -> None:
    """Fails when rows without a month count for the folder's and nobody is told, or several files are mixed up."""
    found = take(csv([("工号", "出勤工时"), ("1001", "160")]), sources={"attendance": SOURCES["attendance"]})
    assert found.sheets[0].accepted["month"].to_list() == ["2026-10"]
    assert "month_by_folder" in codes(found)
