"""Rates as people type and read them in a table: `18`, `2%`, `28；60以上32；100以上36`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from unicodedata import normalize

from fairwrench.settlement.exact import plain
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import CommissionLine
from fairwrench.web.ui.words import pick

Tiers = tuple[tuple[Decimal, Decimal], ...]
#: what parts the slices of a cell; a comma alone may part thousands
_PARTED = re.compile(r"[;；、\n]|，|,\s")
_NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?"
#: a slice above an amount: 60以上32, 超过 60 的部分 32, >60 32, above 60: 32
_ABOVE = re.compile(
    rf"(?:超过|大于|above|over|>)?\s*(?P<from>{_NUMBER})"
    rf"(?:\s*(?:以上|起|的部分)+\s*[:×x]?\s*|\s*[:×x]\s*|\s+)(?P<rate>{_NUMBER}\s*%?)",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"{_NUMBER}\s*%?")
#: a share of money above this is a slip: nobody pays more than half of what is sold
_MOST_SHARE = Decimal("0.5")


@dataclass(frozen=True)
class Typed:
    """What a cell says: one rate, or slices by where they begin."""

    rate: Decimal | None = None
    tiers: Tiers | None = None


def read(text: str, unit: str) -> Typed | None:
    """A cell; None for an empty one, Refused for what is no rate of the unit."""
    # parted before widths are made one: a Chinese comma parts slices, one within a number thousands
    pieces = [piece for part in _PARTED.split(text) if (piece := normalize("NFKC", part).strip())]
    if not pieces:
        return None
    first, *others = pieces
    if not others and _PLAIN.fullmatch(first):
        return Typed(rate=_rate(first, unit))
    slices = [(Decimal(0), _rate(first, unit))] if _PLAIN.fullmatch(first) else [_slice(first, unit)]
    slices += [_slice(piece, unit) for piece in others]
    if any(later[0] <= earlier[0] for earlier, later in pairwise(slices)):
        raise Refused([_wrong(text, "各档起点应从小到大", "slices begin one above the other")])
    return Typed(tiers=tuple(slices))


def shown(line: CommissionLine, unit: str) -> str:
    """A line's rate as it is typed."""
    if line.rate is not None:
        return _said(line.rate, unit)
    return pick("；", "; ").join(_pieces(line.tiers or (), unit))


def _pieces(tiers: Tiers, unit: str) -> Iterator[str]:
    for at, rate in tiers:
        said = _said(rate, unit)
        yield pick(f"{plain(at)}以上{said}", f"above {plain(at)}: {said}") if at else said


def _said(rate: Decimal, unit: str) -> str:
    return f"{plain(rate * 100)}%" if unit == "money" else plain(rate)


def _slice(piece: str, unit: str) -> tuple[Decimal, Decimal]:
    found = _ABOVE.fullmatch(piece)
    if found is None:
        raise Refused([_wrong(piece, "看不懂；写作 28；60以上32", "not understood; write 28; above 60: 32")])
    return _decimal(found["from"]), _rate(found["rate"], unit)


def _rate(text: str, unit: str) -> Decimal:
    share = text.rstrip().endswith("%")
    value = _decimal(text.rstrip().removesuffix("%"))
    if share and unit != "money":
        raise Refused([_wrong(text, "这一项按单价计，不写百分比", "this is paid by the piece, not per cent")])
    rate = value / 100 if share else value
    if unit == "money" and abs(rate) > _MOST_SHARE:
        zh, en = "比例过大；2% 请写 2% 或 0.02", "a share so large is a slip; 2 % is 2% or 0.02"
        raise Refused([_wrong(text, zh, en)])
    return rate


def _decimal(text: str) -> Decimal:
    return Decimal(text.strip().replace("−", "-").replace(",", ""))


def _wrong(text: str, zh: str, en: str) -> Problem:
    return Problem("rate", f"“{text}”：{zh}", f"{text!r}: {en}")
