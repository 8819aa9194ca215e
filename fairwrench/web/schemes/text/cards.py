"""Scorecards and metrics as pages show them: every figure in words, every curve drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.part import Part
from fairwrench.settlement.scheme.scheme import Item, Metric, Scorecard
from fairwrench.web.schemes.text.curves import curve_words, picture, plain, value_words
from fairwrench.web.schemes.text.measuring import Measured, exceptions, measured, notes
from fairwrench.web.ui.words import pick

Anchored = tuple[str, str]


@dataclass(frozen=True)
class Level:
    """One word of a rating: its points, what it looks like, whether it needs an example in writing."""

    word: str
    points: str
    looks: str
    example: bool


@dataclass(frozen=True)
class Line:
    """One item of a scorecard. `metric` is the metric's key, empty for ratings and bonuses."""

    key: str
    anchor: str
    kind: str
    name: str
    note: str
    category: str
    weight: str
    of: str
    target: str
    words: str
    picture: SafeString
    levels: tuple[Level, ...]
    raters: str
    up_to: str
    apart: tuple[str, ...]
    metric: str
    reference: str
    house: bool


@dataclass(frozen=True)
class Card:
    """A scorecard, the positions that it is for, and its lines."""

    key: str
    name: str
    note: str
    reference: str
    house: bool
    positions: tuple[Anchored, ...]
    lines: tuple[Line, ...]
    total: str


@dataclass(frozen=True)
class Figure:
    """A metric: how it is measured, what else holds for it, on which scorecards it stands."""

    key: str
    name: str
    note: str
    unit: str
    numerator: Measured
    denominator: Measured | None
    notes: tuple[str, ...]
    deciders: str
    independent: Anchored | None
    cards: tuple[Anchored, ...]
    reference: str
    house: bool


def reference_of(part: Part) -> str:
    """The article that a part comes from."""
    return part.reference if part.reference != "house" else ""


def cards_of(names: Names) -> list[Card]:
    """Every scorecard, in the order of the positions that it is for; what nobody uses comes last."""
    used = [position.scorecard for position in names.scheme.positions.values()]
    place = {key: used.index(key) if key in used else len(used) for key in names.scheme.scorecards}
    return [_card(key, names.scheme.scorecards[key], names) for key in sorted(place, key=place.__getitem__)]


def _card(key: str, card: Scorecard, names: Names) -> Card:
    held = [name for name, position in names.scheme.positions.items() if position.scorecard == key]
    # in decimals: weights of 12.5 have to come to 100 and not nearly
    total = sum((item.weight or Decimal(0) for item in card.items), Decimal(0))
    return Card(
        key=key,
        name=names.scorecard(key),
        note=names.say(card.note),
        reference=reference_of(card),
        house=card.default == "house",
        positions=tuple((name, names.position(name)) for name in held),
        lines=tuple(line_of(item, key, names) for item in card.items),
        total=plain(total),
    )


def line_of(item: Item, card: str, names: Names) -> Line:
    """One item in words."""
    metric = names.scheme.metrics.get(item.metric or "")
    name = names.say(item.name) if item.name else names.item(item.key)
    return Line(
        key=item.key,
        anchor=f"item-{card}-{item.key}",
        kind=item.kind,
        name=name,
        note=names.say(item.note),
        category=names.category(item.category or "bonus"),
        weight=plain(item.weight) if item.weight is not None else "",
        of=names.level(item.of) if metric and item.of != "person" else "",
        target=_target(item, metric, names),
        words=curve_words(item.curve, metric, names) if item.curve and metric else "",
        picture=picture([(item.curve, "")], metric, names, name) if item.curve and metric else SafeString(),
        levels=_levels(item, names),
        raters=_raters(item, names),
        up_to=plain(item.up_to) if item.up_to is not None else "",
        apart=tuple(exceptions(item, names)),
        metric=item.metric or "",
        reference=reference_of(item),
        house=item.default == "house",
    )


def _target(item: Item, metric: Metric | None, names: Names) -> str:
    if metric is None or item.curve is None:
        return ""
    if item.target is not None:
        return value_words(item.target, metric, names)
    return names.pick(("每月下达", "set each month")) if item.curve.needs_target else ""


def _levels(item: Item, names: Names) -> tuple[Level, ...]:
    looks = item.described or {}
    return tuple(
        Level(names.level_word(word), plain(points), names.say(looks.get(word)), word in item.evidence)
        for word, points in (item.levels or {}).items()
    )


def _raters(item: Item, names: Names) -> str:
    if item.metric:
        return ""
    aside = pick("（供参考，不计分）", " (for reference, does not count)")
    return names.comma.join(
        f"{names.role(role)} {plain(share)} %" if share else f"{names.role(role)}{aside}"
        for role, share in (item.raters or item.counting).items()
    )


def figures_of(names: Names) -> list[Figure]:
    """Every metric, in the order of the document."""
    used: dict[str, list[Anchored]] = {}
    for key, card in names.scheme.scorecards.items():
        for item in card.items:
            if item.metric:
                used.setdefault(item.metric, []).append((f"item-{key}-{item.key}", names.scorecard(key)))
    return [_figure(key, metric, used.get(key, []), names) for key, metric in names.scheme.metrics.items()]


def _figure(key: str, metric: Metric, cards: list[Anchored], names: Names) -> Figure:
    independent = metric.independent
    return Figure(
        key=key,
        name=names.metric(key),
        note=names.say(metric.note),
        unit=names.unit(metric.unit),
        numerator=measured(metric.numerator, names),
        denominator=measured(metric.denominator, names) if metric.denominator else None,
        notes=tuple(notes(metric, names)),
        deciders=names.comma.join(map(names.position, metric.decided_by)),
        independent=(independent, names.metric(independent)) if independent else None,
        cards=tuple(cards),
        reference=reference_of(metric),
        house=metric.default == "house",
    )
