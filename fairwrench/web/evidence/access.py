"""Which sources of which stores somebody may see or land, and who hands in what where."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.predicates import FOREMEN, HANDERS, OVERSEERS, PAYERS
from fairwrench.web.access.reach import PARTS, Reach, reach_by
from fairwrench.web.access.scope import HEADS
from fairwrench.web.org.models import Duty, Unit

Role = Grant.Role
#: a source and a store
Place = tuple[str, str]
#: role → the department (the scheme's id) for whose positions it hands in what they provide
HANDED_IN: dict[str, str] = {Role.CUSTOMER_SERVICE: "customer_service", Role.FINANCE: "finance"}
#: who sees whether evidence is there; what stands in it is seen by those who oversee results or hand it in
WATCHERS = (*OVERSEERS, Role.ADMINISTRATOR, *FOREMEN)


def reach_of(*, user: User, landing: bool = False) -> Reach:
    """What a user may see of evidence, or land."""
    roles = HANDERS if landing else OVERSEERS
    return reach_by(user=user, roles=roles, payers=PAYERS, of_department=HANDED_IN)


def readers_stores(*, user: User) -> frozenset[str] | None:
    """The stores of which a user may learn who works there from what is handed in: None for all."""
    return reach_of(user=user).stores


def watch_of(*, user: User) -> Reach:
    """Of what a user may see whether it was handed in: who heads a department, of what its positions provide."""
    return reach_by(user=user, roles=WATCHERS, of_department={**HANDED_IN, **HEADS})


def providers(*, stores: Sequence[str]) -> dict[Place, list[str]]:
    """Who hands in what in some stores, one query for all: (source, store) → names and ids.

    A duty holds for the stores that `stores_of_unit` gives for its unit: the other way round, those that stand for a
    store are the units above it, and the departments and teams of these and of the store itself.
    """
    # an empty IN () is no SQL
    if not stores:
        return {}
    holes = ", ".join(["%s"] * len(stores))  # all that is put into the query itself
    # one recursive query: the map asks for every store of a group, and a loop would ask for each of them
    asked = f"""
        WITH RECURSIVE above(store, id) AS (
            SELECT name, id FROM org_unit WHERE kind = %s AND name IN ({holes})
            UNION SELECT above.store, unit.parent_id FROM org_unit unit
            JOIN above ON unit.id = above.id WHERE unit.parent_id IS NOT NULL
        ), stands(store, id) AS (
            SELECT store, id FROM above
            UNION SELECT stands.store, unit.id FROM org_unit unit
            JOIN stands ON unit.parent_id = stands.id WHERE unit.kind IN (%s, %s)
        ) SELECT duty.subject, stands.store, employee.name || ' ' || employee.employee_id FROM stands
        JOIN org_duty duty ON duty.unit_id = stands.id AND duty.kind = %s
        JOIN org_employee employee ON employee.id = duty.employee_id
        ORDER BY duty.unit_id, duty.id"""
    found: dict[Place, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked, [Unit.Kind.STORE, *stores, *PARTS, Duty.Kind.PROVIDE])
        for source, store, name in cursor.fetchall():
            found.setdefault((source, store), []).append(name)
    return found
