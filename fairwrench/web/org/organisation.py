"""Units and positions made, named and moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import ProtectedError

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Position as NamedPosition
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.org.models import Assignment, Position, Unit
from fairwrench.web.org.schemes_in_use import departments_named, positions_named, scheme_of_files
from fairwrench.web.org.unit_tree import units_below

Kind = Unit.Kind


def scheme_of_office() -> Scheme:
    """The scheme in force, with the departments and positions of those before, to come and proposed (`schemes_in_use`);
    Refused when it cannot be read."""
    return scheme_of_files()


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
    """The departments by their store's key and the scheme's id; missing ones are made, named as the scheme does."""
    # those made by hand have no id of the scheme, by which alone they are found here
    departments = Unit.objects.filter(kind=Kind.DEPARTMENT).exclude(code="")
    found = {(unit.parent_id or 0, unit.code): unit for unit in departments}
    missing = [(store, code) for store, code in dict.fromkeys(pairs) if (store.pk, code) not in found]
    named = departments_named() if missing else {}
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


def positions_ensure(*, codes: Iterable[str], named: Mapping[str, NamedPosition] | None = None) -> dict[str, Position]:
    """The positions by the scheme's id; those that were missing are taken from the first scheme that has them, and
    from `named` (a scheme that is only about to be proposed) where none has."""
    found = {position.code: position for position in Position.objects.all()}
    missing = [code for code in dict.fromkeys(codes) if code not in found]
    known = {**(named or {}), **positions_named()} if missing else {}
    for code in missing:
        told = known.get(code)
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


def unit_add(*, kind: str, name: str, name_en: str, parent: Unit) -> Unit:
    """A new part of the organisation below another. Refused for a store's name that is taken."""
    _check_name(kind, name, parent, None)
    return Unit.objects.create(kind=kind, name=name, name_en=name_en, parent=parent)


def unit_rename(*, unit: Unit, name: str, name_en: str) -> Unit:
    """Another name for a unit. Refused for a store where people work: evidence names stores as the roster does."""
    if unit.kind == Kind.STORE and name != unit.name and Assignment.objects.filter(store=unit).exists():
        raise Refused(
            [
                Problem(
                    "store_in_use",
                    "已有人员任职的门店不能改中文名：原始数据按这个名称记账；英文名可以改",
                    "where people work the Chinese name stays, for evidence goes by it; the English one may change",
                )
            ]
        )
    _check_name(unit.kind, name, unit.parent, unit)
    unit.name, unit.name_en = name, name_en
    unit.save(update_fields=["name", "name_en"])
    return unit


@transaction.atomic
def unit_move(*, unit: Unit, parent: Unit) -> Unit:
    """Hang a unit below another. Refused below itself, and for the group."""
    if unit.kind == Kind.GROUP or parent.pk in units_below(units=[unit.pk]):
        raise Refused([Problem("circle", "不能移到自己下面", "a unit cannot hang below itself")])
    _check_name(unit.kind, unit.name, parent, unit)
    unit.parent = parent
    unit.save(update_fields=["parent"])
    return unit


def unit_remove(*, unit: Unit) -> None:
    """Take an empty unit away. Refused while something hangs on it."""
    # the database knows what hangs on it: asked before, something could come to hang there meanwhile
    try:
        unit.delete()
    except ProtectedError:
        raise Refused(
            [Problem("unit_in_use", "该单元下还有单元或任职记录，不能删除", "units or assignments still hang on it")]
        ) from None


def _check_name(kind: str, name: str, parent: Unit | None, own: Unit | None) -> None:
    same = Unit.objects.filter(kind=kind, name=name)
    if own is not None:
        same = same.exclude(pk=own.pk)
    # evidence names stores by their name alone, so one name is one store in the whole group
    if kind != Kind.STORE:
        same = same.filter(parent=parent)
    if same.exists():
        raise Refused([Problem("name_taken", f"已有同名的单元“{name}”", f"there is a unit called {name!r} already")])


def position_describe(*, position: Position, description: str) -> Position:
    """A position's job description."""
    position.description = description
    position.save(update_fields=["description"])
    return position
