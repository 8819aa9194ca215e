"""Readers that go astray. They run in the reading process, which knows nothing of Django."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from fairwrench.web.evidence import bounded

RUN = bounded.run_bounded


class Astray:
    """The reader of the process, doing something else than reading; carried over as such."""

    def __init__(self, does: Callable[[Any], None]) -> None:
        self.does = does

    def __call__(self, order: Any, memory: int, seconds: int) -> None:
        bounded.read_file = self.does
        RUN(order, memory, seconds)


def hang(_order: Any) -> None:
    """Never answers."""
    time.sleep(60)


def die(_order: Any) -> None:
    """Crashes as a native library does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(_order: Any) -> None:
    """Raises what nobody thought of."""
    raise ZeroDivisionError


def swell(_order: Any) -> None:
    """Takes more memory than it may."""
    bytearray(1 << 30)


def end(_order: Any) -> None:
    """Ends well, and has read nothing."""
