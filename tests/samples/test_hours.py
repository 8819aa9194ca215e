"""Work that goes over night ends the next day; expected times worked out on paper (8:30 to 18:00)."""

from __future__ import annotations

from datetime import date

import pytest

from fairwrench.samples.hours import at_work, day_of, minute_of, moment, work_end

MONDAY = date(2026, 10, 5)


def at(day: int, hour: int, minute: int) -> int:
    return minute_of(date(2026, 10, day), hour * 60 + minute)


@pytest.mark.parametrize(
    ("begin", "minutes", "end"),
    [
        (at(5, 9, 0), 60, at(5, 10, 0)),
        (at(5, 17, 30), 30, at(5, 18, 0)),
        (at(5, 17, 30), 31, at(6, 8, 31)),
        (at(5, 17, 0), 60 + 570 + 5, at(7, 8, 35)),
        (at(5, 7, 0), 10, at(5, 8, 40)),
        (at(5, 19, 0), 10, at(6, 8, 40)),
    ],
)
def test_work_stops_over_night(begin, minutes, end):
    assert moment(work_end(begin, minutes)) == moment(end)


def test_before_opening_and_after_closing_work_begins_at_opening():
    assert at_work(at(5, 6, 0)) == at(5, 8, 30)
    assert at_work(at(5, 18, 0)) == at(6, 8, 30)
    assert at_work(at(5, 17, 59)) == at(5, 17, 59)


def test_a_minute_knows_its_day():
    assert day_of(at(5, 23, 59)) == MONDAY
    assert f"{moment(at(5, 9, 5)):%Y-%m-%d %H:%M}" == "2026-10-05 09:05"
