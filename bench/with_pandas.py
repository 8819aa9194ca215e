"""The same ten indicators and scores as a pandas script over the same files, vectorised as far as pandas goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from bench.by_hand import COLUMNS
from bench.making import roster
from bench.measuring import clocked
from bench.ours import seal_path, size_of
from bench.rows import COLUMNS as NEEDED
from bench.scoring import score
from bench.sizes import MONTH, ZONE
from fairwrench.ledger.seal.seal import read_seal

BEGIN, END = (pd.Timestamp(bound) for bound in MONTH.bounds_utc(ZONE))
DAYS_30 = pd.Timedelta(days=30)
VISIT = ["vin", "fault_system", "store", "ro_no"]


def scored(folder: str, name: str, out: str) -> dict[str, Any]:
    """Read, compute and score everybody; figures go to `out` as Parquet, with the score."""
    positions = dict(roster(size_of(name)).select("employee_id", "position").iter_rows())
    took, frame = clocked(lambda: _scores(Path(folder), positions))
    frame.to_parquet(out)
    return {**took, "people": len(frame)}


def _scores(folder: Path, positions: dict[str, str]) -> pd.DataFrame:
    frame = figures(folder)
    cards = {"technician": "technician", "service_advisor": "advisor"}
    found: list[int | None] = []
    for row in frame.reset_index().to_dict("records"):
        card = cards.get(positions.get(row["employee_id"], ""))
        told = {item: (row[n], row[d] if d else 1) for item, (n, d) in COLUMNS.items()}
        found.append(score(card, told) if card else None)
    return frame.assign(score=found).reset_index()


def figures(folder: Path) -> pd.DataFrame:
    """A row a person, with the integers of every indicator."""
    orders, lines = _current(folder, "repair_orders"), _current(folder, "job_lines")
    lines = lines.merge(orders[["store", "ro_no", "vin", "delivered_at"]], on=["store", "ro_no"], how="left")
    parts = [*_jobs(lines), *_orders(orders), *_others(folder)]
    joined = pd.concat(parts, axis=1).rename_axis("employee_id")
    return joined.fillna(0).astype("int64")


def _current(folder: Path, name: str) -> pd.DataFrame:
    files = read_seal(seal_path(folder)).sources[name].paths(folder)
    columns = [*NEEDED[name].replace(" ", "").split(","), "_supersedes", "_void"]
    frame = pd.concat([pd.read_parquet(file, columns=columns, partitioning=None) for file in files])
    return frame[~frame["_void"] & ~frame["_id"].isin(frame["_supersedes"].dropna())]


def _units(amounts: pd.Series, digits: int) -> pd.Series:
    """Decimals as integers of their last decimal; decimal objects would take many times as long."""
    return (amounts.astype("float64") * 10**digits).round().fillna(0).astype("int64")


def _in_month(dates: pd.Series) -> pd.Series:
    return (dates >= BEGIN) & (dates < END)


def _jobs(lines: pd.DataFrame) -> list[pd.Series]:
    done = lines[_in_month(lines["finished_at"])]
    share = _units(done["share"].fillna(1), 3)
    by = done["technician"]
    mature = lines[_in_month(lines["delivered_at"] + DAYS_30)]
    pairs, blamed = _comebacks(lines)
    back = pd.MultiIndex.from_frame(mature[VISIT]).isin(pd.MultiIndex.from_frame(pairs))
    return [
        (_units(done["labour_amount"], 2) * share).groupby(by).sum().rename("labour_output_n"),
        (_units(done["billed_hours"], 2) * share).groupby(by).sum().rename("efficiency_n"),
        (_units(done["clocked_hours"], 2) * share).groupby(by).sum().rename("efficiency_d"),
        by.groupby(by).size().rename("rework_d"),
        mature.groupby("technician").size().rename("one_time_fix_d"),
        mature[~back].groupby("technician").size().rename("one_time_fix_n"),
        blamed.groupby(blamed).size().rename("rework_n"),
    ]


def _comebacks(lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The visits that were followed by a return, and whose job each return of the month is put down to."""
    known = lines[(lines["fault_system"].fillna("") != "") & lines["vin"].notna()]
    known = known[known.duplicated(["vin", "fault_system"], keep=False)]
    visits = known.groupby(VISIT, as_index=False).agg(opened=("opened_at", "min"), closed=("delivered_at", "max"))
    first = known.sort_values(["line", "technician", "_id"]).drop_duplicates(VISIT)
    main = known.sort_values(["share", "line", "technician", "_id"], ascending=[False, True, True, True])
    main = main.drop_duplicates(VISIT)[[*VISIT, "technician"]]
    pairs = visits.merge(visits, on=["vin", "fault_system"], suffixes=("", "_e"))
    other = (pairs["store"] != pairs["store_e"]) | (pairs["ro_no"] != pairs["ro_no_e"])
    after = (pairs["opened"] >= pairs["closed_e"]) & (pairs["opened"] <= pairs["closed_e"] + DAYS_30)
    pairs = pairs[other & after]
    names = {"store_e": "store", "ro_no_e": "ro_no"}
    earlier = pairs[["vin", "fault_system", *names]].rename(columns=names).drop_duplicates()
    last = pairs.sort_values(["closed_e", "store_e", "ro_no_e"]).drop_duplicates(VISIT, keep="last")
    last = last.merge(first[[*VISIT, "finished_at"]], on=VISIT)
    last = last[_in_month(last["finished_at"])][["vin", "fault_system", *names]].rename(columns=names)
    return earlier[VISIT], last.merge(main, on=VISIT)["technician"].dropna()


def _orders(orders: pd.DataFrame) -> list[pd.Series]:
    done = orders[_in_month(orders["finished_at"])]
    output = _units(done["labour_amount"], 2) + _units(done["parts_amount"], 2)
    in_time = done[done["finished_at"] <= done["first_promised_at"]]
    opened = orders[_in_month(orders["opened_at"])]
    return [
        output.groupby(done["advisor"]).sum().rename("advisor_output_n"),
        done.groupby("advisor").size().rename("on_time_d"),
        in_time.groupby("advisor").size().rename("on_time_n"),
        opened.groupby("advisor").size().rename("complaint_d"),
    ]


def _others(folder: Path) -> list[pd.Series]:
    surveys = _current(folder, "surveys")
    asked = pd.to_datetime(surveys["asked_on"])
    within = (asked >= pd.Timestamp(MONTH.first)) & (asked <= pd.Timestamp(MONTH.last))
    surveys = surveys[within & surveys["reached"].eq(True)]
    complaints = _current(folder, "complaints")
    complaints = complaints[_in_month(complaints["received_at"]) & complaints["valid"].eq(True)]
    presence = _current(folder, "attendance")
    presence = presence[presence["month"] == str(MONTH)]
    by = presence["employee_id"]
    return [
        surveys.groupby("advisor").size().rename("satisfaction_d"),
        surveys[surveys["satisfied"].eq(True)].groupby("advisor").size().rename("satisfaction_n"),
        complaints.groupby("responsible").size().rename("complaint_n"),
        _units(presence["attended_hours"], 2).groupby(by).sum().rename("attendance_n"),
        _units(presence["scheduled_hours"], 2).groupby(by).sum().rename("attendance_d"),
    ]
