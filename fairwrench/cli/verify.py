"""`fairwrench verify`: recompute a settlement from its seal."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fairwrench.catalog.loader import load_sources
from fairwrench.cli.console import language_option, refusals, say_problems
from fairwrench.cli.engine import engine_named, engine_option
from fairwrench.cli.parameters import sources_option
from fairwrench.closing.verify import verify as verify_out

DIFFERS = 1


@click.command(short_help="Recompute a settled month from its seal.")
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@sources_option
@engine_option
@language_option
@refusals
def verify(out: Path, folders: tuple[Path, ...], engine: str, lang: str) -> None:
    """Recompute the month in OUT from its seal; say equal, or name every byte, fen or date that differs."""
    problems = verify_out(out, engine_named(engine), load_sources(*folders))
    if problems:
        say_problems(problems, lang)
        sys.exit(DIFFERS)
    click.echo(
        "一致：重新计算的结果与封账结果逐字节相同。"
        if lang == "zh"
        else "equal: settled again from the seal, byte for byte."
    )
