"""A small month to settle: the scheme of `cases/months.yaml`, and evidence from rows that people can read.

Amounts are in yuan, points as forms show them; days are local dates in Shanghai.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.catalog.loader import load_sources
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import CORRECTIONS, HISTORY, Case
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.measure.measure import Evidence, SealedSource
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement, settle
from tests.engines.landed import ZONE, at, landed
from tests.settlement.casebook import cases
from tests.settlement.conftest import BANDS, CYCLE, STANDING, both

OCTOBER = Month(2026, 10)
STORE = "朝阳店"
LABOUR = Decimal("1234.50")
SOURCES = load_sources()
ENGINE = DuckDB(threads=1)

LINEAR = {"of": "value", "piecewise": [["0.80", "60"], ["0.95", "100"], ["1.00", "130"]]}
ATTAINED = {"of": "attainment", "piecewise": [["0.60", "0"], ["1.00", "100"], ["1.30", "130"]]}
STEPS = {"of": "value", "steps": [["0.01", "130"], ["0.03", "100"], ["0.05", "80"]], "beyond": "50"}
LEVELS = {"优秀": "130", "良好": "105", "合格": "90", "不合格": "60"}


def measure(source: str, credit: str | None, day: str, value: str = "count", **more: Any) -> dict[str, Any]:
    return {"source": source, "value": value, "credit": credit, "date": day, **more}


FINISHED = measure("repair_orders", "technician", "finished_at")
METRICS = {
    "on_time": {
        "name": {"zh": "准时竣工率", "en": "On time"},
        "better": "higher",
        "unit": "percent",
        "numerator": {**FINISHED, "where": "finished_at <= first_promised_at"},
        "denominator": FINISHED,
        "thin_below": 5,
    },
    "output": {
        "name": {"zh": "产值", "en": "Output"},
        "better": "higher",
        "unit": "money",
        "numerator": {**FINISHED, "value": "sum(labour_amount)"},
    },
    "complaints": {
        "name": {"zh": "投诉率", "en": "Complaint rate"},
        "better": "lower",
        "unit": "percent",
        "numerator": measure("complaints", "responsible", "received_at", where="valid"),
        "denominator": FINISHED,
        "thin_below": 5,
    },
    "attendance": {
        "name": {"zh": "出勤率", "en": "Attendance"},
        "better": "higher",
        "unit": "percent",
        "numerator": measure("attendance", "employee_id", "month", "sum(attended_hours)"),
        "denominator": measure("attendance", "employee_id", "month", "sum(scheduled_hours)"),
    },
}
TECHNICIAN = [
    {"metric": "on_time", "category": "key", "weight": "40", "curve": LINEAR, "reference": "S3 叁"},
    {"metric": "output", "category": "finance", "weight": "30", "target": "15000", "curve": ATTAINED},
    {"metric": "complaints", "category": "customer", "weight": "10", "curve": STEPS},
    {
        **{"rating": "teamwork", "name": {"zh": "团队协作", "en": "Teamwork"}, "category": "attitude", "weight": "20"},
        **{"levels": LEVELS, "evidence": ["优秀", "不合格"]},
    },
    {"bonus": "urgent", "name": {"zh": "应急响应", "en": "Emergencies"}, "up_to": "5"},
]
ADVISOR = [
    {"metric": "on_time", "of": "store", "category": "key", "weight": "60", "curve": LINEAR, "reference": "S1 ❶"},
    {"metric": "output", "of": "store", "category": "finance", "weight": "40", "curve": ATTAINED},
]


def position(department: str, side: str, scorecard: str | None, **more: Any) -> dict[str, Any]:
    return {"name": both("position"), "department": department, "side": side, "scorecard": scorecard, **more}


SCHEME: dict[str, Any] = {
    "scheme": "small",
    "version": "1",
    "name": both("small"),
    "departments": {
        "workshop": {"name": {"zh": "车间", "en": "Workshop"}},
        "desk": {"name": {"zh": "前台", "en": "Front desk"}},
    },
    "positions": {
        "technician": position("workshop", "profit", "technician"),
        "service_advisor": position("desk", "profit", "advisor"),
        "workshop_manager": position("workshop", "profit", None, manager=True),
    },
    "metrics": METRICS,
    "scorecards": {"technician": {"items": TECHNICIAN}, "advisor": {"items": ADVISOR}},
    "cycle": CYCLE,
    "eligibility": {"probation_excludes": True, "wage_below": "800", "min_days_in_service": 15},
    "bands": BANDS,
    "distribution": {"mode": "advisory", "pool": "store"},
    "pay": {
        "bases": {
            "profit": {"kind": "commission", "reference": "S1 ❺ 5.6(1)"},
            "function": {"kind": "salary", "share": "0.30"},
            "manager": {"kind": "salary", "share": "0.50"},
        },
        "coefficient": {"by": "score", "reference": "S1 ❺ 5.9"},
    },
    "standing": STANDING,
}


def scheme(**changes: Any) -> Scheme:
    """The scheme, with whole blocks replaced or (where both are mappings) laid over."""
    return Scheme.model_validate(laid_over(copy.deepcopy(SCHEME), changes))


def laid_over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in above.items():
        both_maps = isinstance(value, Mapping) and isinstance(below.get(key), dict)
        below[key] = laid_over(below[key], value) if both_maps else value
    return below


def day(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


@dataclass
class World:
    """Roster rows and evidence rows by source; `covered` are (store, month) for which everything was handed in."""

    roster: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    stores: list[str] = field(default_factory=lambda: [STORE])
    #: sources that nobody handed in, beside their rows
    missing: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> World:
        """The world of a hand-worked case."""
        world = cls()
        for person in given["people"]:
            world.person(**person)
        for order in given["orders"]:
            world.orders(**order)
        for complaint in given["complaints"]:
            world.complaint(**complaint)
        for rating in given["ratings"]:
            world.rating(**rating)
        for target in given["targets"]:
            world.target(**target)
        for employee, amount in given["payroll"].items():
            world.payroll(employee, amount)
        return world

    def add(self, source: str, /, **row: Any) -> dict[str, Any]:
        self.rows.setdefault(source, []).append(row)
        return row

    def person(self, id: str, name: str, position: str, department: str, **more: Any) -> None:
        """A row of the roster; `salary` in yuan, `manager`, `status`, `from`, `to`, `store`, `left_on` as given."""
        salary = more.get("salary")
        row = {
            **{"employee_id": id, "name": name, "position": position, "department": department},
            **{"store": more.get("store", STORE), "manager_id": more.get("manager"), "_row": len(self.roster) + 2},
            "status": more.get("status", "regular"),
            "full_salary": None if salary is None else int(Decimal(salary) * 100),
        }
        dates = {key: day(more[key]) for key in ("from", "to", "hired_on", "left_on") if more.get(key)}
        self.roster.append({**row, **dates})

    def orders(
        self,
        technician: str | None,
        day: date | str,
        finished: int,
        on_time: int,
        labour: Decimal | str = LABOUR,
        **more: Any,
    ) -> None:
        """So many orders finished on a day, the first `on_time` of them within the time promised."""
        for number in range(finished):
            hour = "11:00" if number < on_time else "13:00"
            self.add(
                "repair_orders",
                ro_no=f"R{len(self.rows.get('repair_orders', ())) + 1:04d}",
                store=more.get("store", STORE),
                technician=technician,
                kind="repair",
                opened_at=at(f"{day} 08:00"),
                first_promised_at=at(f"{day} 12:00"),
                finished_at=at(f"{day} {hour}"),
                labour_amount=Decimal(labour),
            )

    def complaint(self, responsible: str | None, day: date | str, valid: bool, store: str = STORE) -> None:
        number = f"C{len(self.rows.get('complaints', ())) + 1}"
        received = at(f"{day} 09:00")
        self.add(
            "complaints", complaint_no=number, store=store, responsible=responsible, valid=valid, received_at=received
        )

    def rating(self, employee: str, item: str, rater: str, month: Month = OCTOBER, **more: Any) -> None:
        points = {"points": Decimal(more.pop("points"))} if "points" in more else {}
        given = {"employee_id": employee, "item": item, "rater": rater, "month": str(month)}
        self.add("ratings", **given, store=STORE, **points, **more)

    def target(self, subject: str, metric: str, value: Any, month: Month = OCTOBER) -> None:
        self.add("targets", subject=subject, metric=metric, month=str(month), value=Decimal(value), store=STORE)

    def payroll(self, employee: str, commission: Any, month: Month = OCTOBER, **more: Any) -> None:
        amounts = {key: Decimal(value) for key, value in more.items()}
        amount = None if commission is None else Decimal(str(commission))
        self.add("payroll", employee_id=employee, month=str(month), commission=amount, store=STORE, **amounts)

    def decision(self, kind: str, employee: str | None, month: Month = OCTOBER, **more: Any) -> None:
        """`item`, `value` (points or yuan), `ground`, `reason`, `on` (the day decided)."""
        number = f"D{len(self.rows.get('decisions', ())) + 1}"
        value = {"value": Decimal(str(more["value"]))} if more.get("value") is not None else {}
        decided_on = day(more["on"]) if "on" in more else None
        self.add(
            "decisions",
            **{"decision_no": more.get("no", number), "employee_id": employee, "month": str(month), "kind": kind},
            **{"item": more.get("item"), "reason": more.get("reason", "理由"), "decided_by": "M1"},
            **{"decided_on": decided_on, "store": STORE, "ground": more.get("ground"), **value},
        )

    def exempted(self, source: str, key: str, metric: str, month: Month = OCTOBER) -> None:
        given = {"source": source, "key": key, "metric": metric, "month": str(month)}
        self.add("exemptions", **given, store=STORE, reason="客户原因", approved_by="M1")

    def reordered(self, order: Callable[[list[Any]], list[Any]]) -> World:
        """The same world with the rows of every source, and of the roster, in another order."""
        rows = {source: order(rows) for source, rows in self.rows.items()}
        return replace(self, roster=order(self.roster), rows=rows)

    def people(self) -> pl.DataFrame:
        rows = [{name: row.get(name) for name in ROSTER} for row in self.roster]
        return pl.DataFrame(rows, schema=dict(ROSTER), orient="row")

    def evidence(self, folder: Path, month: Month = OCTOBER) -> Evidence:
        """The rows as sealed files. What is not `missing` was handed in for the stores and months around."""
        covered = frozenset((store, str(month.plus(back))) for store in self.stores for back in range(13))
        sealed: dict[str, SealedSource] = {}
        for name, source in SOURCES.items():
            handed_in = frozenset[tuple[str, str]]() if name in self.missing else covered
            rows = self.rows.get(name, ())
            sealed[name] = (
                landed(folder, name, source, rows, covered=handed_in)
                if rows
                else SealedSource(source, (), covered=handed_in)
            )
        return Evidence(month, ZONE, sealed)

    def case(self, folder: Path, under: Scheme | None = None, month: Month = OCTOBER, **more: Any) -> Case:
        """`history` and `corrections` as rows."""
        return Case(
            under or scheme(),
            SOURCES,
            self.people(),
            self.evidence(folder, month),
            frame(more.get("history", ()), HISTORY),
            frame(more.get("corrections", ()), CORRECTIONS),
        )

    def settled(self, folder: Path, under: Scheme | None = None, month: Month = OCTOBER, **more: Any) -> Settlement:
        return settle(self.case(folder, under, month, **more), ENGINE)


def frame(rows: Iterable[tuple[Any, ...]], shape: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(shape), orient="row")


def october_world() -> World:
    """The hand-worked October of `cases/months.yaml`, to be changed by a test."""
    return World.of(cases("months", "october").args[1][0]["given"])
