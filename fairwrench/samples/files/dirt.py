"""Dirt as real files have it: bad rows, files astray, late corrections, decisions; and the months they belong into.

Each plant changes the files of one month before they are written, and says what intake or a settlement should make
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from fairwrench.samples.files import dirt_files, dirt_people, dirt_rows
from fairwrench.samples.files.desk import Desk, Unfit
from fairwrench.samples.truth import Finding

Plant = Callable[[Desk], Iterator[Finding]]
#: (months before the last, what is planted in that month's files)
_PLANTS: tuple[tuple[int, Plant], ...] = (
    (4, dirt_files.missing_surveys),
    (2, dirt_people.stays),
    (1, dirt_files.wrong_total),
    (0, dirt_files.late_correction),
    (0, dirt_people.appeal),
    (0, dirt_rows.bad_vin),
    (0, dirt_rows.negative_money),
    (0, dirt_rows.future_date),
    (0, dirt_rows.contradiction),
    (0, dirt_rows.stranger),
    (0, dirt_rows.two_names),
    (0, dirt_rows.bare_names),
    (0, dirt_files.sent_again),
    (0, dirt_files.doubled_file),
    (0, dirt_files.two_stores),
    (0, dirt_people.unrated),
    (0, dirt_people.without_example),
    (0, dirt_people.exempted),
    (0, dirt_people.on_leave),
)


def soil(desk: Desk) -> list[Finding]:
    """Plant what belongs into this month's files and fits into them."""
    back = desk.month.until(desk.until)
    found: list[Finding] = []
    for when, plant in _PLANTS:
        if when == back:
            # A small group has no room for everything; what does not fit is not among the findings either.
            with suppress(Unfit):
                found += plant(desk)
    return found
