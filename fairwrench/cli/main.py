"""The `fairwrench` command: settle a month from files, explain it, verify it, try another scheme."""

from __future__ import annotations

import click

from fairwrench.cli.deadlines import deadlines
from fairwrench.cli.demo import demo
from fairwrench.cli.explain import explain
from fairwrench.cli.forms import rating_forms
from fairwrench.cli.sample import sample
from fairwrench.cli.scheme import check_scheme
from fairwrench.cli.settle import settle
from fairwrench.cli.simulate import simulate
from fairwrench.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="fairwrench")
def main() -> None:
    """Fairwrench · 公绩 — after-sales performance, from the files that departments hand in to scores, grades and pay.

    \b
    A first round:
      fairwrench sample build/demo                                       makes a dealer group's files
      fairwrench settle 2026-10 --data build/demo --out build/demo-out   settles a month of them
      fairwrench explain EMPLOYEE 2026-10 --out build/demo-out --rows    shows why, down to the rows
    Exit codes: 0 done; 1 done with people incomplete or rows rejected (with --strict); 2 refused, nothing written.
    """


for command in (settle, explain, verify, simulate, rating_forms, check_scheme, deadlines, sample, demo):
    main.add_command(command)
