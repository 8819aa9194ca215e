"""Bad rows: wrong numbers, dates and names, one by one, as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fairwrench.samples.exports import Raw
from fairwrench.samples.files.desk import Desk, first
from fairwrench.samples.truth import Finding


def bad_vin(desk: Desk) -> Iterator[Finding]:
    """A vehicle number whose check digit is wrong: taken over, with a warning."""
    store = desk.store(0)
    row = desk.soil("bad_vin", "repair_orders", store, 40)
    wrong = row["vin"][:8] + ("7" if row["vin"][8] != "7" else "3") + row["vin"][9:]
    row = desk.soil("bad_vin", "repair_orders", store, 40, vin=wrong)
    yield Finding(
        "bad_vin", str(desk.month), store, source="repair_orders", keys=[desk.key("repair_orders", row, store)],
        expect={"accepted": True, "problem": "vin_check"}, why="the check digit of the vehicle number is wrong",
    )  # fmt: skip


def negative_money(desk: Desk) -> Iterator[Finding]:
    """An amount below zero: rejected."""
    store = desk.store(1)
    row = desk.soil("negative_money", "claims", store, 3, amount=-52_000)
    yield Finding(
        "negative_money", str(desk.month), store, source="claims", keys=[desk.key("claims", row, store)],
        expect={"accepted": False, "code": "too_small"}, why="an amount below zero",
    )  # fmt: skip


def future_date(desk: Desk) -> Iterator[Finding]:
    """A date half a year ahead: rejected."""
    store = desk.store(2)
    row = desk.soil("future_date", "surveys", store, 5, asked_on=desk.month.plus(7).first + timedelta(days=2))
    yield Finding(
        "future_date", str(desk.month), store, source="surveys", keys=[desk.key("surveys", row, store)],
        expect={"accepted": False, "code": "future"}, why="a call dated half a year ahead",
    )  # fmt: skip


def contradiction(desk: Desk) -> Iterator[Finding]:
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


def stranger(desk: Desk) -> Iterator[Finding]:
    """A technician who is on no roster: taken over, credited to nobody."""
    store = desk.store(0)
    row = desk.soil("stranger", "repair_orders", store, 80, technician=Raw("赵外聘"))
    yield Finding(
        "stranger", str(desk.month), store, source="repair_orders", keys=[desk.key("repair_orders", row, store)],
        expect={"accepted": True, "uncredited": "technician"}, why="a technician who is on no roster",
    )  # fmt: skip


def two_names(desk: Desk) -> Iterator[Finding]:
    """One line for two technicians, written as one cell."""
    store = desk.store(2)
    rows = desk.sheet("job_lines", store).rows
    whole = ((i, r) for i, r in enumerate(rows) if i > 30 and r["share"] == 1000)
    place, row = first((i, r) for i, r in whole if not isinstance(r["technician"], Raw))
    others = (r["technician"] for r in rows[place:] if not isinstance(r["technician"], Raw))
    other = first(person for person in others if person != row["technician"])
    both = [row["technician"], other]
    names = "/".join(desk.group.person(one).name for one in both)
    row = desk.soil("two_names", "job_lines", store, place, technician=Raw(names), share=None)
    yield Finding(
        "two_names", str(desk.month), store, both, "job_lines", [f"{store}|{row['ro_no']}|{row['line']}"],
        expect={"accepted_rows": 2, "share": "0.500"}, why="one cell names both technicians of the job",
    )  # fmt: skip


def bare_names(desk: Desk) -> Iterator[Finding]:
    """Two lines that give the name of namesakes where the system writes ids; the finding is among the stories."""
    store = desk.store(1)
    names = [person.name for person in desk.group.people]
    shared = next((p for p in desk.group.people if names.count(p.name) > 1), None)
    if shared is not None:
        for place in (15, 45):
            desk.soil("namesakes", "job_lines", store, place, technician=Raw(shared.name))
    # A plant is a generator; this one plants without a finding of its own.
    yield from ()
