"""A document with other commission plans, written anew; runs in a process of its own, as it reads what was handed in.

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
from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import CommissionPlan

#: columns at which long lines are folded
_WIDTH = 120
#: of a line, what says how much is paid: one of the two
_RATES = ("rate", "tiers")


@dataclass(frozen=True)
class Amendment:
    """Where the document lies (None: a new one, which `head` begins), what problems call it, its new version, and the
    whole plan of each position as it is to be; None for one that has none any more."""

    path: Path | None
    name: str
    version: str
    plans: Mapping[str, Mapping[str, Any] | None] = field(repr=False)
    head: Mapping[str, Any] = field(default_factory=dict)


def amended(order: Amendment, _out: Path) -> dict[str, Any]:
    """The text of the new document (`text`, empty with `problems` where the old one cannot be read)."""
    try:
        data = dict(order.head)
        if order.path:
            data = read_document(order.path.read_text(encoding="utf-8-sig"), order.name).data
        base = data.get("base")
        below = load_scheme(base).pay.commission if isinstance(base, str) else {}
    except (OSError, UnicodeDecodeError):
        return {"text": "", "problems": []}
    except Refused as refused:
        return {"text": "", "problems": [asdict(problem) for problem in refused.problems]}
    pay = data["pay"] if isinstance(data.get("pay"), dict) else {}
    plans = dict(pay["commission"]) if isinstance(pay.get("commission"), dict) else {}
    for position, plan in order.plans.items():
        if plan is not None:
            plans[position] = _upon(plan, below.get(position))
        elif position in below:
            plans[position] = None
        else:
            plans.pop(position, None)
    whole = {**data, "version": _Quoted(order.version), "pay": {**pay, "commission": plans}}
    return {"text": written(whole), "problems": []}


def _upon(plan: Mapping[str, Any], base: CommissionPlan | None) -> dict[str, Any]:
    """A plan as it is written upon that of a base: what the base says beside it is removed by null."""
    if base is None:
        return dict(plan)
    lines: dict[str, Any] = {}
    for name, line in plan["lines"].items():
        there = base.lines.get(name)
        other = [key for key in _RATES if key not in line and there is not None and getattr(there, key) is not None]
        lines[name] = {**line, **dict.fromkeys(other)}
    gone = [name for name in base.lines if name not in lines]
    return {**plan, "lines": {**lines, **dict.fromkeys(gone)}}


def written(data: Mapping[str, Any]) -> str:
    """A document as YAML, its numbers as they are."""
    return yaml.dump(dict(data), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=_WIDTH)


class _Quoted(str):
    """A text that looks like a number and is none."""

    __slots__ = ()


class _Writer(yaml.SafeDumper):
    """Writes exact numbers as numbers, digit by digit."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written as a reference to something above."""
        return True


def _number(writer: _Writer, value: Decimal) -> yaml.ScalarNode:
    text = f"{value:f}"
    return writer.represent_scalar("tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int", text)


def _quoted(writer: _Writer, value: _Quoted) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')


_Writer.add_representer(Decimal, _number)
_Writer.add_representer(_Quoted, _quoted)
