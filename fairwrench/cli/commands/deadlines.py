"""`fairwrench deadlines`: who must have done what by when."""

from __future__ import annotations

import click

from fairwrench.catalog.loader import load_scheme
from fairwrench.cli.console import language_option, refusals, say_json, say_problems, say_table
from fairwrench.cli.parameters import MONTH
from fairwrench.report.naming import ROLES
from fairwrench.settlement.calendar.deadlines import Deadline, Month
from fairwrench.settlement.calendar.deadlines import deadlines as work_out
from fairwrench.settlement.scheme.scheme import Scheme


@click.command()
@click.argument("month", type=MONTH)
@click.option("--scheme", default="dealership", show_default=True, help="Name of a shipped scheme, or a file.")
@click.option("--postpone", type=click.Choice(["weekends", "workdays"]), help="Overrides what the scheme says.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
@refusals
def deadlines(month: Month, scheme: str, postpone: str | None, as_json: bool, lang: str) -> None:
    """The deadlines of the cycle that assesses MONTH, and why some are moved."""
    chosen = load_scheme(scheme)
    found, problems = work_out(month, chosen.cycle, postpone=postpone)  # type: ignore[arg-type]
    say_problems(problems, lang)
    rows = [row(deadline, lang) for deadline in found]
    names = ("step", "responsible", "nominal", "due", "moved")
    # Ids and not names: programs that read it look positions up in the scheme.
    if as_json:
        say_json([dict(zip(names, line, strict=True)) for line in rows])
        return
    heads = ("步骤", "责任人", "名义时间", "实际截止", "顺延原因") if lang == "zh" else names
    say_table(f"{month}", heads, [(step, called(who, chosen, lang), *rest) for step, who, *rest in rows])


def row(deadline: Deadline, lang: str) -> tuple[str, str, str, str, str]:
    """One deadline as text; who is responsible as the scheme's word."""
    reason = deadline.reason.of(lang) if deadline.reason else ""
    times = (f"{deadline.nominal:%Y-%m-%d %H:%M}", f"{deadline.due:%Y-%m-%d %H:%M}")
    return (deadline.name.of(lang), deadline.responsible, *times, reason)


def called(responsible: str, scheme: Scheme, lang: str) -> str:
    """The name of a position or role."""
    position = scheme.positions.get(responsible)
    name = position.name if position else ROLES.get(responsible)
    return name.of(lang) if name else responsible
