"""What people forget and decide: ratings left out, rows exempted, appeals granted, reviews and leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fairwrench.samples.exports import PLANT, Row
from fairwrench.samples.files.desk import Desk, first
from fairwrench.samples.hours import day_of
from fairwrench.samples.truth import Finding
from fairwrench.settlement.calendar.deadlines import Month


def unrated(desk: Desk) -> Iterator[Finding]:
    """A rating that the line manager forgot."""
    sheet = desk.sheet("ratings", None)
    person = desk.holder(0, "decorator", "technician")
    gone = first(row for row in sheet.rows if row["employee_id"] == person and row["role"] == "line_manager")
    sheet.rows = [row for row in sheet.rows if row is not gone]
    yield Finding(
        "unrated", str(desk.month), desk.store(0), [person], "ratings",
        expect={"state": "incomplete", "item": gone["item"], "cause": "unrated"}, why="one rating was forgotten",
    )  # fmt: skip


def without_example(desk: Desk) -> Iterator[Finding]:
    """A rating at the top level without the example in writing that it needs (S3 肆)."""
    sheet = desk.sheet("ratings", None)
    person = desk.holder(2, "parts_clerk", "technician")
    place = first(i for i, row in enumerate(sheet.rows) if row["employee_id"] == person and row.get("level"))
    row = {**sheet.rows[place], "level": "优秀", "evidence": None, PLANT: ("without_example",)}
    sheet.rows[place] = row
    yield Finding(
        "without_example", str(desk.month), desk.store(2), [person], "ratings", [desk.key("ratings", row, "")],
        expect={"state": "incomplete", "item": row["item"], "cause": "needs_example"},
        why="the top level without an example in writing",
    )  # fmt: skip


def exempted(desk: Desk) -> Iterator[Finding]:
    """An order that was late because a part was missing, exempted from on-time delivery."""
    store = desk.store(1)
    rows = desk.sheet("repair_orders", store).rows
    late = [r for r in rows if r["waiting_parts_seconds"] and r["finished_at"] > r["first_promised_at"]]
    late = [row for row in late if Month.of(day_of(row["finished_at"])) == desk.month]
    approver = desk.holder(1, "hr_manager")
    order = first(iter(late))
    key = desk.key("repair_orders", order, store)
    row: Row = {"source": "repair_orders", "key": key, "metric": "on_time_delivery", "month": str(desk.month)}
    row |= {"store": store, "reason": "缺件，供应商延期到货", "approved_by": approver, PLANT: ("exempted",)}
    desk.hand_in("exemptions", [row])
    yield Finding(
        "exempted", str(desk.month), store, [order["advisor"]], "exemptions", [key],
        expect={"metric": "on_time_delivery", "left_out": 1}, why="late because of a missing part",
    )  # fmt: skip


def _decide(desk: Desk, row: Row) -> str:
    """Hand in a decision of the month; returns its number."""
    number = f"JD{desk.month.year % 100}{desk.month.month:02d}-{row['employee_id']}"
    row |= {"decision_no": number, "decided_on": desk.month.plus(1).first + timedelta(days=4)}
    desk.hand_in("decisions", [row])
    return number


def appeal(desk: Desk) -> Iterator[Finding]:
    """An appeal about a rating of an earlier month, granted."""
    assessed = desk.month.plus(-1)
    ratings = desk.past.get((assessed, "ratings", None), [])
    # People with a story are left out: a corrected month must not break the run that is planted.
    usual = {person.employee_id for person in desk.group.people if not person.seasons}
    low = [r for r in ratings if r["item"] == "conduct" and r.get("level") == "合格" and r["employee_id"] in usual]
    judge = desk.holder(0, "hr_manager")
    row = first(iter(low[len(low) // 2 :]))
    number = _decide(desk, {
        "employee_id": row["employee_id"], "month": str(assessed), "kind": "appeal_points", "item": "conduct",
        "value": 10_500, "reason": "补充了协助夜间救援的证明", "decided_by": judge, PLANT: ("appeal",),
    })  # fmt: skip
    yield Finding(
        "appeal", str(desk.month), people=[row["employee_id"]], source="decisions", keys=[number],
        expect={"corrects": str(assessed), "item": "conduct", "points": "105.00"},
        why="an appeal against the rating of the month before was granted",
    )  # fmt: skip


def stays(desk: Desk) -> Iterator[Finding]:
    """The separation review of the long run of D ends in staying."""
    reviewed = desk.until.plus(-3)
    person = first(p for p in desk.group.people if p.seasons and p.seasons[0].last == reviewed)
    judge = desk.holder(1, "hr_manager")
    number = _decide(desk, {
        "employee_id": person.employee_id, "month": str(reviewed), "kind": "review_stays",
        "reason": "经培训与调整，同意留任观察", "decided_by": judge, PLANT: ("review_stays",),
    })  # fmt: skip
    yield Finding(
        "review_stays", str(desk.month), people=[person.employee_id], source="decisions", keys=[number],
        expect={"reviewed": str(reviewed)}, why="the review ended in staying; counters restart",
    )  # fmt: skip


def on_leave(desk: Desk) -> Iterator[Finding]:
    """Someone on long leave, excluded by decision."""
    person, judge = desk.holder(1, "marketing_manager"), desk.holder(1, "hr_manager")
    number = _decide(desk, {
        "employee_id": person, "month": str(desk.month), "kind": "exclude", "reason": "产假", "decided_by": judge,
        PLANT: ("on_leave",),
    })  # fmt: skip
    yield Finding(
        "on_leave", str(desk.month), desk.store(1), [person], "decisions", [number],
        expect={"state": "excluded"}, why="on maternity leave; HR decided that the month is not assessed",
    )  # fmt: skip
