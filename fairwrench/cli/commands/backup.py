"""`fairwrench backup` and `fairwrench restore`: everything that an installation keeps, in one archive and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from fairwrench.cli.console import language_option, refusals
from fairwrench.web.project.environment import Environment

ARCHIVE = click.Path(dir_okay=False, path_type=Path)


def home_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--home`."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of everything that is kept; FAIRWRENCH_HOME, else fairwrench-data in this folder.",
    )(function)


@click.command()
@click.argument("archive", type=ARCHIVE)
@home_option
@language_option
@refusals
def backup(archive: Path, home: Path | None, lang: str) -> None:
    """Write database, uploads, settled months and ledger to ARCHIVE, and read it back to see that it is whole.

    \b
    The application may go on running: what lands meanwhile waits a moment, or is in the next backup.
    The archive holds everybody's pay and the secret key; only its owner may read it.
    """
    made = _backing(home).backup(Environment.of_process(), archive)
    size = archive.stat().st_size / 1_000_000
    zh = f"{archive}：{len(made.files)} 个文件，{size:.1f} MB，已核对"
    en = f"{archive}: {len(made.files)} files, {size:.1f} MB, read back and equal"
    click.echo(zh if lang == "zh" else en)


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@language_option
@refusals
def restore(archive: Path, home: Path | None, lang: str) -> None:
    """Bring ARCHIVE back into a home that is empty; nothing is written when it is cut off or altered."""
    made = _backing(home).restore(Environment.of_process(), archive)
    zh = (
        f"已恢复 {made.made_at} 的备份：{len(made.files)} 个文件。请用 fairwrench serve 启动，用 fairwrench verify 核对"
    )
    en = f"restored the backup of {made.made_at}, {len(made.files)} files; start it by fairwrench serve, and verify"
    click.echo(zh if lang == "zh" else en)


def _backing(home: Path | None) -> Any:
    if home:
        os.environ["FAIRWRENCH_HOME"] = str(home.resolve())
    from fairwrench.web.project.backup import backup as backing  # noqa: PLC0415  --help needs neither Polars nor the ledger

    return backing
