"""`fairwrench sample`: the files of a dealer group that does not exist."""

from __future__ import annotations

from pathlib import Path

import click

from fairwrench.cli.console import language_option, program_name, refusals
from fairwrench.samples.sample import ORDERS, PEOPLE, UNTIL, make_sample


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--stores", default=3, show_default=True, type=click.IntRange(1, 1000), help="How many stores.")
@click.option(
    "--months", default=12, show_default=True, type=click.IntRange(1, 60), help=f"How many months, the last is {UNTIL}."
)
@click.option("--people", default=PEOPLE, show_default=True, type=click.IntRange(25), help="People of one store.")
@click.option(
    "--orders", default=ORDERS, show_default=True, type=click.IntRange(1), help="Orders of one store in one month."
)
@click.option("--seed", default=7, show_default=True, help="Another number makes another group.")
@language_option
@refusals
def sample(directory: Path, stores: int, months: int, people: int, orders: int, seed: int, lang: str) -> None:
    """Write into DIRECTORY what the systems of a dealer group would export, mistakes included.

    There is a roster and a folder for each month. truth.yaml says what was planted, for tests and for the curious.
    The same options give the same evidence.
    """
    make_sample(directory, stores=stores, months=months, people=people, orders=orders, seed=seed)
    zh, en = (
        f"已写入 {directory}；下一步：{program_name()} settle {UNTIL} --data {directory} --out …",
        f"written to {directory}; next: {program_name()} settle {UNTIL} --data {directory} --out …",
    )
    click.echo(zh if lang == "zh" else en)
