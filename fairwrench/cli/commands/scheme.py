"""`fairwrench check-scheme`: everything that is wrong with a scheme, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fairwrench.catalog.loader import load_sources, open_scheme
from fairwrench.cli.console import REFUSED, language_option, refusals, say_problems
from fairwrench.cli.parameters import sources_option
from fairwrench.closing.check.scheme_check import wrong_formulas
from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.check.check import check_scheme as check
from fairwrench.settlement.problem import errors


@click.command("check-scheme")
@click.argument("scheme")
@sources_option
@language_option
@refusals
def check_scheme(scheme: str, folders: tuple[Path, ...], lang: str) -> None:
    """Check SCHEME (a file, or the name of a shipped one): every problem with its file, line and place."""
    opened = open_scheme(scheme)
    problems = opened.located(check(opened.scheme, load_sources(*folders), wrong_formulas(DIALECT)))
    say_problems(problems, lang)
    if errors(problems):
        sys.exit(REFUSED)
    cards, metrics = len(opened.scheme.scorecards), len(opened.scheme.metrics)
    zh = f"{opened.scheme.name.zh} {opened.scheme.version}：{cards} 张考核表，{metrics} 个指标，没有错误。"
    en = f"{opened.scheme.name.en} {opened.scheme.version}: {cards} scorecards, {metrics} metrics, no error."
    click.echo(zh if lang == "zh" else en)
