"""Files that go astray: doubled, re-sent, late, missing, of two stores at once, with a wrong total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairwrench.samples.exports import OFFICE, PLANT, Row, Sheet
from fairwrench.samples.files.desk import Desk, Unfit, first
from fairwrench.samples.files.layouts import FilePlan
from fairwrench.samples.hours import day_of
from fairwrench.samples.truth import Finding
from fairwrench.settlement.calendar.deadlines import Month


def wrong_total(desk: Desk) -> Iterator[Finding]:
    """A total row that does not add up; the rows above it are right."""
    store = desk.store(0)
    desk.sheet("repair_orders", store).total_off = 100_000
    yield Finding(
        "wrong_total", str(desk.month), store, source="repair_orders",
        files=[desk.plan("repair_orders", store).file], expect={"ignored_total": 1},
        why="the total under the amounts is 1 000 yuan too high; the rows are right",
    )  # fmt: skip


def doubled_file(desk: Desk) -> Iterator[Finding]:
    """The same file twice, the second time under another name."""
    store = desk.store(0)
    file = desk.plan("surveys", store).file
    again = file.replace(".xlsx", " (1).xlsx").replace(".csv", " (1).csv")
    desk.copies.append((file, again))
    yield Finding(
        "doubled_file", str(desk.month), store, source="surveys", files=[file, again],
        expect={"new_rows": 0}, why="the same file uploaded twice under another name",
    )  # fmt: skip


def sent_again(desk: Desk) -> Iterator[Finding]:
    """A file sent again with three rows mended."""
    store = desk.store(1)
    plan = desk.plan("repair_orders", store)
    sheet = desk.sheet("repair_orders", store)
    rows = list(sheet.rows)
    done = [i for i, r in enumerate(rows) if r["labour_amount"] and r["kind"] != "internal" and PLANT not in r]
    if len(done) < 4:
        raise Unfit
    # Apart from each other, and from rows in which something else was planted.
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


def late_correction(desk: Desk) -> Iterator[Finding]:
    """Two months later a store finds that an order's parts were booked wrong."""
    store, wrong = desk.store(0), desk.month.plus(-2)
    rows = desk.past.get((wrong, "repair_orders", store), [])
    done = [r for r in rows if r["finished_at"] is not None and Month.of(day_of(r["finished_at"])) == wrong]
    advisor = _middle_advisor(done)
    mine = (r for r in done if r["advisor"] == advisor and r["kind"] == "maintenance" and PLANT not in r)
    row = {**first(mine), PLANT: ("late_correction",)}
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


def _middle_advisor(rows: list[Row]) -> str:
    """The advisor who brought the middle output, whom a correction lifts: not at the top of the curve, nor below it."""
    brought: dict[str, int] = {}
    for row in rows:
        brought[row["advisor"]] = brought.get(row["advisor"], 0) + row["labour_amount"] + row["parts_amount"]
    ranked = sorted(brought, key=lambda advisor: (brought[advisor], advisor))
    return first(iter(ranked[len(ranked) // 2 :]))


def missing_surveys(desk: Desk) -> Iterator[Finding]:
    """A store that does not hand in its follow-up calls for one month."""
    store = desk.store(2)
    plan = desk.plan("surveys", store)
    plan.sheets = [sheet for sheet in plan.sheets if sheet.source != "surveys"]
    # A workbook without a sheet is no file.
    desk.plans = [plan for plan in desk.plans if plan.sheets]
    yield Finding(
        "missing_evidence", str(desk.month), store, source="surveys",
        expect={"state": "incomplete", "cause": "not_handed_in"}, why="the follow-up calls were never handed in",
    )  # fmt: skip


def two_stores(desk: Desk) -> Iterator[Finding]:
    """Accessories of two stores in one file, told apart by a column."""
    stores = [desk.store(0), desk.store(1)]
    if stores[0] == stores[1]:
        raise Unfit
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
