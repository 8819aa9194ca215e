"""Readings that go astray. They run in the reading process, which knows nothing of Django."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any


def well(order: Any, out: Path) -> dict[str, Any]:
    """Reads, and tells what the process is and has."""
    (out / "frame").write_text("kept", encoding="utf-8")
    return {
        "order": order,
        "django": sorted(name for name in sys.modules if name.partition(".")[0] == "django"),
        "memory": resource.getrlimit(resource.RLIMIT_DATA)[0],
        "mode": (out / "frame").stat().st_mode & 0o777,
        "nice": os.nice(0) - order["nice"],
    }


def odd(_order: Any, _out: Path) -> dict[str, Any]:
    """Found texts that no database keeps."""
    return {"a\0": ["\ud800", {"b": "c\0"}], "n": 1}


def hang(_order: Any, _out: Path) -> dict[str, Any]:
    """Never answers."""
    time.sleep(60)
    return {}


def spin(_order: Any, _out: Path) -> dict[str, Any]:
    """Never answers, and is busy."""
    while True:
        pass


def die(_order: Any, _out: Path) -> dict[str, Any]:
    """Crashes as a native library does."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def fail(_order: Any, _out: Path) -> dict[str, Any]:
    """Raises what nobody thought of."""
    raise ZeroDivisionError


def panic(_order: Any, _out: Path) -> dict[str, Any]:
    """Raises what is no Exception, as a library in Rust does."""
    raise BaseException("panicked")


def swell(_order: Any, _out: Path) -> dict[str, Any]:
    """Takes more memory than it may."""
    return {"size": len(bytearray(1 << 30))}


def fill(_order: Any, out: Path) -> dict[str, Any]:
    """Writes one file larger than all it may write."""
    with (out / "large").open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    return {}


def scatter(_order: Any, out: Path) -> dict[str, Any]:
    """Writes many files that are larger together."""
    for at in range(40):
        (out / str(at)).write_bytes(bytes(1 << 20))
    return {}


def ramble(_order: Any, _out: Path) -> dict[str, Any]:
    """Tells more than anybody wants to know."""
    return {"told": "x" * (3 << 20)}


class Trap:
    """What would run something where it is unpickled."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path(self.mark).touch, ())


def boobytrap(order: Any, out: Path) -> dict[str, Any]:
    """Gives an object instead of data, and leaves a pickle behind that looks like a result."""
    (out / "result.pickle").write_bytes(json.dumps({}).encode())
    return {"trap": Trap(order)}
