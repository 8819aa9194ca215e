"""`--kind`: which kind of file the files of a name are, by the word of whoever settles."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from fairwrench.closing.folder.files_read import Kinds

P = ParamSpec("P")
R = TypeVar("R")


class KindType(click.ParamType):
    """`FILES=KIND`: which kind of file the files of a name are."""

    name = "FILES=KIND"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Pattern and kind, or a usage error that shows the form."""
        # click converts a value again that it has converted already.
        if isinstance(value, tuple):
            return value
        # From the right: a file's name may have an equals sign, the name of a kind has none.
        pattern, equals, kind = str(value).rpartition("=")
        if not (pattern and equals and kind):
            self.fail(f"{value!r} is not of the form '*绩效*.xlsx=ratings'", param, ctx)
        return pattern, kind


def kinds_option(function: Callable[P, R]) -> Callable[P, R]:
    """Adds `--kind FILES=KIND`, as `kinds`."""
    option = click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=KindType(),
        callback=lambda ctx, param, pairs: Kinds(tuple(pairs)),
        help="Read files of a name as a kind, whatever their header suggests, e.g. '*绩效*.xlsx=ratings'.",
    )
    return option(function)
