"""`fairwrench serve`: the database brought up to date, a worker started, the web server run; all end together.

The process that looks after the others loads none of what they need: it only waits.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from fairwrench.web.project.environment import Environment
from fairwrench.web.ui.assets import GATHERED

ROOT = Path(__file__).parents[4]
SETTINGS = "fairwrench.web.project.settings"
PREPARING = "fairwrench.web.project.serving.prepare"
SERVER = ("-m", "gunicorn", "fairwrench.web.project.wsgi", "--worker-class", "gthread")
LIMITS = ("--timeout", "120", "--log-level", "warning")


@dataclass(frozen=True)
class ServeOptions:
    """How to serve: the address to listen on (that of the environment's URL unless given), how many processes and how
    many threads each, the folder to build the demo in, the language to speak on the terminal."""

    bind: str | None = None
    processes: int | None = None
    threads: int = 4
    demo: Path | None = None
    lang: str = "zh"


def serve(asked: ServeOptions) -> int:
    """Prepare, then run worker and web server until one of them ends or somebody stops them; the exit code."""
    url = Environment.of_process().url
    # Said before the minutes that a demo takes: without these files every page is an error.
    if not (ROOT / GATHERED).is_dir():
        _say(
            asked.lang,
            f"网页用的样式和图标还没有装（没有 {GATHERED}）：请先在程序所在的文件夹运行 make install，再启动。",
            f"What the pages look like is not installed yet ({GATHERED} is not there): run make install in the folder "
            "of the program, then start again.",
        )
        return 1
    _say(asked.lang, "正在准备数据库……", "Preparing the database …")
    if asked.demo:
        _say(
            asked.lang,
            "正在生成演示集团，需要两三分钟，每发布一个月显示一行：",
            "Building the demo, two or three minutes:",
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    code, stopped = _together([[sys.executable, "-m", PREPARING, *([str(asked.demo)] if asked.demo else [])]])
    if code or stopped:
        return code
    _say(asked.lang, f"打开 {url} 使用；按 Ctrl+C 停止。", f"Open {url} in a browser; Ctrl+C stops it.")
    worker = [sys.executable, "-m", "django", "run_worker"]
    many = ("--workers", str(asked.processes or processes()), "--threads", str(asked.threads))
    web = [sys.executable, *SERVER, *LIMITS, *many, "--bind", asked.bind or bound(url)]
    return _together([worker, web])[0]


def _say(lang: str, zh: str, en: str) -> None:
    print(zh if lang == "zh" else en, flush=True)


def bound(url: str) -> str:
    """What the web server listens on for people to come by `url`: its port, on this machine alone."""
    return f"127.0.0.1:{urlsplit(url).port or 8000}"


def processes() -> int:
    """How many web processes a machine of so many cores runs unless told otherwise.

    Python works on one request at a time, so the threads of one process leave the second core idle. More than two are
    for whoever has the memory (some 130 MB each): the worker that lands and settles wants a core as well.
    """
    return min(2, os.cpu_count() or 1)


def _together(commands: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Run some programs until the first ends; then the others are asked to end, and waited for.

    The exit code (0 also where somebody stopped them), and whether somebody did.
    """
    running = [subprocess.Popen(command) for command in commands]
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        end()

    def end() -> None:
        for process in running:
            process.terminate()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    # looks without reaping, so that `wait` below still finds each one's exit code
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    end()
    ended = [process.wait() for process in running]
    # ended because somebody stopped it is no fault
    return next((code for code in ended if code not in (0, -signal.SIGTERM, -signal.SIGINT)), 0), stopped
