"""A small group to close months of: two stores, three months, nine people, and every level of figures.

朝阳店 has the workshop of M1 with T1, T2, T4 and the desk of A1; 海淀店 the workshop of M2 with T5 and the desk of A2.
T4 stood at the desk until 10 October and then moved to the workshop; T3 moved from 海淀店 to 朝阳店 on 16 October.
A man who is on no roster helps in 朝阳店. T2 lends a hand in 海淀店 once a month. In October T3, still rated by M2 but
led by M1 for longer, waits for a rating.
"""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.month import Workspace
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch, Upload
from fairwrench.ledger.columns import row_types
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.scheme.scheme import Scheme
from tests.catalog.metric_library import load_metrics
from tests.engines.landed import ZONE, at, day
from tests.settlement.conftest import both
from tests.settlement.month_fixtures import (
    ATTAINED,
    LEVELS,
    LINEAR,
    METRICS,
    SCHEME,
    STEPS,
    laid_over,
    position,
)

AUGUST, SEPTEMBER, OCTOBER = (Month(2026, number) for number in (8, 9, 10))
MONTHS = (AUGUST, SEPTEMBER, OCTOBER)
CHAOYANG, HAIDIAN = STORES = ("朝阳店", "海淀店")
SOURCES = load_sources()
ORDERS = 14

_LIBRARY = load_metrics("workshop")
#: the shipped definitions, thin from five on, so that fourteen orders are enough
COMEBACKS = {
    name: {**json.loads(_LIBRARY[name].model_dump_json(exclude_none=True)), "thin_below": 5}
    for name in ("rework_rate", "one_time_fix_rate")
}
TECHNICIAN = [
    {"metric": "on_time", "category": "key", "weight": "30", "curve": LINEAR},
    {"metric": "output", "category": "finance", "weight": "30", "target": "15000", "curve": ATTAINED},
    {"metric": "rework_rate", "category": "key", "weight": "20", "curve": {**STEPS, "beyond": "50"}},
    {"metric": "one_time_fix_rate", "category": "key", "weight": "10", "curve": LINEAR, "when_missing": "reweigh"},
    {"rating": "teamwork", "name": both("teamwork"), "category": "attitude", "weight": "10", "levels": LEVELS},
]
ADVISOR = [
    {"metric": "on_time", "of": "store", "category": "key", "weight": "60", "curve": LINEAR},
    {"metric": "vehicles", "of": "store", "category": "customer", "weight": "40", "target": "30", "curve": ATTAINED},
]
MANAGER = [
    {"metric": "on_time", "of": "team", "category": "key", "weight": "30", "curve": LINEAR},
    {
        "metric": "output",
        "of": "department",
        "category": "finance",
        "weight": "30",
        "target": "60000",
        "curve": ATTAINED,
    },
    {"metric": "rework_rate", "of": "department", "category": "key", "weight": "20", "curve": STEPS},
    {"metric": "complaints", "of": "group", "category": "customer", "weight": "20", "curve": STEPS},
]
VEHICLES = {
    "name": both("vehicles served"),
    "better": "higher",
    "unit": "count",
    "numerator": {"source": "repair_orders", "value": "count_distinct(vin)", "date": "finished_at"},
}


def document(**changes: Any) -> dict[str, Any]:
    """The scheme as a document; `changes` are laid over it."""
    used = {name: METRICS[name] for name in ("on_time", "output", "complaints")}
    positions = {
        "technician": _held("技师", "workshop", "technician"),
        "service_advisor": _held("服务顾问", "desk", "advisor"),
        "workshop_manager": _held("车间主管", "workshop", "manager", manager=True),
    }
    cards = {"technician": TECHNICIAN, "advisor": ADVISOR, "manager": MANAGER}
    parts = {
        **{"scheme": "two_stores", "positions": positions, "metrics": {**used, **COMEBACKS, "vehicles": VEHICLES}},
        "scorecards": {name: {"items": items} for name, items in cards.items()},
    }
    whole = copy.deepcopy({**SCHEME, **parts})
    whole["cycle"]["steps"] = {"all": {"name": both("all figures"), "responsible": "line_manager", "day": 5}}
    for rule in whole["standing"]["rules"].values():
        rule.pop("letter", None)
    return laid_over(whole, changes)


def _held(name: str, department: str, card: str, **more: Any) -> dict[str, Any]:
    return {**position(department, "profit", card, **more), "name": {"zh": name, "en": card}}


def scheme(**changes: Any) -> Scheme:
    return Scheme.model_validate(document(**changes))


PEOPLE: list[dict[str, Any]] = [
    {"id": "M1", "name": "王主管", "position": "workshop_manager", "salary": 9000},
    {"id": "T1", "name": "张一", "manager": "M1"},
    {"id": "T2", "name": "李二", "manager": "M1"},
    {"id": "T3", "name": "赵三", "manager": "M2", "store": HAIDIAN, "to": "2026-10-15"},
    {"id": "T3", "name": "赵三", "manager": "M1", "from": "2026-10-16"},
    {"id": "T4", "name": "孙四", "manager": "M1", "position": "service_advisor", "to": "2026-10-10", "salary": 4000},
    {"id": "T4", "name": "孙四", "manager": "M1", "from": "2026-10-11"},
    {"id": "A1", "name": "周五", "manager": "M1", "position": "service_advisor", "salary": 4000},
    {"id": "M2", "name": "吴经理", "position": "workshop_manager", "store": HAIDIAN, "salary": 9000},
    {"id": "T5", "name": "张一", "manager": "M2", "store": HAIDIAN},
    {"id": "A2", "name": "冯八", "manager": "M2", "position": "service_advisor", "store": HAIDIAN, "salary": 4000},
]
DEPARTMENTS = {"technician": "workshop", "service_advisor": "desk", "workshop_manager": "workshop"}


def roster(people: Iterable[Mapping[str, Any]] = PEOPLE) -> pl.DataFrame:
    rows = []
    for number, person in enumerate(people):
        held = person.get("position", "technician")
        row = {
            **{"employee_id": person["id"], "name": person["name"], "position": held, "status": "regular"},
            **{"store": person.get("store", CHAOYANG), "department": DEPARTMENTS[held], "_row": number + 2},
            **{"manager_id": person.get("manager"), "full_salary": person.get("salary", 3000) * 100},
            **{end: day(person[end]) for end in ("from", "to") if end in person},
        }
        rows.append({name: row.get(name) for name in ROSTER})
    return pl.DataFrame(rows, schema=dict(ROSTER), orient="row")


#: who finishes orders where: technician, store, how many of the month's fourteen are late
TEAM = (("T1", CHAOYANG, 1), ("T2", CHAOYANG, 2), ("T3", HAIDIAN, 0), ("T4", CHAOYANG, 3), ("T5", HAIDIAN, 6))

Rows = dict[str, list[dict[str, Any]]]


def evidence(month: Month) -> Rows:
    """The rows of a month, by source; everything follows from the numbers of people, orders and months."""
    rows: Rows = {name: [] for name in ("repair_orders", "job_lines", "complaints", "ratings", "payroll", "targets")}
    for place, (technician, store, late) in enumerate(TEAM):
        for number in range(ORDERS):
            where = CHAOYANG if technician == "T3" and month == OCTOBER and number >= 8 else store
            where = HAIDIAN if technician == "T2" and number == 5 else where
            _order(rows, month, (where, technician), place * ORDERS + number, number < late)
    for number in range(3):
        _order(rows, month, (CHAOYANG, None), len(TEAM) * ORDERS + number, number == 0)
    received = at(f"{month}-12 09:00")
    for number, store in enumerate(STORES):
        complaint = {"complaint_no": f"{month}-C{number}", "store": store, "responsible": ("T1", "T5")[number]}
        rows["complaints"].append({**complaint, "valid": number == 1, "received_at": received})
    for person, rater, store in (("T1", "M1", CHAOYANG), ("T2", "M1", CHAOYANG), ("T4", "M1", CHAOYANG)):
        rows["ratings"].append(_rating(month, person, rater, store))
    rows["ratings"] += [_rating(month, person, "M2", HAIDIAN) for person in ("T3", "T5")]
    for number, person in enumerate(("A1", "A2", "T1", "T2", "T3", "T4", "T5")):
        store = HAIDIAN if person in ("A2", "T3", "T5") else CHAOYANG
        commission = Decimal(2000 + 137 * number)
        rows["payroll"].append({"employee_id": person, "month": str(month), "store": store, "commission": commission})
    target = {"subject": "T1", "metric": "产值", "month": str(month), "store": CHAOYANG, "value": Decimal(17000)}
    rows["targets"].append(target)
    return rows


def _order(rows: Rows, month: Month, done_by: tuple[str, str | None], number: int, late: bool) -> None:
    """An order and its job; every thirteenth order of a technician is the vehicle of the first, come back."""
    store, technician = done_by
    place, nth = divmod(number, ORDERS)
    opened = at(f"{month}-01 08:00") + timedelta(days=(2 * nth + place) % 27, minutes=number)
    vehicle = f"V{place}-{0 if nth == 12 else nth}-{month}"
    same = {"ro_no": f"{month}-{number:03d}", "store": store, "technician": technician, "opened_at": opened}
    finished = opened + timedelta(hours=6 if late else 2)
    rows["repair_orders"].append(
        {
            **same,
            **{"vin": vehicle, "kind": "repair", "advisor": "A1" if store == CHAOYANG else "A2"},
            **{"first_promised_at": opened + timedelta(hours=4), "finished_at": finished},
            **{"delivered_at": finished + timedelta(hours=1), "labour_amount": Decimal(1000 + 11 * (number % 17))},
        }
    )
    job = {"line": 1, "share": Decimal(1), "fault_system": "制动" if nth % 4 else "空调"}
    rows["job_lines"].append({**same, **job, "finished_at": finished})


def _rating(month: Month, person: str, rater: str, store: str, level: str = "良好") -> dict[str, Any]:
    given = {"employee_id": person, "rater": rater, "level": level, "month": str(month), "store": store}
    return {**given, "item": "teamwork"}


def frame(source: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as intake hands them over."""
    types = {**row_types(SOURCES[source]), "_row": pl.Int64()}
    numbered = [{"_row": number, **row} for number, row in enumerate(rows, start=2)]
    return pl.DataFrame([{name: row.get(name) for name in types} for row in numbered], schema=types, orient="row")


@dataclass
class Group:
    """The ledger of the group and what is landed in it."""

    folder: Path
    people: pl.DataFrame = field(default_factory=roster)
    threads: int = 1

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder, time_zone=ZONE, clock=lambda: datetime.fromisoformat("2026-11-02T00:00:00+00:00"))

    @property
    def office(self) -> Workspace:
        return Workspace(self.ledger, DuckDB(threads=self.threads), SOURCES, self.people)

    def land(
        self, source: str, rows: Iterable[Mapping[str, Any]], period: Month | None, stores: Iterable[str] = STORES
    ) -> Batch:
        """Land rows as one file, named by its content."""
        table = frame(source, rows)
        content = f"{source} {period} {table.write_json()}".encode()
        upload = Upload(f"{period}/{source}.csv", content)
        return self.ledger.land(source, SOURCES[source], table, upload, period=period, stores=list(stores), by="ann")

    def land_month(self, month: Month, without: Iterable[str] = ()) -> None:
        for source, rows in evidence(month).items():
            if source not in set(without):
                self.land(source, rows, month)


def write_folder(folder: Path, months: Iterable[Month] = MONTHS, without: Iterable[str] = ()) -> Path:
    """The same group as a folder of csv files, one folder a month, headers in the words of the sources."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [name for name in ROSTER if name != "_row"]
    people = roster().with_columns(full_salary=pl.col("full_salary") // 100)
    people.select(columns).write_csv(folder / "roster.csv")
    for month in months:
        for source, rows in evidence(month).items():
            if source not in set(without):
                write_file(folder / str(month) / f"{source}.csv", source, rows)
    return folder


def write_file(path: Path, source: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows as people export them: local times, Chinese headers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {name: column.name.zh if column.name else name for name, column in SOURCES[source].columns.items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(named.values())
        for row in rows:
            # whom no roster knows has a name all the same
            stranger = {"technician": "外援"} if "technician" in row and row["technician"] is None else {}
            writer.writerow(_cell({**row, **stranger}.get(name)) for name in named)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def write_scheme(path: Path, **changes: Any) -> Path:
    """The scheme as a file (YAML reads JSON)."""
    path.write_text(json.dumps(document(**changes), ensure_ascii=False, indent=1), encoding="utf-8")
    return path
