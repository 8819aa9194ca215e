"""The log of a Delta table, read as what it is: numbered files of JSON lines that add data files and take them away.

Engines beside ours read the table through it, so a log that was cut or changed shows them other rows than were sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable

from fairwrench.ledger.damage import log_damaged
from fairwrench.settlement.problem import Problem

LOG = "_delta_log"


@dataclass(frozen=True, slots=True)
class Log:
    """The log of a table up to a version: `sizes` are its data files there (path in the table → bytes)."""

    sizes: Mapping[str, int]
    problems: tuple[Problem, ...]


def read_log(table: Path, version: int) -> Log:
    """The data files of a table at a version as its log tells them, or what is wrong with the log."""
    sizes: dict[str, int] = {}
    # From the first commit, not from a checkpoint: no commit is ever cleaned up (see `SETTINGS`).
    for number in range(version + 1):
        path = table / LOG / f"{number:020d}.json"
        try:
            for action in _actions(path):
                _apply(action, sizes)
        # A line may be cut, be JSON of another shape, or be no JSON: for who reads it, each is a damaged log.
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Log({}, (log_damaged(table.name, f"{table.name}/{LOG}/{path.name}"),))
    if not _opens(table):
        return Log({}, (log_damaged(table.name, f"{table.name}/{LOG}"),))
    return Log(sizes, ())


def _actions(path: Path) -> Iterator[Mapping[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    # No commit is empty: a file cut to nothing would otherwise pass as one that changed nothing.
    if not lines:
        raise ValueError
    for line in lines:
        yield dict(json.loads(line))


def _apply(action: Mapping[str, Any], sizes: dict[str, int]) -> None:
    if "add" in action:
        # Delta's protocol writes paths percent-encoded.
        sizes[unquote(action["add"]["path"])] = int(action["add"]["size"])
    elif "remove" in action:
        sizes.pop(unquote(action["remove"]["path"]), None)


def _opens(table: Path) -> bool:
    """Whether the table can be opened as a whole, its checkpoints and what was committed later included."""
    try:
        return bool(DeltaTable(str(table)).version() >= 0)
    # Whatever deltalake raises here means one thing: another engine cannot read the table either.
    except Exception:
        return False
