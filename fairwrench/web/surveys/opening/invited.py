"""Who is asked: read off who works where and who leads whom on the day on which a survey is opened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Assignment, Employee


@dataclass(frozen=True)
class Invited:
    """Somebody who is asked: about whom (None: the store), by which group, from which department."""

    about: Employee | None
    employee: Employee
    group: str
    department: str


class Staff:
    """The people of a store on a day, and who leads whom there."""

    def __init__(self, store: str, day: date) -> None:
        held = (
            current(day=day).filter(store__name=store).select_related("employee", "manager", "department", "position")
        )
        #: employee → their place; of several that of the roster's first
        self.places: dict[int, Assignment] = {}
        for each in held.order_by("employee__employee_id", "place", "pk"):
            self.places.setdefault(each.employee_id, each)
        self.led: dict[int, list[Employee]] = defaultdict(list)
        for each in self.places.values():
            if each.manager_id is not None:
                self.led[each.manager_id].append(each.employee)
        # an account of somebody who works elsewhere leads from there
        self.people = {each.employee_id: each.employee for each in self.places.values()}

    def department(self, employee: Employee) -> str:
        """The scheme's id of somebody's department; empty where none is known."""
        place = self.places.get(employee.pk)
        return place.department.code if place and place.department else ""

    @property
    def heads(self) -> Mapping[str, Employee]:
        """Department → who heads it: of its people who lead others of it, the one with most."""
        leading: dict[str, Counter[int]] = defaultdict(Counter)
        for each in self.places.values():
            manager = self.places.get(each.manager_id) if each.manager_id else None
            if manager and each.department and manager.department_id == each.department_id:
                leading[each.department.code][manager.employee_id] += 1
        order = {person: at for at, person in enumerate(self.people)}
        most = {code: min(found, key=lambda who: (-found[who], order[who])) for code, found in leading.items()}
        alone = defaultdict(list)
        for person, place in self.places.items():
            if place.department:
                alone[place.department.code].append(person)
        # of a department of one, that one
        most |= {code: people[0] for code, people in alone.items() if len(people) == 1}
        return {code: self.people[person] for code, person in sorted(most.items()) if code}


def invited(
    *,
    questionnaire: Questionnaire,
    store: str,
    day: date,
    subjects: Sequence[Employee] = (),
    named: Sequence[Employee] = (),
) -> list[Invited]:
    """Everybody whom a questionnaire is put to in a store; each once about each person, by the first group that they
    belong to, and nobody about somebody who is not there."""
    staff = Staff(store, day)
    if questionnaire.about == "store":
        return [Invited(None, each, "staff", staff.department(each)) for each in staff.people.values()]
    found: dict[tuple[int, int], Invited] = {}
    heads = staff.heads
    for about in subjects:
        for group in questionnaire.asks:
            for each in _of_group(group, about, staff, heads, named):
                line = Invited(about, each, group, staff.department(each))
                found.setdefault((about.pk, each.pk), line)
    return list(found.values())


def _of_group(
    group: str, about: Employee, staff: Staff, heads: Mapping[str, Employee], named: Iterable[Employee]
) -> Iterator[Employee]:
    place = staff.places.get(about.pk)
    manager = place.manager if place else None
    if group == "self":
        yield about
    elif group == "superior" and manager is not None and not manager.has_left():
        yield manager
    elif group == "peers" and manager is not None:
        yield from (each for each in staff.led[manager.pk] if each != about)
    elif group == "reports":
        yield from (each for each in staff.led[about.pk] if each != about)
    elif group == "departments":
        own = staff.department(about)
        yield from (head for code, head in heads.items() if code != own and head != about)
    elif group == "named":
        yield from (each for each in named if each != about)
