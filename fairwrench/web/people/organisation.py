"""Units and positions made, named and moved."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.scheme import Scheme
from fairwrench.web.people.models import Position, Unit

Kind = Unit.Kind


def scheme_of_office() -> Scheme:
    """The scheme that names this installation's departments and positions; Refused when it cannot be read."""
    return load_scheme(settings.SCHEME)


def unit_group() -> Unit:
    """The root of the organisation, made where there is none."""
    found = Unit.objects.filter(kind=Kind.GROUP).order_by("id").first()
    return found or Unit.objects.create(kind=Kind.GROUP, name="集团", name_en="Group")


def stores_ensure(*, names: Iterable[str]) -> dict[str, Unit]:
    """The stores by name; those that were missing stand below the group."""
    found = {unit.name: unit for unit in Unit.objects.filter(kind=Kind.STORE)}
    missing = [name for name in dict.fromkeys(names) if name not in found]
    for name in missing:
        found[name] = Unit.objects.create(kind=Kind.STORE, name=name, parent=unit_group())
    return found


def departments_ensure(*, pairs: Iterable[tuple[Unit, str]]) -> dict[tuple[int, str], Unit]:
    """The departments by their store's key and the scheme's id; those that were missing are named as the scheme does."""
    departments = Unit.objects.filter(kind=Kind.DEPARTMENT).exclude(code="")
    found = {(unit.parent_id or 0, unit.code): unit for unit in departments}
    missing = [(store, code) for store, code in dict.fromkeys(pairs) if (store.pk, code) not in found]
    named = scheme_of_office().departments if missing else {}
    for store, code in missing:
        name = named[code].name if code in named else None
        found[store.pk, code] = Unit.objects.create(
            kind=Kind.DEPARTMENT,
            code=code,
            parent=store,
            name=name.zh if name else code,
            name_en=name.en if name else code,
        )
    return found


def positions_ensure(*, codes: Iterable[str]) -> dict[str, Position]:
    """The positions by the scheme's id; those that were missing are taken from the scheme."""
    found = {position.code: position for position in Position.objects.all()}
    missing = [code for code in dict.fromkeys(codes) if code not in found]
    named = scheme_of_office().positions if missing else {}
    for code in missing:
        told = named.get(code)
        found[code] = Position.objects.create(
            code=code,
            name_zh=told.name.zh if told else code,
            name_en=told.name.en if told else code,
            side=told.side if told else "",
            manager=bool(told and told.manager),
        )
    return found


def unit_label(unit: Unit) -> str:
    """A unit's name, led by the name of its store where it lies below one."""
    above = unit.parent
    if unit.kind in (Kind.DEPARTMENT, Kind.TEAM) and above and above.kind != Kind.GROUP:
        return f"{unit_label(above)} · {unit}"
    return str(unit)
