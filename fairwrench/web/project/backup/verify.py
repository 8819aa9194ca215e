"""`fairwrench verify` for what the application keeps: its home found, its months checked as its pages check them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import django
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fairwrench.closing.check.verification import Verification
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.project.environment import Environment

SETTINGS = "fairwrench.web.project.settings"
#: the folder of settled months, beside the ledger unless that was told to lie elsewhere
SETTLEMENTS = "settlements"


def variables_of(ledger: Path | None, variables: Mapping[str, str]) -> dict[str, str]:
    """The environment that leads to what the application keeps; Refused where nothing of the kind lies there.

    `ledger` is the folder of its evidence where it is given; its home is then the folder around it, if months are kept
    there, else the one that `serve` takes.
    """
    found = dict(variables)
    if ledger is not None:
        found["FAIRWRENCH_LEDGER"] = str(ledger.resolve())
        if (ledger.resolve().parent / SETTLEMENTS).is_dir():
            found["FAIRWRENCH_HOME"] = str(ledger.resolve().parent)
    environment = Environment(found)
    home = environment.home
    database = environment.database_url
    path = Path(database.removeprefix("sqlite:///")) if database.startswith("sqlite:///") else None
    if not (home / SETTLEMENTS).is_dir() or not environment.ledger.is_dir() or (path and not path.is_file()):
        raise Refused([_nothing_kept(home)])
    return {**found, "FAIRWRENCH_HOME": str(home)}


def months_verified(*, ledger: Path | None, month: Month | None, engine: Engine) -> Iterator[Verification]:
    """Every settled month of the application checked, or the one asked for. Nothing is written.

    Refused where nothing is kept, no month is settled, or the database is of another version.
    """
    os.environ |= variables_of(ledger, os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    # verifying writes nothing, so it does not bring the database up to date itself
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused([_not_migrated()])
    from fairwrench.web.settlements.runs.verification import runs_verified  # noqa: PLC0415  models need Django set up

    return runs_verified(month=month, engine=engine)


def _nothing_kept(home: Path) -> Problem:
    zh = f"{home} 里没有应用保存的月份；请给出核算结果文件夹，或用 --ledger 指定应用的台账（也可设 FAIRWRENCH_HOME）"
    en = (
        f"{home} keeps no months of the application; name a folder that a month was settled into, or the application's "
    )
    en += "ledger by --ledger (or set FAIRWRENCH_HOME)"
    return Problem("nothing_kept", zh, en)


def _not_migrated() -> Problem:
    zh = "数据库还不是本程序的版本；请先启动一次 fairwrench serve，再核对"
    en = "the database is not of this version yet; start fairwrench serve once, then verify"
    return Problem("database_version", zh, en)
