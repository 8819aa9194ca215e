"""The people of the group: posts to fill in a store, who fills them, and who leads whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.causes import Season, StoreCauses, Traits, store_causes, traits_in, usual_traits
from fairwrench.samples.names import people_names, store_names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused


@dataclass(frozen=True, slots=True)
class Post:
    """A position in a store: its department, its leader's position, full monthly salary in yuan, how many there are."""

    position: str
    department: str
    leader: str
    salary: int
    count: int = 1


#: one store's posts, sixty people; technicians and advisors grow with the work
POSTS = (
    Post("service_director", "service", "general_manager", 16_000),
    Post("technical_director", "service", "service_director", 13_000),
    Post("workshop_manager", "service", "service_director", 11_500),
    Post("master_technician", "service", "workshop_manager", 9_000, 2),
    Post("technician", "service", "workshop_manager", 7_000, 6),
    Post("body_technician", "service", "workshop_manager", 7_200, 2),
    Post("painter", "service", "workshop_manager", 7_400),
    Post("quality_inspector", "service", "technical_director", 7_800),
    Post("service_advisor", "service", "service_director", 7_200, 6),
    Post("advisor_assistant", "service", "service_director", 5_200),
    Post("warranty_clerk", "service", "technical_director", 6_600),
    Post("insurance_clerk", "service", "service_director", 6_200),
    Post("tool_keeper", "service", "workshop_manager", 4_900),
    Post("archivist", "service", "service_director", 4_800),
    Post("parts_manager", "service", "service_director", 9_800),
    Post("parts_clerk", "service", "parts_manager", 5_800, 3),
    Post("sales_director", "sales", "general_manager", 15_000),
    Post("sales_manager", "sales", "sales_director", 11_800),
    Post("salesperson", "sales", "sales_manager", 6_500, 7),
    Post("key_account_manager", "sales", "sales_director", 9_200),
    Post("information_clerk", "sales", "sales_manager", 5_000),
    Post("receptionist", "sales", "sales_manager", 4_900),
    Post("accessories_supervisor", "accessories", "sales_director", 7_800),
    Post("accessories_promoter", "accessories", "accessories_supervisor", 5_600, 2),
    Post("decorator", "accessories", "accessories_supervisor", 6_000),
    Post("vip_club_manager", "vip_club", "general_manager", 8_800),
    Post("club_receptionist", "vip_club", "vip_club_manager", 4_800),
    Post("car_washer", "vip_club", "vip_club_manager", 4_600),
    Post("customer_service_manager", "customer_service", "general_manager", 9_400),
    Post("customer_service_clerk", "customer_service", "customer_service_manager", 5_400, 2),
    Post("finance_manager", "finance", "general_manager", 12_500),
    Post("finance_clerk", "finance", "finance_manager", 6_800),
    Post("hr_manager", "hr", "general_manager", 10_500),
    Post("hr_specialist", "hr", "hr_manager", 6_600),
    Post("administration_manager", "administration", "general_manager", 9_600),
    Post("administration_clerk", "administration", "administration_manager", 5_000),
    Post("marketing_manager", "marketing", "general_manager", 10_200),
)
#: the one person above all stores
HEAD = Post("general_manager", "administration", "", 30_000)
#: posts that take up the difference when a store has more or fewer people than the table adds up to
FLEXIBLE = ("salesperson", "parts_clerk", "customer_service_clerk", "decorator", "accessories_promoter", "car_washer")
#: posts that a small store does without, the first of them first
OPTIONAL = (
    "marketing_manager", "club_receptionist", "car_washer", "vip_club_manager", "information_clerk", "archivist",
    "administration_clerk", "finance_clerk", "key_account_manager", "insurance_clerk", "quality_inspector", "decorator",
    "advisor_assistant", "tool_keeper", "receptionist", "accessories_promoter", "accessories_supervisor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who holds which post from when to when (inclusive, None is open); `salary` in fen, None when not known."""

    store: str
    department: str
    position: str
    manager_id: str | None
    begin: date
    end: date | None = None
    status: str = "regular"
    salary: int | None = None


@dataclass(slots=True)
class Person:
    """One employee. `assignments` are in order of time; `left_on` is the last day of service."""

    employee_id: str
    name: str
    hired_on: date
    usual: Traits
    assignments: list[Assignment]
    left_on: date | None = None
    seasons: tuple[Season, ...] = ()

    def at(self, day: date) -> Assignment | None:
        """The assignment held on a day, None before joining and after leaving."""
        if day < self.hired_on or (self.left_on and day > self.left_on):
            return None
        return next((a for a in self.assignments if a.begin <= day and (a.end is None or day <= a.end)), None)

    def longest(self, month: Month) -> Assignment | None:
        """The assignment with most days in a month, the later one on a tie."""
        # Nearly everybody, asked for each person and month: no days to compare.
        if len(self.assignments) == 1:
            return self.assignments[0] if self.days(month, self.assignments[0]) > 0 else None
        best: tuple[int, Assignment] | None = None
        for post in self.assignments:
            days = self.days(month, post)
            # "Or equal": on a tie the later post, as people are assessed where they are now.
            if days > 0 and (best is None or days >= best[0]):
                best = (days, post)
        return best[1] if best else None

    def days(self, month: Month, post: Assignment) -> int:
        """Calendar days of an assignment that lie in the month."""
        last = month.last
        begin = max(month.first, post.begin, self.hired_on)
        return (min(last, post.end or last, self.left_on or last) - begin).days + 1

    def traits(self, month: Month) -> Traits:
        """What the person is like in that month."""
        return traits_in(month, self.usual, self.seasons)


@dataclass(slots=True)
class Store:
    """One store: its place in the group (from 0), name and what it is like."""

    number: int
    name: str
    causes: StoreCauses


@dataclass(slots=True)
class Group:
    """The dealer group: stores and everybody who works or worked there, in order of employee id."""

    stores: list[Store]
    people: list[Person] = field(default_factory=list)
    _months: dict[Month, list[tuple[Person, Assignment]]] = field(default_factory=dict, repr=False)

    def person(self, employee_id: str) -> Person:
        """The person with that id; KeyError when there is none."""
        return next(p for p in self.people if p.employee_id == employee_id)

    def holders(self, position: str, store: str, day: date) -> list[Person]:
        """Who holds a position in a store on a day."""
        return [p for p in self.people if (a := p.at(day)) and a.position == position and a.store == store]

    def on(self, day: date, store: str) -> dict[str, list[Person]]:
        """Everybody in a store on a day, by position."""
        found: dict[str, list[Person]] = {}
        for person, _ in self.working(Month.of(day)):
            post = person.at(day)
            if post and post.store == store:
                found.setdefault(post.position, []).append(person)
        return found

    def working(self, month: Month) -> list[tuple[Person, Assignment]]:
        """Everybody with a day of service in the month, with the assignment held longest; nobody may change after."""
        if month not in self._months:
            posts = [(person, person.longest(month)) for person in self.people]
            self._months[month] = [(person, post) for person, post in posts if post]
        return self._months[month]


def make_group(random: Random, *, stores: int, people: int, orders: int, first: Month) -> Group:
    """A group of that many stores with that many people each, sized for `orders` a store-month, before `first`."""
    names = people_names(random)
    group = Group([Store(i, name, store_causes(random)) for i, name in enumerate(store_names(stores))])
    posts = _staffing(people, orders)
    head = _person(random, "E00001", next(names), post=HEAD, store=group.stores[0], first=first)
    group.people.append(head)
    for store in group.stores:
        own = _fill(random, posts, names, store, first)
        _lead(own, head, posts)
        group.people += own
    return group


def _staffing(people: int, orders: int) -> list[Post]:
    """The posts of one store, adding up to `people`, with hands enough for the orders; Refused for too few people."""
    wanted = {
        "technician": max(4, round(orders * 1.66 / 138) - 2),
        "body_technician": max(1, round(orders * 0.56 / 140) - 1),
        "service_advisor": max(2, round(orders / 110)),
    }
    count = {post.position: wanted.get(post.position, post.count) for post in POSTS}
    spare = people - sum(count.values())
    # In turn, so that a large store grows evenly and has no twenty car washers.
    for turn in range(max(spare, 0)):
        count[FLEXIBLE[turn % len(FLEXIBLE)]] += 1
    while spare < 0 and (most := max(FLEXIBLE, key=lambda name: count[name])) and count[most] > 1:
        count[most] -= 1
        spare += 1
    for position in OPTIONAL:
        if spare < 0:
            spare += count[position]
            count[position] = 0
    if spare < 0:
        zh = f"每店每月 {orders} 张工单至少需要 {people - spare} 人"
        en = f"a store with {orders} orders a month needs at least {people - spare} people"
        raise Refused([Problem("too_few_people", zh, en)])
    return [replace(post, count=count[post.position]) for post in POSTS]


def _fill(random: Random, posts: list[Post], names: Iterator[str], store: Store, first: Month) -> list[Person]:
    found: list[Person] = []
    for post in posts:
        for _ in range(post.count):
            number = f"E{store.number + 1:02d}{len(found) + 1:03d}"
            found.append(_person(random, number, next(names), post=post, store=store, first=first))
    return found


def _person(random: Random, number: str, name: str, *, post: Post, store: Store, first: Month) -> Person:
    hired = first.first - timedelta(days=random.randint(200, 3_000))
    salary = post.salary * random.randint(92, 112) // 100 // 50 * 50 * 100
    held = Assignment(store.name, post.department, post.position, None, hired, salary=salary)
    return Person(number, name, hired, usual_traits(random), [held])


def _lead(own: list[Person], head: Person, posts: list[Post]) -> None:
    """Give everybody of a store the holder of the leading post as line manager."""
    # Reversed, so that of several holders the first one leads.
    first = {p.assignments[0].position: p.employee_id for p in reversed(own)} | {"general_manager": head.employee_id}
    leader = {post.position: post.leader for post in posts}
    for person in own:
        post = person.assignments[0]
        person.assignments[0] = replace(post, manager_id=first[leader[post.position]])


def manager_for(group: Group, position: str, store: str, day: date) -> str | None:
    """The line manager that a position has in a store on a day."""
    leader = next((post.leader for post in POSTS if post.position == position), None)
    if leader == "general_manager":
        return group.people[0].employee_id
    found = group.holders(leader, store, day) if leader else []
    return found[0].employee_id if found else None
