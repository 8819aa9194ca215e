"""`fairwrench sample`: the files of a dealer group that does not exist."""

from __future__ import annotations

from pathlib import Path

import click

from fairwrench.cli.console import language_option, refusals
from fairwrench.samples.sample import make_sample


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--stores", default=3, show_default=True, type=click.IntRange(1, 1000))
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 60))
@click.option("--people", type=click.IntRange(20), help="People of one store.")
@click.option("--orders", type=click.IntRange(1), help="Orders of one store in one month.")
@click.option("--seed", default=7, show_default=True)
@language_option
@refusals
def sample(
    directory: Path, stores: int, months: int, people: int | None, orders: int | None, seed: int, lang: str
) -> None:
    """Write files like those that three stores' systems export into DIRECTORY, dirt included.

    truth.yaml says what was planted in them. The same options give the same evidence.
    """
    make_sample(directory, stores=stores, months=months, people=people, orders=orders, seed=seed)
    zh, en = (
        f"已写入 {directory}；下一步：fairwrench settle 2026-10 --data {directory} --out …",
        f"written to {directory}; next: fairwrench settle 2026-10 --data {directory} --out …",
    )
    click.echo(zh if lang == "zh" else en)
