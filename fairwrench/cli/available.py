"""The list of commands; each is imported only when it is called, with as much of Polars, DuckDB, Django as it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import click


@dataclass(frozen=True, slots=True)
class ListedCommand:
    """One line of the list: what the command does in a few words, and where it is imported from when it is called."""

    short_help: str
    load: Callable[[], click.Command]


# Each module is named in the call itself, where readers, tools and tests/test_imports.py look for imports.
LISTED: dict[str, ListedCommand] = {
    "settle": ListedCommand(
        "Settle a month of files into scores, grades and pay.",
        lambda: import_module("fairwrench.cli.commands.settle").settle,
    ),
    "explain": ListedCommand(
        "Show why a person has these figures, down to the rows.",
        lambda: import_module("fairwrench.cli.commands.explain").explain,
    ),
    "verify": ListedCommand(
        "Recompute settled months from their seals.",
        lambda: import_module("fairwrench.cli.commands.verify").verify,
    ),
    "simulate": ListedCommand(
        "Try another scheme on past months.",
        lambda: import_module("fairwrench.cli.commands.simulate").simulate,
    ),
    "rating-forms": ListedCommand(
        "Write workbooks for raters and appraisal forms to sign.",
        lambda: import_module("fairwrench.cli.commands.forms").rating_forms,
    ),
    "check-scheme": ListedCommand(
        "Say everything that is wrong with a scheme, with lines.",
        lambda: import_module("fairwrench.cli.commands.scheme").check_scheme,
    ),
    "deadlines": ListedCommand(
        "List who must have done what by when.",
        lambda: import_module("fairwrench.cli.commands.deadlines").deadlines,
    ),
    "sample": ListedCommand(
        "Make the files of an invented dealer group.",
        lambda: import_module("fairwrench.cli.commands.sample").sample,
    ),
    "demo": ListedCommand(
        "Make a sample group, settle a month, explain a person.",
        lambda: import_module("fairwrench.cli.commands.demo").demo,
    ),
    "serve": ListedCommand(
        "Serve the web application.",
        lambda: import_module("fairwrench.cli.commands.serve").serve,
    ),
    "backup": ListedCommand(
        "Write everything the application keeps to one archive.",
        lambda: import_module("fairwrench.cli.commands.backup").backup,
    ),
    "restore": ListedCommand(
        "Bring back an archive into an empty home.",
        lambda: import_module("fairwrench.cli.commands.backup").restore,
    ),
}


class CommandTable(Mapping[str, click.Command]):
    """Commands by name; one is imported when it is looked up, none when their names are listed."""

    def __getitem__(self, name: str) -> click.Command:
        """The command itself; KeyError when there is none of that name."""
        return LISTED[name].load()

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which a newcomer meets them."""
        return iter(LISTED)

    def __len__(self) -> int:
        """How many commands there are."""
        return len(LISTED)


class ListedGroup(click.Group):
    """The group of all commands, whose help is written from the list alone."""

    def __init__(self, **settings: Any) -> None:
        # click only reads the table: it looks names up, lists them, and suggests the nearest one
        super().__init__(commands=cast(MutableMapping[str, click.Command], CommandTable()), **settings)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands below the options."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, LISTED[name].short_help) for name in self.list_commands(ctx)])
