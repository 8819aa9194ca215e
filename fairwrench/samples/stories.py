"""People with a story: who does outstandingly or badly for months, moves, joins, leaves, shares a name.

Every story changes causes (traits, assignments, habits), before the months are lived; what comes of it is for the
settlement to find, and is written down as expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from fairwrench.samples.causes.causes import FAILING, SHINING, SOLID, WEAK, Season, Traits, usual_traits
from fairwrench.samples.causes.people import Assignment, Person, Store, manager_for
from fairwrench.samples.truth import Finding
from fairwrench.samples.world import World
from fairwrench.settlement.calendar.deadlines import Month


@dataclass(frozen=True, slots=True)
class Run:
    """A run of one grade, from `begin` to `end` months before the last month, and what its months lead to.

    A run of D or E stands apart from whatever a person's usual traits would bring before and after it.
    """

    kind: str
    store: int
    position: str
    grade: str
    begin: int
    end: int
    traits: Traits
    events: tuple[tuple[int, str], ...]


#: (months before the last, event): what S1 ❺ 5.8 makes of each run
RUNS = (
    Run("award_run", 0, "technician", "A", 2, 0, SHINING, ((0, "excellent_employee"),)),
    Run("e_run", 0, "technician", "E", 2, 0, FAILING, ((1, "severe_warning"), (0, "separation_review"))),
    Run("short_e_run", 1, "service_advisor", "E", 1, 0, FAILING, ((0, "severe_warning"),)),
    Run("d_run", 1, "insurance_clerk", "D", 7, 3, WEAK,
        ((6, "improvement_plan"), (4, "severe_warning"), (3, "separation_review"))),
    Run("passed_plan", 2, "tool_keeper", "D", 6, 5, WEAK, ((5, "improvement_plan"), (4, "plan_passed"))),
    Run("new_d_run", 1, "archivist", "D", 1, 0, WEAK, ((0, "improvement_plan"),)),
)  # fmt: skip


@dataclass(slots=True)
class Cast:
    """Hands out people for stories, nobody twice."""

    world: World
    used: set[str]

    def store(self, number: int) -> Store:
        """The store of that number, counted around where there are fewer."""
        return self.world.group.stores[number % len(self.world.group.stores)]

    def pick(self, store: int, position: str) -> Person | None:
        """The next free holder of a position; None when nobody is left."""
        name = self.store(store).name
        for person in self.world.group.people:
            post = person.assignments[0]
            if person.employee_id not in self.used and (post.store, post.position) == (name, position):
                self.used.add(person.employee_id)
                return person
        return None


def tell_stories(world: World, until: Month) -> list[Finding]:
    """Plant every story that fits into the months and the people there are."""
    cast = Cast(world, set())
    # Runs first: they need people for the longest time, and whom they take no other story gets.
    runs = [found for run in RUNS for found in _run(cast, run, until)]
    return [
        *runs,
        *_moves_store(cast, until),
        *_moves_department(cast, until),
        *_leaves(cast, until),
        *_joins(cast, until),
        *_hardly_asked(cast, until),
        *_namesakes(cast, until),
        *_unknown_wage(cast, until),
        *_partial_judge(cast, until),
        *_habits(cast, until),
    ]


def _run(cast: Cast, run: Run, until: Month) -> Iterator[Finding]:
    first, last = until.plus(-run.begin), until.plus(-run.end)
    if first < cast.world.first or (person := cast.pick(run.store, run.position)) is None:
        return
    around = (Season(first.plus(-2), first.plus(-1), SOLID), Season(last.plus(1), last.plus(1), SOLID))
    person.seasons = (Season(first, last, run.traits), *(around if run.grade in "DE" else ()))
    months = [str(month) for month in Month.range(first, last)]
    yield Finding(
        run.kind,
        str(last),
        cast.store(run.store).name,
        [person.employee_id],
        expect={
            "grades": dict.fromkeys(months, run.grade),
            "events": {str(until.plus(-back)): event for back, event in run.events},
        },
        why=f"{months[0]} to {months[-1]}: {_WHY[run.grade]}",
    )


_WHY = {
    "A": "skilled, fast, careful and always there",
    "D": "forgets promises, comes late, is rated low",
    "E": "mends badly, is slow and often absent, is rated at the bottom",
}


def _moves_store(cast: Cast, until: Month) -> Iterator[Finding]:
    """A technician who goes to another store on the 11th of the last month."""
    person = cast.pick(0, "technician")
    if person is None or len(cast.world.group.stores) < 2:
        return
    old, new = cast.store(0), cast.store(2)
    _move(cast, person, until.first + timedelta(days=10), store=new.name, department="service", position="technician")
    yield Finding(
        "moved_store", str(until), new.name, [person.employee_id],
        expect={"store": new.name, "scorecard": "technician", "rows_in": [old.name, new.name]},
        why=f"technician of {old.name} until the 10th, of {new.name} from the 11th: assessed where most days were",
    )  # fmt: skip


def _moves_department(cast: Cast, until: Month) -> Iterator[Finding]:
    """A customer-service clerk who becomes a service advisor on the 17th of the month before the last."""
    month = until.plus(-1)
    person = cast.pick(1, "customer_service_clerk")
    if person is None or month < cast.world.first:
        return
    store = cast.store(1).name
    _move(cast, person, month.first + timedelta(days=16), store=store, department="service", position="service_advisor")
    yield Finding(
        "moved_department", str(month), store, [person.employee_id],
        expect={"scorecard": "customer_service_clerk", "scorecard_after": "service_advisor", "after": str(until)},
        why="16 days in customer service, the rest as advisor: assessed as clerk, pay base split by days",
    )  # fmt: skip


def _move(cast: Cast, person: Person, day: date, *, store: str, department: str, position: str) -> None:
    old = person.assignments[-1]
    leader = manager_for(cast.world.group, position, store, day)
    person.assignments[-1] = replace(old, end=day - timedelta(days=1))
    person.assignments.append(
        Assignment(store, department, position, leader, day, status=old.status, salary=old.salary)
    )


def _leaves(cast: Cast, until: Month) -> Iterator[Finding]:
    person = cast.pick(2, "service_advisor")
    if person is None:
        return
    person.left_on = until.first + timedelta(days=8)
    yield Finding(
        "left", str(until), cast.store(2).name, [person.employee_id],
        expect={"state": "excluded", "reason": "short_service", "left_on": person.left_on.isoformat()},
        why="left on the 9th: fewer days in service than the scheme asks for",
    )  # fmt: skip


def _joins(cast: Cast, until: Month) -> Iterator[Finding]:
    """A technician hired on the 20th of the month before the last, on probation for three months."""
    world, store = cast.world, cast.store(1)
    hired = until.plus(-1).first + timedelta(days=19)
    if until.plus(-1) < world.first:
        return
    number = f"E{store.number + 1:02d}901"
    leader = manager_for(world.group, "technician", store.name, hired)
    post = Assignment(
        store.name, "service", "technician", leader, hired, hired + timedelta(days=89), "probation", 450_000
    )
    after = replace(post, begin=hired + timedelta(days=90), end=None, status="regular", salary=650_000)
    traits = replace(usual_traits(world.random("newcomer")), effort=0.7)
    world.group.people.append(Person(number, _free_name(world), hired, traits, [post, after]))
    # The group stands in order of employee id, which every later draw goes by.
    world.group.people.sort(key=lambda person: person.employee_id)
    yield Finding(
        "probation", str(until), store.name, [number],
        expect={"state": "excluded", "reason": "probation", "reason_before": "short_service"},
        why="on probation for the whole month; the month before, hired on the 20th",
    )  # fmt: skip


def _free_name(world: World) -> str:
    used = {person.name for person in world.group.people}
    # A fixed name: the others were drawn when the group was made, before any story.
    return next(name for name in ("江晓舟", "骆青禾", "温以恒", "柏若川") if name not in used)


def _hardly_asked(cast: Cast, until: Month) -> Iterator[Finding]:
    person = cast.pick(1, "service_advisor")
    if person is None:
        return
    cast.world.shy[person.employee_id, until] = 4
    yield Finding(
        "thin_surveys", str(until), cast.store(1).name, [person.employee_id], "surveys",
        expect={"metric": "satisfaction", "calls": 4, "cause": "thin"},
        why="only four customers of this advisor were called",
    )  # fmt: skip


def _namesakes(cast: Cast, until: Month) -> Iterator[Finding]:
    """Two people of one store who share a name; its system writes employee ids, but for two rows (see the dirt)."""
    if len(cast.world.group.stores) < 2:
        return
    first, second = cast.pick(1, "technician"), cast.pick(1, "parts_clerk")
    if first is None or second is None:
        return
    first.name = second.name = "李强" if _unused(cast.world.group.people, "李强") else first.name
    yield Finding(
        "namesakes", str(until), cast.store(1).name, [first.employee_id, second.employee_id], "job_lines",
        expect={"rejected": 2, "name": first.name},
        why="a row that gives only the name could be either of them",
    )  # fmt: skip


def _unused(people: Iterable[Person], name: str) -> bool:
    return all(person.name != name for person in people)


def _unknown_wage(cast: Cast, until: Month) -> Iterator[Finding]:
    person = cast.pick(2, "technician")
    if person is None:
        return
    person.assignments = [replace(post, salary=None) for post in person.assignments]
    yield Finding(
        "unknown_wage", str(until), cast.store(2).name, [person.employee_id],
        expect={"state": "settled", "problem": "unknown_wage", "pay": None},
        why="the roster does not say the full salary: assessed all the same, but the pay waits for it",
    )  # fmt: skip


def _partial_judge(cast: Cast, until: Month) -> Iterator[Finding]:
    """A workshop manager who hardly calls anything rework, and is assessed by it (S3 捌 4)."""
    store = cast.store(0).name
    judges = cast.world.group.holders("workshop_manager", store, until.first)
    if not judges:
        return
    cast.world.honest[store] = 0.2
    yield Finding(
        "conflict_of_interest", str(until), store, [judges[0].employee_id], "repair_orders",
        expect={"metric": "rework_rate_judged", "independent": "rework_rate", "judged_below_measured": True},
        why="decides what is called rework, and is assessed by the rework of the workshop",
    )  # fmt: skip


def _habits(cast: Cast, until: Month) -> Iterator[Finding]:
    for rater, habit in cast.world.habits.items():
        post = cast.world.group.person(rater).assignments[0]
        kind = "lenient_rater" if habit.shift > 0 else "harsh_rater"
        yield Finding(
            kind, str(until), post.store, [rater], "ratings",
            expect={"above_others": habit.shift > 0},
            why="gives levels above what others see" if habit.shift > 0 else "gives levels below what others see",
        )  # fmt: skip
