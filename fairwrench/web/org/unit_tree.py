"""What lies below a unit of the organisation."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def units_below(*, units: Iterable[int]) -> set[int]:
    """The ids of some units and of all below them."""
    roots = sorted(set(units))
    if not roots:
        return set()
    # one query however deep it hangs; SQLite and PostgreSQL both know it
    holes = ", ".join(["%s"] * len(roots))
    below = f"""
        WITH RECURSIVE below(id) AS (
            SELECT id FROM org_unit WHERE id IN ({holes})
            UNION SELECT unit.id FROM org_unit unit JOIN below ON unit.parent_id = below.id
        ) SELECT id FROM below"""
    with connection.cursor() as cursor:
        cursor.execute(below, roots)
        return {row[0] for row in cursor.fetchall()}
