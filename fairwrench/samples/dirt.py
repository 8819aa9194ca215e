"""Dirt as real files have it: bad numbers, doubled and re-sent files, late corrections, unclear names, missing files.

Each plant changes the files of one month before they are written, and says what intake or a settlement should make
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from fairwrench.samples.exports import OFFICE, PLANT, Raw, Row, Sheet
from fairwrench.samples.hours import day_of
from fairwrench.samples.layouts import FilePlan
from fairwrench.samples.people import Group
from fairwrench.samples.truth import Finding
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.source import Source


@dataclass(slots=True)
class Desk:
    """The files of one month on the desk before they go out, and what is remembered of earlier months.

    `copies` are files to be written once more under another name. `past` gives the rows of a source and store as they
    were handed in for an earlier month.
    """

    month: Month
    until: Month
    group: Group
    sources: Mapping[str, Source]
    columns: Mapping[str, list[str]]
    plans: list[FilePlan]
    past: Mapping[tuple[Month, str, str | None], list[Row]]
    copies: list[tuple[str, str]] = field(default_factory=list)

    def store(self, number: int) -> str:
        """The name of a store by its number, counted around where there are fewer."""
        return self.group.stores[number % len(self.group.stores)].name

    def plan(self, source: str, store: str | None) -> FilePlan:
        """The file that carries a source of a store (None: of the group)."""
        return next(p for p in self.plans if p.store == store and any(s.source == source for s in p.sheets))

    def sheet(self, source: str, store: str | None) -> Sheet:
        """The sheet of a source of a store."""
        return next(sheet for sheet in self.plan(source, store).sheets if sheet.source == source)

    def key(self, source: str, row: Row, store: str) -> str:
        """The key of a row, its parts joined by `|`."""
        return "|".join(str(store if c == "store" else row.get(c)) for c in self.sources[source].key)

    def soil(self, kind: str, source: str, store: str, place: int, **values: object) -> Row:
        """Change one row of a sheet and mark it as planted; returns the row."""
        rows = self.sheet(source, store).rows
        place %= len(rows)
        rows[place] = {**rows[place], **values, PLANT: (kind,)}
        return rows[place]


def soil(desk: Desk) -> list[Finding]:
    """Plant what belongs into this month's files."""
    back = desk.month.until(desk.until)
    return [finding for when, plant in _PLANTS if when == back for finding in plant(desk)]


def _bad_vin(desk: Desk) -> Iterator[Finding]:
    store = desk.store(0)
    row = desk.sheet("repair_orders", store).rows[40 % len(desk.sheet("repair_orders", store).rows)]
    wrong = row["vin"][:8] + ("7" if row["vin"][8] != "7" else "3") + row["vin"][9:]
    row = desk.soil("bad_vin", "repair_orders", store, 40, vin=wrong)
    yield Finding(
        "bad_vin", str(desk.month), store, source="repair_orders", keys=[desk.key("repair_orders", row, store)],
        expect={"accepted": True, "problem": "vin_check"}, why="the check digit of the vehicle number is wrong",
    )  # fmt: skip


def _negative_money(desk: Desk) -> Iterator[Finding]:
    store = desk.store(1)
    row = desk.soil("negative_money", "claims", store, 3, amount=-52_000)
    yield Finding(
        "negative_money", str(desk.month), store, source="claims", keys=[desk.key("claims", row, store)],
        expect={"accepted": False, "code": "too_small"}, why="an amount below zero",
    )  # fmt: skip


def _future_date(desk: Desk) -> Iterator[Finding]:
    store = desk.store(2)
    row = desk.soil("future_date", "surveys", store, 5, asked_on=desk.month.plus(7).first + timedelta(days=2))
    yield Finding(
        "future_date", str(desk.month), store, source="surveys", keys=[desk.key("surveys", row, store)],
        expect={"accepted": False, "code": "future"}, why="a call dated half a year ahead",
    )  # fmt: skip


def _wrong_total(desk: Desk) -> Iterator[Finding]:
    store = desk.store(0)
    desk.sheet("repair_orders", store).total_off = 100_000
    yield Finding(
        "wrong_total", str(desk.month), store, source="repair_orders",
        files=[desk.plan("repair_orders", store).file], expect={"ignored_total": 1},
        why="the total under the amounts is 1 000 yuan too high; the rows are right",
    )  # fmt: skip


def _contradiction(desk: Desk) -> Iterator[Finding]:
    """One order twice in a file, with different amounts: nobody can know which is right."""
    store = desk.store(0)
    rows = desk.sheet("repair_orders", store).rows
    first = desk.soil("contradiction", "repair_orders", store, 60)
    rows.insert(61, first | {"labour_amount": (first["labour_amount"] or 0) + 8_000})
    yield Finding(
        "contradiction", str(desk.month), store, source="repair_orders",
        keys=[desk.key("repair_orders", first, store)], expect={"accepted": False, "rejected_rows": 2},
        why="the same order twice with different labour",
    )  # fmt: skip


def _stranger(desk: Desk) -> Iterator[Finding]:
    store = desk.store(0)
    row = desk.soil("stranger", "repair_orders", store, 80, technician=Raw("赵外聘"))
    yield Finding(
        "stranger", str(desk.month), store, source="repair_orders", keys=[desk.key("repair_orders", row, store)],
        expect={"accepted": True, "uncredited": "technician"}, why="a technician who is on no roster",
    )  # fmt: skip


def _two_names(desk: Desk) -> Iterator[Finding]:
    """One line for two technicians, written as one cell."""
    store = desk.store(2)
    rows = desk.sheet("job_lines", store).rows
    place, row = next((i, r) for i, r in enumerate(rows) if i > 30 and r["share"] == 1000)
    other = next(r["technician"] for r in rows[place:] if r["technician"] != row["technician"])
    both = [row["technician"], other]
    names = "/".join(desk.group.person(one).name for one in both)
    row = desk.soil("two_names", "job_lines", store, place, technician=Raw(names), share=None)
    yield Finding(
        "two_names", str(desk.month), store, both, "job_lines", [f"{store}|{row['ro_no']}|{row['line']}"],
        expect={"accepted_rows": 2, "share": "0.500"}, why="one cell names both technicians of the job",
    )  # fmt: skip


def _bare_names(desk: Desk) -> Iterator[Finding]:
    """Two lines that give the name of namesakes where the system writes ids; the finding is among the stories."""
    store = desk.store(1)
    names = [person.name for person in desk.group.people]
    shared = next((p for p in desk.group.people if names.count(p.name) > 1), None)
    if shared is not None:
        for place in (15, 45):
            desk.soil("namesakes", "job_lines", store, place, technician=Raw(shared.name))
    yield from ()


def _doubled_file(desk: Desk) -> Iterator[Finding]:
    store = desk.store(0)
    file = desk.plan("surveys", store).file
    again = file.replace(".xlsx", " (1).xlsx").replace(".csv", " (1).csv")
    desk.copies.append((file, again))
    yield Finding(
        "doubled_file", str(desk.month), store, source="surveys", files=[file, again],
        expect={"new_rows": 0}, why="the same file uploaded twice under another name",
    )  # fmt: skip


def _sent_again(desk: Desk) -> Iterator[Finding]:
    """A file sent again with three rows mended."""
    store = desk.store(1)
    plan = desk.plan("repair_orders", store)
    sheet = desk.sheet("repair_orders", store)
    rows = list(sheet.rows)
    done = [i for i, row in enumerate(rows) if row["labour_amount"] and row["kind"] != "internal"]
    places = [done[len(done) * part // 4] for part in (1, 2, 3)]
    for place in places:
        rows[place] = {**rows[place], "labour_amount": rows[place]["labour_amount"] + 6_000, PLANT: ("sent_again",)}
    file = plan.file.replace(".csv", "_更正.csv").replace(".xlsx", "_更正.xlsx")
    desk.plans.append(FilePlan(file, plan.system, [replace(sheet, rows=rows)], store))
    yield Finding(
        "sent_again", str(desk.month), store, source="repair_orders", files=[plan.file, file],
        keys=[desk.key("repair_orders", rows[place], store) for place in places],
        expect={"changed_rows": 3}, why="the whole file again, with the labour of three orders mended",
    )  # fmt: skip


def _late_correction(desk: Desk) -> Iterator[Finding]:
    """Two months later a store finds that an order's parts were booked wrong."""
    store, wrong = desk.store(0), desk.month.plus(-2)
    rows = desk.past.get((wrong, "repair_orders", store), [])
    done = [r for r in rows if r["parts_amount"] and r["kind"] == "maintenance" and r["finished_at"] is not None]
    done = [row for row in done if Month.of(day_of(row["finished_at"])) == wrong and PLANT not in row]
    if not done:
        return
    row = {**done[len(done) // 2], PLANT: ("late_correction",)}
    row["parts_amount"] += 1_800_000
    plan, sheet = desk.plan("repair_orders", store), desk.sheet("repair_orders", store)
    file = f"{desk.month}/{store}_维修工单_{wrong}更正.{plan.file.rsplit('.', 1)[1]}"
    titles = [title.replace(str(desk.month), str(wrong)) for title in sheet.titles]
    desk.plans.append(FilePlan(file, plan.system, [replace(sheet, rows=[row], titles=titles, total_off=0)], store))
    yield Finding(
        "late_correction", str(desk.month), store, [row["advisor"]], "repair_orders",
        [desk.key("repair_orders", row, store)], [file],
        expect={"corrects": str(wrong), "metric": "advisor_output", "adds_yuan": 18_000},
        why=f"an order of {wrong} told anew two months later: 18 000 yuan of parts had been left out",
    )  # fmt: skip


def _missing_surveys(desk: Desk) -> Iterator[Finding]:
    """A store that does not hand in its follow-up calls for one month."""
    store = desk.store(2)
    plan = desk.plan("surveys", store)
    plan.sheets = [sheet for sheet in plan.sheets if sheet.source != "surveys"]
    desk.plans = [plan for plan in desk.plans if plan.sheets]
    yield Finding(
        "missing_evidence", str(desk.month), store, source="surveys",
        expect={"state": "incomplete", "cause": "not_handed_in"}, why="the follow-up calls were never handed in",
    )  # fmt: skip


def _two_stores(desk: Desk) -> Iterator[Finding]:
    """Accessories of two stores in one file, told apart by a column."""
    stores = [desk.store(0), desk.store(1)]
    if stores[0] == stores[1]:
        return
    rows = [row for store in stores for row in desk.sheet("accessories", store).rows]
    for store in stores:
        plan = desk.plan("accessories", store)
        plan.sheets = [sheet for sheet in plan.sheets if sheet.source != "accessories"]
    desk.plans = [plan for plan in desk.plans if plan.sheets]
    name = desk.sources["accessories"].name.zh
    file = f"{desk.month}/{'、'.join(store[:-1] for store in stores)}_{name}_{desk.month}.xlsx"
    desk.plans.append(FilePlan(file, OFFICE, [Sheet(name, "accessories", desk.columns["accessories"], rows)], None))
    yield Finding(
        "two_stores_in_one_file", str(desk.month), source="accessories", files=[file],
        expect={"stores": stores}, why="one file with the sales of two stores",
    )  # fmt: skip


def _unrated(desk: Desk) -> Iterator[Finding]:
    """A rating that the line manager forgot."""
    sheet = desk.sheet("ratings", None)
    person = _holder(desk, 0, "decorator") or _holder(desk, 0, "technician")
    if person is None:
        return
    gone = next(row for row in sheet.rows if row["employee_id"] == person and row["role"] == "line_manager")
    sheet.rows = [row for row in sheet.rows if row is not gone]
    yield Finding(
        "unrated", str(desk.month), desk.store(0), [person], "ratings",
        expect={"state": "incomplete", "item": gone["item"], "cause": "unrated"}, why="one rating was forgotten",
    )  # fmt: skip


def _without_example(desk: Desk) -> Iterator[Finding]:
    """A rating at the top level without the example in writing that it needs (S3 肆)."""
    sheet = desk.sheet("ratings", None)
    person = _holder(desk, 2, "parts_clerk") or _holder(desk, 2, "technician")
    if person is None:
        return
    place = next(i for i, row in enumerate(sheet.rows) if row["employee_id"] == person and row.get("level"))
    row = {**sheet.rows[place], "level": "优秀", "evidence": None, PLANT: ("without_example",)}
    sheet.rows[place] = row
    yield Finding(
        "without_example", str(desk.month), desk.store(2), [person], "ratings", [desk.key("ratings", row, "")],
        expect={"state": "incomplete", "item": row["item"], "cause": "needs_example"},
        why="the top level without an example in writing",
    )  # fmt: skip


def _holder(desk: Desk, number: int, position: str) -> str | None:
    people = desk.group.holders(position, desk.store(number), desk.month.last)
    return people[-1].employee_id if people else None


def _excused(desk: Desk) -> Iterator[Finding]:
    """An order that was late because a part was missing, excused from on-time delivery."""
    store = desk.store(1)
    rows = desk.sheet("repair_orders", store).rows
    late = [r for r in rows if r["waiting_parts_seconds"] and r["finished_at"] > r["first_promised_at"]]
    late = [row for row in late if Month.of(day_of(row["finished_at"])) == desk.month]
    approver = _holder(desk, 1, "hr_manager")
    if not late or approver is None:
        return
    key = desk.key("repair_orders", late[0], store)
    row: Row = {"source": "repair_orders", "key": key, "metric": "on_time_delivery", "month": str(desk.month)}
    row |= {"store": store, "reason": "缺件，供应商延期到货", "approved_by": approver, PLANT: ("excused",)}
    _office_file(desk, "exemptions", [row])
    yield Finding(
        "excused", str(desk.month), store, [late[0]["advisor"]], "exemptions", [key],
        expect={"metric": "on_time_delivery", "left_out": 1}, why="late because of a missing part",
    )  # fmt: skip


def _decisions(desk: Desk, rows: list[Row]) -> None:
    """Put decisions into the month's file of decisions."""
    for row in rows:
        row["decided_on"] = desk.month.plus(1).first + timedelta(days=4)
    try:
        desk.sheet("decisions", None).rows.extend(rows)
    except StopIteration:
        _office_file(desk, "decisions", rows)


def _office_file(desk: Desk, source: str, rows: list[Row]) -> None:
    name = desk.sources[source].name.zh
    columns = list(desk.sources[source].columns)
    file = f"{desk.month}/集团_{name}_{desk.month}.xlsx"
    desk.plans.append(FilePlan(file, OFFICE, [Sheet(name, source, columns, rows)], None))


def _appeal(desk: Desk) -> Iterator[Finding]:
    """An appeal about a rating of an earlier month, granted."""
    assessed = desk.month.plus(-1)
    ratings = desk.past.get((assessed, "ratings", None), [])
    low = [row for row in ratings if row["item"] == "conduct" and row.get("level") == "合格"]
    judge = _holder(desk, 0, "hr_manager")
    if not low or judge is None:
        return
    row = low[len(low) // 2]
    number = f"SS{desk.month.year % 100}{desk.month.month:02d}01"
    _decisions(desk, [{
        "decision_no": number, "employee_id": row["employee_id"], "month": str(assessed), "kind": "appeal_points",
        "item": "conduct", "value": 10_500, "reason": "补充了协助夜间救援的证明", "decided_by": judge,
        PLANT: ("appeal",),
    }])  # fmt: skip
    yield Finding(
        "appeal", str(desk.month), people=[row["employee_id"]], source="decisions", keys=[number],
        expect={"corrects": str(assessed), "item": "conduct", "points": "105.00"},
        why="an appeal against the rating of the month before was granted",
    )  # fmt: skip


def _stays(desk: Desk) -> Iterator[Finding]:
    """The separation review of the long run of D ends in staying."""
    reviewed = desk.until.plus(-3)
    person = next((p for p in desk.group.people if any(s.last == reviewed for s in p.seasons)), None)
    judge = _holder(desk, 1, "hr_manager")
    if person is None or judge is None:
        return
    number = f"FH{desk.month.year % 100}{desk.month.month:02d}01"
    _decisions(desk, [{
        "decision_no": number, "employee_id": person.employee_id, "month": str(reviewed), "kind": "review_stays",
        "reason": "经培训与调整，同意留任观察", "decided_by": judge, PLANT: ("review_stays",),
    }])  # fmt: skip
    yield Finding(
        "review_stays", str(desk.month), people=[person.employee_id], source="decisions", keys=[number],
        expect={"reviewed": str(reviewed)}, why="the review ended in staying; counters restart",
    )  # fmt: skip


def _on_leave(desk: Desk) -> Iterator[Finding]:
    """Someone on long leave, excluded by decision."""
    person, judge = _holder(desk, 1, "marketing_manager"), _holder(desk, 1, "hr_manager")
    if person is None or judge is None:
        return
    number = f"MK{desk.month.year % 100}{desk.month.month:02d}01"
    _decisions(desk, [{
        "decision_no": number, "employee_id": person, "month": str(desk.month), "kind": "exclude",
        "reason": "产假", "decided_by": judge, PLANT: ("on_leave",),
    }])  # fmt: skip
    yield Finding(
        "on_leave", str(desk.month), desk.store(1), [person], "decisions", [number],
        expect={"state": "excluded"}, why="on maternity leave; HR decided that the month is not assessed",
    )  # fmt: skip


Plant = Callable[[Desk], Iterator[Finding]]
#: (months before the last, what is planted in that month's files)
_PLANTS: tuple[tuple[int, Plant], ...] = (
    (4, _missing_surveys),
    (2, _stays),
    (1, _wrong_total),
    (1, _late_correction),
    (1, _appeal),
    (0, _bad_vin),
    (0, _negative_money),
    (0, _future_date),
    (0, _contradiction),
    (0, _stranger),
    (0, _two_names),
    (0, _bare_names),
    (0, _sent_again),
    (0, _doubled_file),
    (0, _two_stores),
    (0, _unrated),
    (0, _without_example),
    (0, _excused),
    (0, _on_leave),
)
