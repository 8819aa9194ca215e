"""Rates as people type and read them in a table: `18`, `2%`, `28；60以上32；100以上36`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from fairwrench.settlement.exact import plain
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import CommissionLine
from fairwrench.web.ui.words import pick

Tiers = tuple[tuple[Decimal, Decimal], ...]
#: what parts the slices of a cell; a comma alone may part thousands
_PARTED = re.compile(r"[;；、\n]|，|,\s")
#: signs as Chinese keyboards type them
_WIDTHS = str.maketrans("０１２３４５６７８９．％－−：＞　", "0123456789.%--:> ")
#: of thousands each has its comma; any other comma is no number
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,6})?"
#: a slice above an amount: 60以上32, 超过 60 的部分 32, >60 32, above 60: 32
_ABOVE = re.compile(
    rf"(?P<sign>超过|大于|above|over|>)?\s*(?P<from>{_NUMBER})\s*(?P<word>(?:以上|起|的部分|:)*)\s*[:×x]?\s*"
    rf"(?P<rate>-?{_NUMBER}\s*%?)",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"-?{_NUMBER}\s*%?")
#: a share of money above this is a slip: nobody pays more than half of what is sold
_MOST_SHARE = Decimal("0.5")
#: nobody is paid so much by the piece, nor by so large a floor or cap, unless it was meant in per cent
_MOST_RATE, _MOST_BOUND = Decimal(100_000), Decimal(5)


@dataclass(frozen=True)
class Typed:
    """What a cell says: one rate, or slices by where they begin."""

    rate: Decimal | None = None
    tiers: Tiers | None = None


def read(text: str, unit: str) -> Typed | None:
    """A cell; None for an empty one, Refused for what is no rate of the unit."""
    # parted before widths are made one: a Chinese comma parts slices, one within a number thousands
    pieces = [piece for part in _PARTED.split(text) if (piece := part.translate(_WIDTHS).strip())]
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


def share_typed(text: str) -> Decimal | None:
    """A floor or cap as typed: 80% or 0.8; None for an empty one, Refused for what is no share."""
    word = text.translate(_WIDTHS).strip()
    if not word:
        return None
    if not re.fullmatch(rf"{_NUMBER}\s*%?", word):
        raise Refused([_wrong(text, "不是比例；写作 80%", "no share; write 80%")])
    value = _decimal(word.removesuffix("%"))
    share = value / 100 if word.endswith("%") else value
    if share > _MOST_BOUND:
        raise Refused([_wrong(text, "比例过大；80% 请写 80%", "a share so large is a slip; 80 % is written 80%")])
    return share


def _pieces(tiers: Tiers, unit: str) -> Iterator[str]:
    for at, rate in tiers:
        said = _said(rate, unit)
        yield pick(f"{plain(at)}以上{said}", f"above {plain(at)}: {said}") if at else said


def _said(rate: Decimal, unit: str) -> str:
    return f"{plain(rate * 100)}%" if unit == "money" else plain(rate)


def _slice(piece: str, unit: str) -> tuple[Decimal, Decimal]:
    found = _ABOVE.fullmatch(piece)
    # two numbers beside each other may be anything: 28 32, 1 000
    if found is None or not (found["sign"] or found["word"]):
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
    if abs(rate) > _MOST_RATE:
        raise Refused([_wrong(text, "单价过大", "a rate so large is a slip")])
    return rate


def _decimal(text: str) -> Decimal:
    return Decimal(text.strip().replace(",", ""))


def _wrong(text: str, zh: str, en: str) -> Problem:
    shown_text = text if len(text) <= 40 else f"{text[:40]}…"
    return Problem("rate", f"“{shown_text}”：{zh}", f"{shown_text!r}: {en}")
