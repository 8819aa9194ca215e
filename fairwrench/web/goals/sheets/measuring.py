"""What stands beside goals: the items of the position's card with their targets; and how a goal's measure reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairwrench.report.naming import CATEGORIES, Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.scheme.scheme import Item, Scheme
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.goals.models import Goal, GoalSheet, Measured
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.targets.target_grid import Aim, aims_of
from fairwrench.web.settlements.targets.target_words import number_typed, typed_as, value_shown
from fairwrench.web.ui.words import lang, pick

Kind = Goal.Kind
#: side of a position → the four categories of its goals (S1 ❺ 5.3, 5.4)
OF_SIDE: Mapping[str, Sequence[str]] = {
    "profit": ("finance", "customer", "key", "learning"),
    "function": ("objective", "internal_customer", "key", "discipline"),
}


@dataclass(frozen=True)
class Kpi:
    """An item of the card in words, with its weight in hundredths; `typed`: the target as somebody would type it."""

    key: str
    kind: str
    name: str
    category: str
    category_name: str
    weight: int
    target: str
    typed: str = ""


def names_at(month: Month) -> Names:
    """The words of the scheme of a month."""
    return Names(scheme_at(month=month), sources(), lang())


def categories_of(scheme: Scheme, position: str) -> list[tuple[str, str]]:
    """The categories of a position's goals, with their names."""
    held = scheme.positions.get(position)
    side = held.side if held and held.side in OF_SIDE else "profit"
    return [(key, CATEGORIES[key].of(lang())) for key in OF_SIDE[side]]


def category_name(key: str) -> str:
    """A category in words."""
    return CATEGORIES[key].of(lang()) if key in CATEGORIES else key


def items_of(scheme: Scheme, position: str) -> list[Item]:
    """The weighted items of a position's card; a bonus is no goal."""
    held = scheme.positions.get(position)
    card = scheme.scorecards.get(held.scorecard or "") if held else None
    return [item for item in card.items if item.kind != "bonus"] if card else []


def kpis_of(found: Iterable[GoalSheet], month: Month, names: Names | None = None) -> dict[str, list[Kpi]]:
    """Employee id → what the scheme assesses of the person on a sheet of a month, with targets as they stand."""
    names = names or names_at(month)
    people = list(found)
    aims = aims_of(month=month, people=[_place(sheet, names.scheme) for sheet in people], names=names)
    return {
        sheet.employee.employee_id: [
            _kpi(item, aims.get(sheet.employee.employee_id, {}), names)
            for item in items_of(names.scheme, sheet.position)
        ]
        for sheet in people
    }


def _place(sheet: GoalSheet, scheme: Scheme) -> Result:
    """Where somebody works, as targets are sought for it; never saved."""
    held = scheme.positions.get(sheet.position)
    return Result(
        employee_id=sheet.employee.employee_id,
        name=sheet.employee.name,
        store=sheet.store,
        department=sheet.department,
        position=sheet.position,
        scorecard=(held.scorecard or "") if held else "",
    )


def _kpi(item: Item, aims: Mapping[str, Aim], names: Names) -> Kpi:
    aim = aims.get(item.key)
    value = aim.value if aim else None
    metric = names.scheme.metrics.get(item.key)
    return Kpi(
        item.key,
        item.kind,
        names.say(item.name) if item.name else names.item(item.key),
        item.category or "",
        names.category(item.category),
        point_units(item.weight) if item.weight is not None else 0,
        value_shown(value, item.key, names) if value is not None else "",
        typed_as(value, metric) if value is not None and metric else "",
    )


def gone(measured: Measured, scheme: Scheme) -> bool:
    """Whether a goal is measured by what the scheme does not have, or has no more."""
    if measured.kind == Kind.METRIC:
        return measured.subject not in scheme.metrics
    return measured.kind == Kind.ITEM and measured.subject not in _rated(scheme)


def measure_words(measured: Measured, names: Names) -> str:
    """By what a goal is measured."""
    if measured.kind == Kind.WORDS:
        return measured.measure
    if gone(measured, names.scheme):
        told = pick("{}（制度里已没有）", "{} (the scheme has it no more)").format(measured.subject)
        return " ".join(filter(None, (told, measured.measure)))
    name = names.metric(measured.subject) if measured.kind == Kind.METRIC else names.item(measured.subject)
    return " · ".join(filter(None, (name, measured.measure)))


def aim_words(measured: Measured, names: Names) -> str:
    """What a goal should reach, with its unit where a metric measures it."""
    metric = names.scheme.metrics.get(measured.subject) if measured.kind == Kind.METRIC else None
    number = number_typed(measured.target) if metric and measured.target else None
    return value_shown(number[0], measured.subject, names) if number else measured.target


def measure_choices(names: Names, position: str) -> list[tuple[str, object]]:
    """What a goal of a position may be measured by: words, its own items, the other metrics of the scheme."""
    own = items_of(names.scheme, position)
    known = {item.key for item in own}
    mine = [(f"{item.kind.replace('rating', 'item')}:{item.key}", names.item(item.key)) for item in own]
    others = [(f"metric:{key}", names.metric(key)) for key in names.scheme.metrics if key not in known]
    return [
        ("words:", pick("文字说明（右侧写明怎么衡量）", "In words")),
        (pick("本岗位考核项", "Items of the position"), mine),
        (pick("其他指标", "Other metrics"), others),
    ]


def _rated(scheme: Scheme) -> set[str]:
    return {item.key for card in scheme.scorecards.values() for item in card.items if item.kind == "rating"}
