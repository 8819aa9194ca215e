"""Which engine a command runs on."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import ParamSpec, TypeVar

import click

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.problem import Problem, Refused

P = ParamSpec("P")
R = TypeVar("R")


def engine_option(function: Callable[P, R]) -> Callable[P, R]:
    """Adds `--engine duckdb|spark`."""
    option = click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        show_default=True,
        help="Where queries run; spark needs the extra fairwrench[spark]. The results are the same.",
    )
    return option(function)


def engine_named(name: str) -> Engine:
    """The engine of that name; Refused when the extra it needs is not installed."""
    if name == "duckdb":
        return DuckDB()
    try:
        # an extra: the module cannot be imported where pyspark is not installed
        engine: Engine = import_module("fairwrench.engines.spark").Spark()
    except ImportError:
        zh, en = (
            "未安装 Spark：pip install 'fairwrench[spark]'",
            "Spark is not installed: pip install 'fairwrench[spark]'",
        )
        # A refusal and no fallback: whoever asked for the cluster would otherwise wait for one machine without knowing.
        raise Refused([Problem("no_spark", zh, en)]) from None
    return engine
