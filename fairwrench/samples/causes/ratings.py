"""Manual ratings as line managers give them: some lenient, some harsh, with an example where the level needs one."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from fairwrench.samples.causes.causes import FAIR, HARSH, LENIENT, Habit, level_of
from fairwrench.samples.causes.people import Group, Person
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import minute_of
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Item, Scheme

RATING_COLUMNS = ["employee_id", "item", "rater", "month", "role", "level", "points", "evidence", "rated_at"]
_GOOD = (
    "{month}主动加班完成{count}台急修车，客户致谢",
    "{month}带教新人并整理了{count}份维修案例",
    "{month}连续{count}周无差错，主动支援前台",
)
_POOR = (
    "{month}有{count}次未按要求填写记录，经提醒仍未改正",
    "{month}{count}次拒绝协助同事，影响交车",
    "{month}工具未归位{count}次，5S检查不合格",
)


def ratings(group: Group, month: Month, scheme: Scheme, habits: Mapping[str, Habit], seed: int) -> list[Row]:
    """Every rating and some bonuses of everybody who has a scorecard."""
    rows: list[Row] = []
    for person, post in group.working(month):
        position = scheme.positions.get(post.position)
        card = scheme.scorecards.get(position.scorecard or "") if position else None
        if card is None or post.manager_id is None:
            continue
        random = Random(f"{seed}/{month}/{person.employee_id}/ratings")
        for item in card.items:
            if item.kind != "metric":
                raters = _raters(group, person, post.manager_id, month, item)
                rows += _rated(random, person, item, month, raters=raters, habits=habits)
    return rows


def _raters(group: Group, person: Person, manager: str, month: Month, item: Item) -> list[tuple[str, str]]:
    """Who rates an item, with their roles."""
    found: list[tuple[str, str]] = []
    for role in item.raters or ("line_manager",):
        if role == "self":
            found.append((person.employee_id, role))
        elif role == "next_level":
            above = group.person(manager).longest(month)
            found.append((above.manager_id if above and above.manager_id else manager, role))
        elif role == "line_manager":
            found.append((manager, role))
    return found


def _rated(
    random: Random,
    person: Person,
    item: Item,
    month: Month,
    *,
    raters: list[tuple[str, str]],
    habits: Mapping[str, Habit],
) -> list[Row]:
    regard = person.traits(month).regard
    rows = []
    for rater, role in raters:
        habit = LENIENT if role == "self" else habits.get(rater, FAIR)
        row: Row = {
            "employee_id": person.employee_id,
            "item": item.key,
            "rater": rater,
            "month": str(month),
            "role": role,
        }
        row["rated_at"] = minute_of(month.plus(1).first, 600 + random.randrange(400)) + random.randrange(3) * 1440
        if item.kind == "bonus":
            row |= _bonus(random, regard, item)
        else:
            row |= _level(random, regard, habit, item, month)
        if row.get("level") or row.get("points") is not None:
            rows.append(row)
    return rows


def _bonus(random: Random, regard: float, item: Item) -> Row:
    """Bonus points are rare, and need an example."""
    most = int(item.up_to or 0)
    if regard >= 0.99:
        return {"points": most * 100, "evidence": "本月多次应急响应，处理及时"}
    if regard < 0.7 or random.random() > 0.12 or most < 1:
        return {}
    return {"points": random.randint(1, max(1, most - 1)) * 100, "evidence": "夜间救援一次，处理及时"}


def _level(random: Random, regard: float, habit: Habit, item: Item, month: Month) -> Row:
    words = sorted(item.levels or {}, key=lambda word: -(item.levels or {})[word])
    word = words[level_of(regard, habit, len(words), random)]
    if word not in item.evidence:
        return {"level": word}
    kind = _GOOD if words.index(word) < len(words) / 2 else _POOR
    example = random.choice(kind).format(month=f"{month.month}月", count=random.randint(2, 5))
    return {"level": word, "evidence": example}


def habits_of(group: Group) -> dict[str, Habit]:
    """One lenient and one harsh rater: the first store's parts manager, the second store's sales manager."""
    found: dict[str, Habit] = {}
    for number, (position, habit) in enumerate((("parts_manager", LENIENT), ("sales_manager", HARSH))):
        store = group.stores[number % len(group.stores)].name
        people = [p for p in group.people if p.assignments[0].position == position and p.assignments[0].store == store]
        found |= {p.employee_id: habit for p in people}
    return found
