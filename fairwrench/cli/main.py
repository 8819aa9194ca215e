"""The `fairwrench` command: settle a month from files, explain it, verify it, try another scheme."""

from __future__ import annotations

import gc

import click

from fairwrench.cli.available import ListedGroup

# A settlement makes many small objects that live as long as it does; Python need not look through them again and again.
gc.set_threshold(100_000, 20, 100)


@click.group(cls=ListedGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="fairwrench")
def main() -> None:
    """Fairwrench · 公绩 — after-sales performance, from the files that departments hand in to scores, grades and pay.

    \b
    A first round:
      fairwrench sample build/sample --stores 1 --months 2 --people 30 --orders 300
      fairwrench settle 2026-10 --data build/sample --out build/out
      fairwrench explain E01006 2026-10 --out build/out --rows
    \b
    Exit codes: 0 done; 1 people incomplete or rows rejected (settle --strict), or something differs (verify);
    2 refused: the reasons are listed, and nothing was settled.
    """
