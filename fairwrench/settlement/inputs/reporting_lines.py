"""Lines of management in a month: who leads whom (S1 ❺ 5.2), and lines that lead nowhere or round in a circle."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.problem import Problem


def superiors(people: pl.DataFrame) -> pl.DataFrame:
    """employee_id, line_manager, next_level: null where that manager is not in service in the month.

    `people` has employee_id (unique) and manager_id, as `eligibility.assess` gives them.
    """
    known = people.select("employee_id", above="manager_id")
    own = people.select("employee_id", line_manager="manager_id").join(
        known.rename({"employee_id": "line_manager", "above": "next_level"}), on="line_manager", how="left"
    )
    here = known["employee_id"].implode()
    return own.select(
        "employee_id",
        *(pl.when(pl.col(role).is_in(here)).then(pl.col(role)).alias(role) for role in ("line_manager", "next_level")),
    ).sort("employee_id")


def line_problems(people: pl.DataFrame, roster: pl.DataFrame) -> list[Problem]:
    """Managers who are not on the roster at all, or not in service in this month, and managers in a circle."""
    ids = roster.select(manager_id=pl.col("employee_id").drop_nulls().unique()).with_columns(on_roster=True)
    here = people.select(manager_id="employee_id", in_service=True)
    led = people.filter(pl.col("manager_id").is_not_null()).select("employee_id", "name", "manager_id")
    without = (
        led.join(ids, on="manager_id", how="left")
        .join(here, on="manager_id", how="left")
        .filter(pl.col("in_service").is_null())
        .sort("employee_id")
    )
    return [*map(_missing, without.iter_rows(named=True)), *map(_circle, circles(people))]


def _missing(row: dict[str, str | None]) -> Problem:
    person, name, manager = row["employee_id"] or "", row["name"], row["manager_id"]
    if row["on_roster"]:
        code, zh, en = "manager_not_in_service", "当月不在职", "is not in service in this month"
    else:
        code, zh, en = "manager_unknown", "不在花名册上", "is not on the roster"
    return Problem(
        code=code,
        zh=f"{name}（{person}）的直接上级 {manager} {zh}，没有人可以评分和签字",
        en=f"{manager}, the line manager of {name} ({person}), {en}, so nobody can score and sign",
        severity="warning",
        subject=person,
    )


def circles(people: pl.DataFrame) -> list[list[str]]:
    """Each ring of people who lead one another, from its smallest employee id on; somebody leading himself is one.

    Every person looks up the line, twice as far each round; who still finds somebody after as many steps as there are
    people looks at a ring, and everybody in a ring is looked at.
    """
    line = superiors(people).select("employee_id", up="line_manager")
    above = dict(line.drop_nulls("up").iter_rows())
    looked_at = _far_up(line)
    rings: list[list[str]] = []
    while looked_at:
        ring = [min(looked_at)]
        while (leader := above[ring[-1]]) != ring[0]:
            ring.append(leader)
        # Each ring once, from its smallest id on, so that the sentence is the same every time.
        looked_at -= set(ring)
        rings.append(ring)
    return rings


def _far_up(line: pl.DataFrame) -> set[str]:
    """Whom people find at least as many steps up the line as there are people."""
    steps = 1
    # Steps double, so a company of any depth takes a handful of joins.
    while steps < line.height and line["up"].null_count() < line.height:
        further = line.select(up="employee_id", further="up")
        line = line.join(further, on="up", how="left").select("employee_id", up="further")
        steps *= 2
    return set(line["up"].drop_nulls())


def _circle(ring: list[str]) -> Problem:
    chain = " → ".join([*ring, ring[0]])
    return Problem(
        code="manager_loop",
        zh=f"上下级关系成环：{chain}，隔级审核无法进行，请更正其中一人的直接上级",
        en=f"the lines of management run in a circle: {chain}; mend one of the managers",
        severity="warning",
        subject=ring[0],
        details={"people": ", ".join(ring)},
    )
