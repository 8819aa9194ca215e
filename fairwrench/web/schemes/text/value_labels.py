"""The parts of a scheme in a few words each: what a path is called, what a value says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.about import about_at
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.scheme import (
    CommissionFactor,
    CommissionLine,
    CommissionPlan,
    Item,
    Measure,
    Metric,
    PayBase,
    Scheme,
    Scorecard,
)
from fairwrench.settlement.source.source import Text
from fairwrench.web.schemes.text.cards import line_of
from fairwrench.web.schemes.text.clauses import base_words
from fairwrench.web.schemes.text.commissions import factor_words, rate_words
from fairwrench.web.schemes.text.curves import curve_words, percent, plain, value_words
from fairwrench.web.schemes.text.differences import Path
from fairwrench.web.schemes.text.measuring import measured, notes
from fairwrench.web.schemes.text.words_of_parts import CODES, KEYS, TITLES

NOTHING = "—"
#: fields whose codes are positions or roles
PEOPLE = {"responsible", "by", "signed_by", "decided_by"}


def key_words(path: Path, at: int, names: Names) -> str | None:
    """What somebody's own key at a place of a path is called; None where it is a field or is not known here."""
    scheme, key, above = names.scheme, path[at], path[at - 1] if at else ""
    known: dict[str, Any] = {
        "scorecards": (scheme.scorecards, names.scorecard),
        "items": (_item_keys(scheme), names.item),
        "metrics": (scheme.metrics, names.metric),
        "positions": (scheme.positions, names.position),
        "split": (scheme.positions, names.position),
        "commission": (scheme.positions, names.position),
        "lines": (
            _line_keys(scheme, path[at - 2]) if at > 1 else set(),
            lambda line: _line_name(path[at - 2], line, names),
        ),
        "commission_basis": (scheme.pay.commission_basis, lambda line: _line_name("", line, names)),
        "departments": (scheme.departments, names.department),
        "rules": (scheme.standing.rules, names.rule),
    }
    if above in known:
        there, say = known[above]
        return str(say(key)) if key in there else None
    return _titled(above, key, scheme, names)


def _line_keys(scheme: Scheme, position: str) -> set[str]:
    plan = scheme.pay.commission.get(position)
    return set(plan.lines) if plan else set()


def _line_name(position: str, key: str, names: Names) -> str:
    """What a line of a plan is called, or what it is paid by."""
    plan = names.scheme.pay.commission.get(position)
    line, basis = plan.lines.get(key) if plan else None, names.scheme.pay.commission_basis.get(key)
    return names.say((line and line.name) or (basis and basis.name) or None, key)


def _item_keys(scheme: Scheme) -> set[str]:
    return {item.key for card in scheme.scorecards.values() for item in card.items}


def _titled(above: str, key: str, scheme: Scheme, names: Names) -> str | None:
    blocks: dict[str, Mapping[str, Any]] = {
        "articles": scheme.articles,
        "letters": scheme.letters,
        "pools": scheme.pools,
        "steps": scheme.cycle.steps,
        "year": scheme.standing.year,
        "grades": {grade: band for grade, band in scheme.bands.grades.items()},
    }
    part = blocks.get(above, {}).get(key)
    if part is None:
        return None
    said = names.say(part.name) if part.name else names.say(part.title) if hasattr(part, "title") else ""
    return f"{key} {said}" if above == "grades" else said or key


def field_words(key: str, names: Names) -> str:
    """What a field is called, else the key itself."""
    return names.say(TITLES[key]) if key in TITLES else names.pick(KEYS[key]) if key in KEYS else key


def value_of(value: Any, path: Path, names: Names) -> str:
    """A value in words; `path` says what it is a value of."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return names.pick(("是", "yes") if value else ("否", "no"))
    if isinstance(value, Decimal):
        return _figure(value, path, names)
    if isinstance(value, str):
        return _code(value, path[-1] if path else "", names)
    if isinstance(value, tuple):
        return names.comma.join(value_of(part, path, names) for part in value) or NOTHING
    return _part(value, path, names)


def _part(value: Any, path: Path, names: Names) -> str:
    """A part that consists of others, or is told as a whole."""
    if isinstance(value, Mapping):
        return _listed(value, path, names)
    for kind, say in _WHOLE.items():
        if isinstance(value, kind):
            return say(value, path, names)
    if not isinstance(value, BaseModel):
        return str(value)
    # what a document leaves to the program is no part of what it says
    given = {name: getattr(value, name) for name in type(value).model_fields if name in value.model_fields_set}
    return _listed({name: part for name, part in given.items() if name not in ("name", "default")}, path, names)


def _weight(item: Item) -> str:
    return plain(item.weight) if item.weight is not None else ""


def _listed(parts: Mapping[str, Any], path: Path, names: Names) -> str:
    told = [
        f"{key_words((*path, key), len(path), names) or field_words(key, names)} {value_of(part, (*path, key), names)}"
        for key, part in parts.items()
        if part is not None
    ]
    return names.comma.join(told) or NOTHING


def _figure(value: Decimal, path: Path, names: Names) -> str:
    """A figure as its field's unit asks."""
    told, metric = about_at(Scheme, path), metric_at(path, names)
    unit = told.unit if told else ""
    if unit == "metric" and metric:
        return value_words(value, metric, names)
    if unit == "percent":
        return f"{plain(value)} %"
    return percent(value) if unit == "share" else plain(value)


def _code(value: str, field: str, names: Names) -> str:
    if pair := CODES.get(field, {}).get(value):
        return names.pick(pair)
    scheme = names.scheme
    if field in PEOPLE:
        return names.role(value)
    if field in ("metric", "gate_metric", "attendance", "independent", "attainment"):
        return names.metric(value) if value in scheme.metrics else value
    if field == "scorecard":
        return names.scorecard(value)
    return names.department(value) if field == "department" else value


def metric_at(path: Path, names: Names) -> Metric | None:
    """The metric that a path is about: of an item of a scorecard, or of the library."""
    # scorecards, card, items, item: the item's key is its metric's where it has one
    key = path[3] if path[:1] == ("scorecards",) and len(path) > 3 else path[1] if path[:1] == ("metrics",) else ""
    return names.scheme.metrics.get(key)


def measure_sentence(measure: Measure, names: Names) -> str:
    """A measure in one line."""
    told = measured(measure, names)
    return names.pick((f"{told.counted}（{told.placed}）", f"{told.counted} ({told.placed})"))


def _card_words(card: Scorecard, names: Names) -> str:
    return names.comma.join(f"{names.item(item.key)} {_weight(item)}".strip() for item in card.items)


def _item_words(item: Item, names: Names) -> str:
    """What an item asks: weight, target, how it scores."""
    line = line_of(item, "", names)
    told = [names.pick((f"权重 {line.weight}", f"weight {line.weight}")) if line.weight else ""]
    told += [line.category if line.weight else "", line.of]
    told += [names.pick((f"目标 {line.target}", f"target {line.target}")) if line.target else "", line.words]
    told += [f"{level.word} {level.points}" for level in line.levels]
    told += [names.pick((f"最多加 {line.up_to} 分", f"at most {line.up_to}")) if line.up_to else ""]
    return names.comma.join(part for part in told if part)


def _metric_words(metric: Metric, names: Names) -> str:
    """How a metric is measured."""
    below = metric.denominator
    told = [f"{field_words('numerator' if below else 'measure', names)} {measure_sentence(metric.numerator, names)}"]
    told += [f"{field_words('denominator', names)} {measure_sentence(below, names)}"] if below else []
    return "\n".join([*told, names.comma.join(notes(metric, names))])


def _paid_words(line: CommissionLine, path: Path, names: Names) -> str:
    """What a line pays, as the reading page says it; of a line as a whole what it counts, too."""
    if path[-1] == "rate":
        return rate_words(path[-2], line, names)
    told = (rate_words(path[-1], line, names), names.level(line.of), measure_sentence(line.measure, names))
    return names.pick(("；", "; ")).join(told)


def _plan_words(plan: CommissionPlan, path: Path, names: Names) -> str:
    """A plan: a row for each line, then its factors."""
    lines = [f"{_line_name(path[-1], key, names)} {rate_words(key, line, names)}" for key, line in plan.lines.items()]
    return "\n".join([*lines, *(factor_words(factor, names) for factor in plan.factors)])


#: stands for a metric that a scheme does not have any more, so that its curve can still be told
_ANY = Metric(
    name=Text(zh="", en=""), better="higher", numerator=Measure(source="", date=""), reference="", when_thin="reweigh"
)
#: kinds of parts that have a sentence of their own
_WHOLE: dict[type, Callable[[Any, Path, Names], str]] = {
    Text: lambda text, _path, names: names.say(text),
    Curve: lambda curve, path, names: curve_words(curve, metric_at(path, names) or _ANY, names),
    Measure: lambda measure, _path, names: measure_sentence(measure, names),
    PayBase: lambda base, _path, names: base_words(base, names),
    CommissionLine: _paid_words,
    CommissionPlan: _plan_words,
    CommissionFactor: lambda factor, _path, names: factor_words(factor, names),
    Item: lambda item, _path, names: _item_words(item, names),
    Metric: lambda metric, _path, names: _metric_words(metric, names),
    Scorecard: lambda card, _path, names: _card_words(card, names),
}
