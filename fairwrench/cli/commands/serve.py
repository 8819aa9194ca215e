"""`fairwrench serve`: the web application for as long as the command runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from fairwrench.cli.console import language_option, refusals


@click.command()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of everything that is kept; FAIRWRENCH_HOME, else fairwrench-data in this folder.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port on this machine; that of FAIRWRENCH_URL, else 8000.")
@click.option("--bind", help="Address and port to listen on instead, e.g. 0.0.0.0:8000 behind a proxy.")
@click.option("--processes", type=click.IntRange(1, 64), help="Web processes; 2, or 1 on a machine of one core.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests that each serves at a time."
)
@click.option(
    "--demo",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build the demo group in this folder first and offer its logins; for trying out only.",
)
@language_option
@refusals
def serve(
    home: Path | None,
    port: int | None,
    bind: str | None,
    processes: int | None,
    threads: int,
    demo: Path | None,
    lang: str,
) -> None:
    """Bring the database up to date, start the background worker and the web server, and print the address.

    \b
    Without settings everything lies in one folder: SQLite, the ledger, uploads, settled months.
    Settings come from the environment (docs/administration.md). Ctrl+C ends worker and server.
    """
    if home or demo:
        os.environ["FAIRWRENCH_HOME"] = str((home or demo or Path()).resolve())
    if demo:
        os.environ["FAIRWRENCH_DEMO"] = "1"
    if port:
        # An address that the environment names stays: behind a proxy it is what people see, not where we listen.
        os.environ.setdefault("FAIRWRENCH_URL", f"http://127.0.0.1:{port}")
    from fairwrench.web.project.serving import serve as web  # noqa: PLC0415  Django is slow to import and reads what was set here

    sys.exit(web.serve(web.ServeOptions(bind=bind, processes=processes, threads=threads, demo=demo, lang=lang)))
