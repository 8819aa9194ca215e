"""The format of what is kept: ledgers, seals and settled months say theirs, and others are refused with the way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairwrench.ledger.damage import damaged
from fairwrench.settlement.problem import Problem, Refused

#: raised when a program of before could not read what is written now; what this one wrote is read ever after
FORMAT = 1
#: what says what a ledger is: its format and its time zone
LEDGER_JSON = "ledger.json"


def require_format(document: Mapping[str, Any], name: str) -> None:
    """Refused unless a document (`ledger.json`, a seal) is of a format that this program reads."""
    written = document.get("format")
    # The first version wrote no format; its files lack what seals rest on today, so they are not guessed at.
    if written is None:
        raise Refused([_older(name)])
    if not isinstance(written, int) or not 1 <= written <= FORMAT:
        raise Refused([_newer(name, str(written))])


def ledger_zone(folder: Path) -> str:
    """The time zone of the ledger in a folder; Refused when its `ledger.json` is damaged or of another format."""
    about = folder / LEDGER_JSON
    try:
        document = dict(json.loads(about.read_bytes()))
    except (OSError, ValueError, TypeError):
        raise Refused([damaged(about.name)]) from None
    require_format(document, about.name)
    if not isinstance(zone := document.get("time_zone"), str):
        raise Refused([damaged(about.name)])
    return zone


def _older(name: str) -> Problem:
    zh = f"{name} 由 0.1 版程序写成，没有格式号，本程序不再读取；请换一个新的文件夹，把同样的文件重新提交并核算"
    en = f"{name} was written by version 0.1, without a format, and is not read any more; "
    en += "hand the same files in again and settle them in a new folder"
    return Problem("older_format", zh, en, file=name)


def _newer(name: str, written: str) -> Problem:
    zh = f"{name} 的格式是 {written}，本程序只认识到 {FORMAT}；请使用写入它的程序版本，或更新的版本"
    en = (
        f"{name} has format {written}, this program knows up to {FORMAT}; use the version that wrote it, or a newer one"
    )
    return Problem("newer_format", zh, en, file=name)
