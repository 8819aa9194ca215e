"""What all commands share: the language, refusals with every problem named, tables and JSON on the terminal."""

from __future__ import annotations

import functools
import json
import locale
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table

from fairwrench.settlement.problem import Problem, Refused

REFUSED = 2
P = ParamSpec("P")
R = TypeVar("R")


def default_language() -> str:
    """zh where the terminal's locale is Chinese, else en."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if (spoken or (locale.getlocale()[0] or "")).lower().startswith(("zh", "chinese")) else "en"


def language_option(function: Callable[P, R]) -> Callable[P, R]:
    """Adds `--lang zh|en`."""
    option = click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=default_language,
        show_default="the locale's",
        help="Language of what is said.",
    )
    return option(function)


def refusals(function: Callable[P, R]) -> Callable[P, R]:
    """Turns a refusal into its problems on the terminal and exit code 2."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Refused as refused:
            lang = str(kwargs.get("lang") or default_language())
            say_problems(refused.problems, lang)
            sys.exit(REFUSED)

    return guarded


def terminal(*, error: bool = False) -> Console:
    """A console that wraps nothing when its output is piped."""
    return Console(stderr=error, highlight=False, soft_wrap=True)


def say_problems(problems: Iterable[Problem], lang: str, limit: int = 200) -> None:
    """Problems on the error output, the worst first."""
    console = terminal(error=True)
    rank = {"error": 0, "warning": 1, "note": 2}
    words = {"error": ("错误", "error"), "warning": ("提醒", "warning"), "note": ("说明", "note")}
    ordered = sorted(problems, key=lambda problem: rank[problem.severity])
    for problem in ordered[:limit]:
        word = words[problem.severity][lang == "en"]
        console.print(f"{word}: {problem.text(lang)}", markup=False)
    if len(ordered) > limit:
        more = len(ordered) - limit
        console.print(f"……另有 {more} 条" if lang == "zh" else f"… and {more} more", markup=False)


def say_table(title: str, headers: Iterable[str], rows: Iterable[Iterable[Any]], numbers: Iterable[int] = ()) -> None:
    """A table; the columns named by place in `numbers` are right-aligned."""
    right = set(numbers)
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for place, header in enumerate(headers):
        table.add_column(header, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(highlight=False).print(table)


def say_json(value: Any) -> None:
    """JSON on the standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
