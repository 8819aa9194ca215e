"""What all commands share: the language, refusals with every problem named, tables and JSON on the terminal."""

from __future__ import annotations

import functools
import json
import locale
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from fairwrench.settlement.problem import Problem, Refused

REFUSED = 2
#: columns of a table whose output is piped
PIPED = 200
P = ParamSpec("P")
R = TypeVar("R")


def default_language() -> str:
    """zh where the terminal's locale is Chinese, else en."""
    # The order in which POSIX has them; an empty one counts as not set.
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
            problems = refused.problems
        except BrokenPipeError:
            # Whoever reads has read enough; the command line's library ends quietly.
            raise
        except OSError as error:
            # No fault of ours: the disk is full, nobody may write there, or something stands in the way.
            problems = (_no_disk(error),)
        # A command without `--lang` refuses, too, and then speaks as the terminal does.
        say_problems(problems, str(kwargs.get("lang") or default_language()))
        sys.exit(REFUSED)

    return guarded


def _no_disk(error: OSError) -> Problem:
    what = " ".join(str(part) for part in (error.strerror or error, error.filename) if part)
    zh = f"磁盘不能读写：{what}；请检查可用空间和权限后再试，已收下的数据不会丢失"
    en = f"the disk refuses: {what}; look at free space and permissions and try again, what was taken in is not lost"
    return Problem("disk_refuses", zh, en)


def program_name() -> str:
    """How this program was called, for commands to be copied: `.venv/bin/fairwrench`; its bare name when unsure."""
    called = Path(sys.argv[0])
    # An absolute path of somebody's machine helps nobody to whom the line is passed on.
    return str(called) if called.name == "fairwrench" and not called.is_absolute() else "fairwrench"


def terminal(*, error: bool = False) -> Console:
    """A console as wide as the terminal, and wide enough for any table when its output is piped."""
    console = Console(stderr=error, highlight=False)
    # Piped, Rich would take 80 columns for granted and fold every table.
    return console if console.is_terminal else Console(stderr=error, highlight=False, width=PIPED)


def say_problems(problems: Iterable[Problem], lang: str, limit: int = 200) -> None:
    """Problems on the error output, the worst first; equal ones of several files are told once, with their number."""
    # On the error output, so that `--json` and tables can be piped without them.
    console = terminal(error=True)
    rank = {"error": 0, "warning": 1, "note": 2}
    words = {"error": ("错误", "error"), "warning": ("提醒", "warning"), "note": ("说明", "note")}
    alike: dict[tuple[str, str, str, str], list[Problem]] = {}
    for problem in problems:
        sentence = problem.zh if lang == "zh" else problem.en
        # By the sentence alone: the same thing said of thirty files would push all others off the screen. But a file
        # that an error is about is named, each by itself: it is what somebody has to mend, or was not read at all.
        about = problem.file if problem.severity == "error" else ""
        alike.setdefault((problem.severity, problem.code, sentence, about), []).append(problem)
    ordered = sorted(alike.values(), key=lambda same: rank[same[0].severity])
    for first, *others in ordered[:limit]:
        more = f"（另有 {len(others)} 处相同）" if lang == "zh" else f" (and {len(others)} more like it)"
        text = first.text(lang) + (more if others else "")
        # No mark-up, as texts quote cells and formulas; no folding, so that a piped line stays one line.
        console.print(f"{words[first.severity][lang == 'en']}: {text}", markup=False, soft_wrap=True)
    if len(ordered) > limit:
        left = len(ordered) - limit
        console.print(f"……另有 {left} 条" if lang == "zh" else f"… and {left} more", markup=False)


def say_table(title: str, headers: Iterable[str], rows: Iterable[Iterable[Any]], numbers: Iterable[int] = ()) -> None:
    """A table; the columns named by place in `numbers` are right-aligned."""
    right = set(numbers)
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for place, header in enumerate(headers):
        table.add_column(header, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    terminal().print(table)


def say_json(value: Any) -> None:
    """JSON on the standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    """What JSON does not know: parts of documents as mappings, everything else as text."""
    # Decimals and dates as text: a JSON number would pass through a float in whatever reads it.
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else str(value)
