"""Duties given and taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.source.source import Source, Text
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.org.organisation import scheme_of_office
from fairwrench.web.org.schemes_in_use import positions_named
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words

Kind = Duty.Kind


def duty_give(*, kind: str, subject: str, unit: Unit, employee: Employee) -> Duty:
    """Make somebody provide a source, or rate an item, for a unit and all below it."""
    # `ever`: a duty that ended with somebody's last day still is the one row that there may be
    found, _ = Duty.ever.get_or_create(kind=kind, subject=subject, unit=unit, employee=employee)
    return found


def duty_take(*, duty: Duty) -> None:
    """Take a duty away."""
    duty.delete()


@lru_cache(maxsize=2)
def _sources(folders: tuple[Path, ...]) -> dict[str, Source]:
    return dict(load_sources(*folders))


@dataclass(frozen=True)
class KindsOfFile:
    """The kinds of file that were defined in the application, by id."""

    kinds: Callable[[], Mapping[str, Source]]


def _kinds() -> dict[str, Source]:
    defined = {name: source for kinds in declared(KindsOfFile) for name, source in kinds.kinds().items()}
    return {**_sources(tuple(settings.SOURCE_FOLDERS)), **defined}


def source_names() -> dict[str, Text]:
    """The sources that somebody may provide, by id: shipped, of the installation's folders, and defined here."""
    return {name: source.name for name, source in _kinds().items()}


def sources_of_department(code: str) -> frozenset[str]:
    """The sources that a position of a department provides, as they say themselves (`provided_by`)."""
    positions = {key for key, position in positions_named().items() if position.department == code}
    return frozenset(name for name, source in _kinds().items() if source.provided_by in positions)


def item_names() -> dict[str, Words]:
    """Every metric and item of the scheme, by id."""
    scheme = scheme_of_office()
    items = {item.key: item.name for card in scheme.scorecards.values() for item in card.items if item.name}
    return {**{key: metric.name for key, metric in scheme.metrics.items()}, **items}


def rating_names() -> dict[str, Text | str]:
    """The items of the scheme that others rate than a person's line, by id: of the line, the roster says who it is."""
    items = (item for card in scheme_of_office().scorecards.values() for item in card.items if item.kind != "metric")
    return {item.key: item.name or item.key for item in items if "other" in (item.raters or ())}
