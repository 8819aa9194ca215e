"""`fairwrench verify`: recompute settled months from their seals."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from fairwrench.cli.console import language_option, refusals, say_problems
from fairwrench.cli.engine import engine_named, engine_option
from fairwrench.cli.parameters import MONTH
from fairwrench.closing.check.verification import Verification
from fairwrench.closing.check.verify import verify as verify_out
from fairwrench.closing.run_files import RECORDS
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.problem import Problem, Refused

DIFFERS = 1
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("out", type=_FOLDER, required=False)
@click.option("--ledger", type=_FOLDER, help="The ledger of the application, or the one that OUT was settled from.")
@click.option("--month", type=MONTH, help="Only this month.")
@engine_option
@language_option
@refusals
def verify(out: Path | None, ledger: Path | None, month: Month | None, engine: str, lang: str) -> None:
    """Recompute the month in OUT from its seal; say equal, or name every byte, fen or date that differs.

    \b
    Without OUT the months that the application keeps are recomputed: those of FAIRWRENCH_HOME, else of
    fairwrench-data in this folder, else of the home around --ledger.
    """
    # A ledger beside the records of a settled month is that of a folder, not the application's.
    if out is None and ledger is not None and (ledger.parent / RECORDS).is_dir():
        out = ledger.parent
    # All of them, also after one that differs: the exit code comes last, and every verdict is said.
    checked = [*_verified(out, ledger, month, engine_named(engine), lang)]
    if not all(verification.equal for verification in checked):
        sys.exit(DIFFERS)


def _verified(
    out: Path | None, ledger: Path | None, month: Month | None, engine: Engine, lang: str
) -> Iterable[Verification]:
    """Each month checked, and said as soon as it is."""
    months = [verify_out(out, engine, ledger)] if out else _of_application(ledger, month, engine)
    for verification in months:
        if month and verification.month != str(month):
            raise Refused([_other_month(verification.month, month)])
        click.echo(f"{verification.month} {verification.verdict(lang)}")
        say_problems(verification.problems, lang)
        yield verification


def _of_application(ledger: Path | None, month: Month | None, engine: Engine) -> Iterable[Verification]:
    from fairwrench.web.project.backup.verify import months_verified  # noqa: PLC0415  Django is slow to import

    return months_verified(ledger=ledger, month=month, engine=engine)


def _other_month(found: str, month: Month) -> Problem:
    zh, en = f"这个文件夹里核算的是 {found}，不是 {month}", f"{found} was settled into this folder, not {month}"
    return Problem("other_month", zh, en)
