"""The body shop's team: some accident orders are booked on it, and its leader confirms the members' shares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from fairwrench.samples.causes.people import Group
from fairwrench.samples.exports import Raw, Row
from fairwrench.samples.orders import Order
from fairwrench.settlement.calendar.deadlines import Month

TEAM = "钣喷一组"
#: a share, in thousandths
WHOLE = 1000
SHARE_COLUMNS = ["employee_id", "month", "team", "begin", "share"]
#: positions of its members, and how their parts of it compare
_PARTS = {"painter": 3, "body_technician": 2}
#: one accident order in so many is booked on the team
_ONE_IN = 4


def booked_on_team(jobs: list[Row], orders: Iterable[Order], members: set[str]) -> list[Row]:
    """Job lines with the team instead of its member in one accident order of four, where the team has members."""
    if len(members) < 2:
        return jobs
    chosen = {order.ro_no for order in orders if order.kind == "body" and int(order.ro_no[-3:]) % _ONE_IN == 0}
    # A line that two of them shared stays theirs: the team would stand in it twice.
    return [
        {**job, "technician": Raw(TEAM)}
        if job["ro_no"] in chosen and job["technician"] in members and job["share"] == WHOLE
        else job
        for job in jobs
    ]


def members_of(group: Group, store: str, month: Month) -> set[str]:
    """Everybody who is of a store's team on any day of a month."""
    return {person for day in _days(month) for person in _parts(group, store, day)}


def team_shares(group: Group, month: Month) -> list[Row]:
    """The shares of every store's team, a new set from each day on which its members change."""
    rows: list[Row] = []
    for store in group.stores:
        before: dict[str, int] = {}
        for day in _days(month):
            parts = _parts(group, store.name, day)
            if parts != before:
                rows += [
                    {"employee_id": person, "month": str(month), "team": TEAM, "share": share} | {"begin": day}
                    for person, share in parts.items()
                ]
            before = parts
    return rows


def _days(month: Month) -> list[date]:
    return [month.first + timedelta(days=step) for step in range(month.days)]


def _parts(group: Group, store: str, day: date) -> dict[str, int]:
    """Member → share in thousandths; what does not divide is the first one's."""
    weights = {
        person.employee_id: weight
        for position, weight in _PARTS.items()
        for person in group.holders(position, store, day)
    }
    if len(weights) < 2:
        return {}
    whole = sum(weights.values())
    shares = {person: WHOLE * weight // whole for person, weight in weights.items()}
    first = next(iter(shares))
    return shares | {first: shares[first] + WHOLE - sum(shares.values())}
