"""Kinds of arguments that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from fairwrench.settlement.calendar.deadlines import Month

P = ParamSpec("P")
R = TypeVar("R")


class MonthType(click.ParamType):
    """A month like 2026-10."""

    name = "YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        """The month, or a usage error that shows the form."""
        if isinstance(value, Month):
            return value
        try:
            return Month.parse(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a month like 2026-10", param, ctx)


class MonthRangeType(click.ParamType):
    """Months like 2026-01..2026-10, or one month."""

    name = "YYYY-MM..YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Month, ...]:
        """All months of the range in order."""
        first, dots, last = str(value).partition("..")
        try:
            # One month is the range from itself to itself.
            months = tuple(Month.range(Month.parse(first), Month.parse(last if dots else first)))
        except ValueError:
            self.fail(f"{value!r} is not a range like 2026-01..2026-10", param, ctx)
        if not months:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        return months


MONTH = MonthType()
MONTHS = MonthRangeType()


def sources_option(function: Callable[P, R]) -> Callable[P, R]:
    """Adds `--sources FOLDER`, as `folders`."""
    option = click.option(
        "--sources",
        "folders",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of your own kinds of file (YAML); may be given several times.",
    )
    return option(function)


def last_option(function: Callable[P, R]) -> Callable[P, R]:
    """Adds `--last FILE`, as `last`."""
    option = click.option(
        "--last",
        multiple=True,
        metavar="FILE",
        help="Of files that say two things of one row this one counts; its name, or its path in DATA. May be repeated.",
    )
    return option(function)
