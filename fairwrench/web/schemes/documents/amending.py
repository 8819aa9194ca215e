"""A document with something laid upon it, written anew; runs in a process of its own, as it reads what was handed in.

Nothing here knows of Django or of the database. Remarks of the document are lost, and its order is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from fairwrench.catalog.document import read_document
from fairwrench.settlement.problem import Refused

#: columns at which long lines are folded
_WIDTH = 120


@dataclass(frozen=True)
class Amendment:
    """Where the document lies (None: a new one), what problems call it, what is laid upon it: mappings merge, anything
    else replaces, None stays to remove what a base says."""

    path: Path | None
    name: str
    changes: Mapping[str, Any] = field(repr=False)


def amended(order: Amendment, _out: Path) -> dict[str, Any]:
    """The text of the new document (`text`, empty with `problems` where the old one cannot be read)."""
    try:
        text = order.path.read_text(encoding="utf-8-sig") if order.path else ""
        data = read_document(text, order.name).data if text else {}
    except (OSError, UnicodeDecodeError):
        data = {}
    except Refused as refused:
        return {"text": "", "problems": [asdict(problem) for problem in refused.problems]}
    whole = _laid(data, order.changes)
    # what a base says is removed by null; without one there is nothing to remove
    return {"text": written(whole if "base" in whole else _filled(whole)), "problems": []}


def written(data: Mapping[str, Any]) -> str:
    """A document as YAML, its numbers as they are."""
    return yaml.dump(dict(data), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=_WIDTH)


def _laid(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in over.items():
        there = result.get(key)
        result[key] = _laid(there, value) if isinstance(there, dict) and isinstance(value, Mapping) else value
    return result


def _filled(part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _filled(value) if isinstance(value, Mapping) else value for key, value in part.items() if value is not None
    }


class _Writer(yaml.SafeDumper):
    """Writes exact numbers as numbers, digit by digit."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written as a reference to something above."""
        return True


def _number(writer: _Writer, value: Decimal) -> yaml.ScalarNode:
    text = f"{value:f}"
    return writer.represent_scalar("tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int", text)


_Writer.add_representer(Decimal, _number)
