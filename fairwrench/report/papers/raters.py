"""Who is to rate whom on what: rated and bonus items × people assessed × the roles that may rate (S1 ❺ 5.1, 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.inputs.reporting_lines import superiors
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Item, Role

#: items that name no raters are rated by the line manager
USUAL: tuple[Role, ...] = ("line_manager",)


@dataclass(frozen=True)
class RatingAsked:
    """One rating asked of a rater (employee id; empty where the scheme leaves open who), and what was given already.

    `points` in hundredths.
    """

    rater: str
    role: Role
    employee_id: str
    name: str
    store: str
    position: str
    item: Item
    level: str | None = None
    points: int | None = None
    evidence: str | None = None


def asked_of_raters(material: ReportContext) -> tuple[dict[str, list[RatingAsked]], list[Problem]]:
    """Rater → what is asked, by store and person; and the people whom nobody in service can rate."""
    people = material.settled.totals
    above = superiors(people)
    given = {
        (row["employee_id"], row["item"], row["rater"]): row for row in material.found.ratings.iter_rows(named=True)
    }
    found: dict[str, list[RatingAsked]] = {}
    problems: dict[str, Problem] = {}
    assessed = people.filter(pl.col("reason").is_null()).join(above, on="employee_id", how="left")
    for person in assessed.sort("store", "department", "position", "employee_id").iter_rows(named=True):
        for item, role in _items(person["scorecard"], material):
            # None where the roster names nobody: told once a person and role, not once an item.
            rater = _rater(role, person)
            if rater is None:
                problems.setdefault(f"{person['employee_id']}.{role}", _nobody(person, role, material))
                continue
            # What was rated already is filled in: a form that is written again loses nothing.
            row = given.get((person["employee_id"], item.key, rater), {})
            about = (rater, role, person["employee_id"], person["name"], person["store"], person["position"], item)
            told = (row.get(name) for name in ("level", "points", "evidence"))
            found.setdefault(rater, []).append(RatingAsked(*about, *told))
    return found, list(problems.values())


def _items(scorecard: str, material: ReportContext) -> Iterator[tuple[Item, Role]]:
    for item in material.settled.scheme.scorecards[scorecard].items:
        if item.kind != "metric":
            for role in item.raters or USUAL:
                yield item, role


def _rater(role: Role, person: dict[str, str | None]) -> str | None:
    """The employee id of the person's rater in a role; empty where anybody may."""
    if role == "other":
        return ""
    return person["employee_id"] if role == "self" else person[role]


def _nobody(person: dict[str, str], role: Role, material: ReportContext) -> Problem:
    word = material.names.role(role)
    zh = f"{person['name']}（{person['employee_id']}）当月没有{word}，没有人可以评分；请在花名册中补上"
    en = f"{person['name']} ({person['employee_id']}) has no {word.lower()} in service; enter one in the roster"
    return Problem("no_rater", zh, en, "warning", subject=person["employee_id"])
