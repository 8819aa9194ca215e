"""`fairwrench serve`: the database brought up to date, a worker started, the web server run; all end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from urllib.parse import urlsplit

SETTINGS = "fairwrench.web.project.settings"


def manage(*arguments: str) -> None:
    """Run one of Django's management commands in this process."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415  settings come from the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    execute_from_command_line(["fairwrench", *arguments])


def prepare() -> None:
    """Bring the database and the static files up to date."""
    manage("migrate", "--no-input", "--verbosity", "0")
    manage("collectstatic", "--no-input", "--verbosity", "0")
    manage("prepare_office")


def serve(bind: str, threads: int) -> int:
    """Prepare, then run worker and web server until one of them ends or somebody stops them; the exit code."""
    prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    worker = [sys.executable, "-m", "django", "run_worker"]
    web = [sys.executable, "-m", "gunicorn", "fairwrench.web.project.wsgi", "--bind", bind, "--threads", str(threads)]
    web += ["--worker-class", "gthread", "--workers", "1", "--timeout", "120", "--log-level", "warning"]
    return _together([worker, web])


def bound(url: str) -> str:
    """The address that the web server binds to for people to come by `url`: its port, on this machine alone."""
    parts = urlsplit(url)
    return f"127.0.0.1:{parts.port or 8000}"


def _together(commands: Sequence[Sequence[str]]) -> int:
    """Run some programs until the first ends; then the others are asked to end, and waited for."""
    running = [subprocess.Popen(command) for command in commands]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for process in running:
            process.terminate()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    stop(0, None)
    ended = [process.wait() for process in running]
    return next((1 for code in ended if code not in (0, -signal.SIGTERM, -signal.SIGINT)), 0)
