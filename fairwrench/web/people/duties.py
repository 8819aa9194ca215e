"""Duties given and taken, and standing in for somebody who is away."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source import Text
from fairwrench.web.people.models import Delegation, Duty, Employee, Unit
from fairwrench.web.people.organisation import scheme_of_office

Kind = Duty.Kind


def duty_give(*, kind: str, subject: str, unit: Unit, employee: Employee) -> Duty:
    """Make somebody provide a source, or rate an item, for a unit and all below it."""
    found, _ = Duty.objects.get_or_create(kind=kind, subject=subject, unit=unit, employee=employee)
    return found


def duty_take(*, duty: Duty) -> None:
    """Take a duty away."""
    duty.delete()


def delegation_make(*, away: Employee, stand_in: Employee, begin: date, end: date, reason: str) -> Delegation:
    """Let somebody stand in between two days. Refused for oneself, for days in disorder, or for days given already."""
    if stand_in.pk == away.pk:
        raise Refused([Problem("own_stand_in", "不能由本人代理本人", "nobody stands in for themselves")])
    if end < begin:
        raise Refused([Problem("backwards", "结束日期早于开始日期", "it ends before it begins")])
    if Delegation.objects.filter(away=away, begin__lte=end, end__gte=begin).exists():
        raise Refused([Problem("overlap", "这段日期已有代理人", "somebody stands in on some of these days already")])
    return Delegation.objects.create(away=away, stand_in=stand_in, begin=begin, end=end, reason=reason)


def delegation_end(*, delegation: Delegation) -> None:
    """End a delegation at once."""
    delegation.delete()


@lru_cache(maxsize=2)
def _sources(folders: tuple[Path, ...]) -> dict[str, Text]:
    return {name: source.name for name, source in load_sources(*folders).items()}


def source_names() -> dict[str, Text]:
    """The sources that somebody may provide, by id."""
    return _sources(tuple(settings.SOURCE_FOLDERS))


def rating_names() -> dict[str, Text | str]:
    """The items of the scheme that others rate than a person's line, by id: of the line, the roster says who it is."""
    items = (item for card in scheme_of_office().scorecards.values() for item in card.items if item.kind != "metric")
    return {item.key: item.name or item.key for item in items if "other" in (item.raters or ())}
