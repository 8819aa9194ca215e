"""What a file makes of one person's rows: changes from a day on, dated history, a last day of service.

A row is what `ledger.roster.roster.COLUMNS` says, as a dict. A file that says nothing of days tells how things are now:
what differs holds from a day on that somebody is asked for, and what stood before is cut the day before. A file with
days of its own tells history: it stands from its first day on, and what began before that is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from fairwrench.settlement.problem import Problem, Severity

Terms = dict[str, Any]
#: what may be otherwise from one day to the next
TERMS = ("store", "department", "position", "manager_id", "status", "full_salary")
#: what a row says of the time of service; its end is part of it
SERVICE = ("hired_on", "left_on")
#: what belongs to the person, on whatever day
OF_PERSON = ("name", "aliases")
LEFT = "left"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Dating:
    """How the rows of a file are dated.

    `day`: from when on what has no day of its own holds; `today`: when the file is handed in. `corrects`: rows that
    begin when a present one does correct it from its beginning, instead of changing it from `day` on. `stores`: those
    whose rows may be touched; `paid`: those whose salaries may be seen, and changed (None: all).
    """

    day: date
    today: date
    corrects: bool = False
    stores: Collection[str] | None = None
    paid: Collection[str] | None = None

    @property
    def present(self) -> date:
        """The day on which a file without days says how things are: today, or the day to come from which it holds."""
        return max(self.day, self.today)

    def reaches(self, row: Terms) -> bool:
        """Whether a row may be touched."""
        return self.stores is None or row["store"] in self.stores

    def pays(self, *rows: Terms) -> bool:
        """Whether the salary of each of some rows may be seen, and changed."""
        return self.paid is None or all(row["store"] in self.paid for row in rows)


@dataclass(frozen=True)
class Dated:
    """A person's rows as they become: whether they depend on the day (`asks_day`) and on `corrects` (`same_begin`)."""

    rows: list[Terms]
    asks_day: bool = False
    same_begin: bool = False
    problems: list[Problem] = field(default_factory=list)


def first_day(row: Terms) -> date:
    """The first day that a row covers."""
    return max(row["from"] or date.min, row["hired_on"] or date.min)


def row_on(rows: Sequence[Terms], day: date) -> Terms:
    """The row that holds on a day, else the last before it, else the first."""
    begun = [row for row in rows if first_day(row) <= day]
    return begun[-1] if begun else rows[0]


def rows_hired(handed: Sequence[Terms], dating: Dating) -> Dated:
    """The rows of somebody whom the roster does not have yet: without any day they begin with that of the dating."""
    asks = [row for row in handed if not (row["from"] or row["to"] or row["hired_on"])]
    return Dated([{**row, "from": dating.day} if row in asks else row for row in handed], asks_day=bool(asks))


def rows_changed(before: Sequence[Terms], handed: Sequence[Terms], dating: Dating) -> Dated:
    """The rows of somebody on the roster, as a file changes them. Both are in order of time, and neither is empty.

    `handed` says something in every column: what the file leaves out stands as it is (`roster_given`).
    """
    person = {name: handed[-1][name] for name in OF_PERSON}
    # name and other names are the person's on every day, in rows of before too
    rows = [{**row, **person} for row in before]
    fresh = [row for row in handed if not _stands(row, rows, dating.present)]
    if not fresh:
        return Dated(rows)
    undated = [row for row in fresh if not (row["from"] or row["to"])]
    # of several rows without a day nobody knows which one is now
    if undated and len(handed) > 1:
        return Dated(rows, problems=[_several_undated(fresh[0])])
    held = row_on(rows, dating.present)
    same_begin = len(fresh) == 1 and fresh[0]["from"] == held["from"] and fresh[0]["to"] == held["to"]
    if not (undated or (same_begin and not dating.corrects)):
        found, problems = _history(rows, [{**row, **person} for row in handed], dating)
        return Dated(found, same_begin=same_begin, problems=problems)
    if not dating.reaches(held):
        return Dated(rows, problems=[_in_other_store(fresh[0])])
    changed = _from_day(rows, fresh[0], held, dating)
    return replace(changed, same_begin=changed.asks_day and not undated)


def rows_left(before: Sequence[Terms], last_day: date) -> list[Terms]:
    """The rows of somebody whose last day of service that is, instead of one noted before; rows that begin later go."""
    kept = [row for row in before if first_day(row) <= last_day]
    if not kept:
        return []
    last = kept[-1]
    # an end that is the last day noted before moves with it
    ends = last["to"] is None or last["to"] > last_day or last["to"] == last["left_on"]
    return [*kept[:-1], {**last, "left_on": last_day, "to": last_day if ends else last["to"]}]


def _stands(row: Terms, rows: Sequence[Terms], day: date) -> bool:
    """Whether the roster says the same already."""
    if not (row["from"] or row["to"]):
        return _same(row, row_on(rows, day))
    return any(_same(row, known) and _end(row) == _end(known) for known in rows if known["from"] == row["from"])


def _same(row: Terms, known: Terms) -> bool:
    names = [name for name in (*TERMS, *SERVICE) if not (name == "status" and _leaves(row) and known["left_on"])]
    return all(row[name] == known[name] for name in names)


def _leaves(row: Terms) -> bool:
    """Whether a row says by its status what its last day says already: an assignment keeps the status it had."""
    return row["status"] == LEFT and row["left_on"] is not None


def _end(row: Terms) -> date:
    return min(row["to"] or date.max, row["left_on"] or date.max)


def _from_day(rows: list[Terms], row: Terms, held: Terms, dating: Dating) -> Dated:
    """Rows of which one changes from a day on, or of somebody who leaves or comes back."""
    gone = held["left_on"] is not None and held["left_on"] < dating.day
    if gone and row["left_on"] is None and row["status"] != LEFT:
        return _returned(rows, row, held, dating.day)
    if gone and row["left_on"] == held["left_on"]:
        return Dated(rows, problems=[_has_left(row)])
    if row["hired_on"] != held["hired_on"]:  # a day of hire is what it is, not what it is from a day on
        rows = [{**it, "hired_on": row["hired_on"]} if it["hired_on"] == held["hired_on"] else it for it in rows]
        held = {**held, "hired_on": row["hired_on"]}
    status = held["status"] if _leaves(row) else row["status"]
    told = {**row, "status": status}
    asks_day = any(told[name] != held[name] for name in TERMS)
    if asks_day:
        # something begins later: whether the change is to last beyond that, only the file can say
        if rows[-1] != held:
            return Dated(rows, True, problems=[_later_assignment(row, rows[-1])])
        rows = _cut(rows, told, held, dating.day)
    if row["left_on"] != held["left_on"]:
        rows = rows_left(rows, row["left_on"]) if row["left_on"] else _stays(rows)
    return Dated(rows, asks_day)


def _cut(rows: list[Terms], told: Terms, held: Terms, day: date) -> list[Terms]:
    """The last row with other terms from a day on: in its place where it begins no earlier, else as another row."""
    terms = {name: told[name] for name in TERMS}
    if first_day(held) >= day:
        return [*rows[:-1], {**held, **terms}]
    return [*rows[:-1], {**held, "to": day - _DAY, "left_on": None}, {**held, **terms, "from": day}]


def _stays(rows: list[Terms]) -> list[Terms]:
    last = rows[-1]
    # an end that came with the last day goes with it
    open_ended = last["to"] is None or last["to"] == last["left_on"]
    return [*rows[:-1], {**last, "left_on": None, "to": None if open_ended else last["to"]}]


def _returned(rows: list[Terms], row: Terms, held: Terms, day: date) -> Dated:
    """Another assignment for somebody who had left: from the new day of hire where there is one, else from a day."""
    hired = row["hired_on"] if row["hired_on"] and row["hired_on"] > held["left_on"] else None
    begins = hired or day
    return Dated([*rows, {**row, "from": begins, "to": None, "hired_on": begins}], asks_day=hired is None)


def _history(rows: list[Terms], handed: list[Terms], dating: Dating) -> tuple[list[Terms], list[Problem]]:
    """Rows of a file with days of their own: from the first of these on they are what stands."""
    first = min(row["from"] or date.min for row in handed)
    # rows in other stores stand whatever the file says: they are not for who hands it in
    kept = [row for row in rows if not dating.reaches(row) or (row["from"] or date.min) < first]
    cut = [
        {**row, "to": first - _DAY} if dating.reaches(row) and (row["to"] is None or row["to"] >= first) else row
        for row in kept
    ]
    before = {row["from"]: row["status"] for row in rows}
    told = [{**row, "status": before.get(row["from"], LEFT)} if _leaves(row) else row for row in handed]
    elsewhere = [row for row in kept if not dating.reaches(row)]
    overlaps = [row for row in told for other in elsewhere if _overlap(row, other)]
    found = sorted([*cut, *told], key=lambda row: row["from"] or date.min)
    return found, [_in_other_store(row) for row in overlaps[:1]]


def _overlap(row: Terms, other: Terms) -> bool:
    return first_day(row) <= _end(other) and first_day(other) <= _end(row)


def _who(row: Terms) -> tuple[str, str]:
    return f"{row['name']}（{row['employee_id']}）", f"{row['name']} ({row['employee_id']})"


def _problem(code: str, row: Terms, zh: str, en: str, *, warning: bool = False) -> Problem:
    who_zh, who_en = _who(row)
    line = row["_row"] or 0
    severity: Severity = "warning" if warning else "error"
    return Problem(code, who_zh + zh, f"{who_en} {en}", severity, line=line, subject=row["employee_id"])


def _several_undated(row: Terms) -> Problem:
    zh, en = (
        "有几行任职，其中有的没有日期；请写明生效日期",
        "has several rows, not all with days; say from when each holds",
    )
    return _problem("several_undated", row, zh, en)


def _later_assignment(row: Terms, later: Terms) -> Problem:
    zh = f"自 {later['from']} 起已登记另一任职；请在文件中写明生效日期"
    en = f"has another assignment noted from {later['from']} on; say in the file from when this row holds"
    return _problem("later_assignment", row, zh, en)


def _has_left(row: Terms) -> Problem:
    zh, en = f"已于 {row['left_on']} 离职，其他变动不计", f"left on {row['left_on']}; the other changes do not count"
    return _problem("gone_changed", row, zh, en, warning=True)


def _in_other_store(row: Terms) -> Problem:
    zh, en = "这段时间任职于其他门店，请由集团人力资源调入", "works in another store then; let group HR move them"
    return _problem("strange_person", row, zh, en)


def people_of(rows: Iterable[Terms]) -> dict[str, list[Terms]]:
    """Employee id → that person's rows in order of time; rows of nobody are left out."""
    people: dict[str, list[Terms]] = {}
    for row in rows:
        if row["employee_id"] is not None:
            people.setdefault(row["employee_id"], []).append(row)
    return {person: sorted(own, key=lambda row: row["from"] or date.min) for person, own in people.items()}
