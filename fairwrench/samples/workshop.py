"""A store's workshop, day by day: cars arrive, are promised, dispatched, mended, waited for, delivered; some come back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes import SEASONAL, WEEKLY, Traits, comes_back, takes_minutes
from fairwrench.samples.hours import CLOSE, DAY, at_work, minute_of, work_end
from fairwrench.samples.names import BODY_JOBS, FAULTS, MAINTENANCE_JOBS, Fault
from fairwrench.samples.orders import Comeback, Job, Order
from fairwrench.samples.people import Group, Person, Store
from fairwrench.samples.presence import Presence
from fairwrench.samples.vehicles import INTERVAL, LOST, Vehicle
from fairwrench.settlement.deadlines import Month

#: labour of one hour, and what an hour costs the store, in fen
LABOUR_RATE, LABOUR_COST = 18_000, 6_200
#: kinds of visits other than maintenance and comebacks, with their shares
_OTHER = (("repair", 0.50), ("body", 0.23), ("warranty", 0.17), ("internal", 0.10))
#: share of the orders that maintenance brings
MAINTENANCE = 0.50
WAYS = ("微信", "支付宝", "银行卡", "现金", "挂账")


@dataclass(slots=True)
class Shop:
    """One store's workshop and what it carries from day to day."""

    store: Store
    fleet: list[Vehicle]
    demand: int
    random: Random
    free: dict[str, int] = field(default_factory=dict)
    comebacks: list[Comeback] = field(default_factory=list)
    serial: int = 0

    def number(self, day: date) -> str:
        """The next order number, counted through the year."""
        self.serial += 1
        return f"RO{day:%y%m}{self.serial:05d}"


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is there on a day: employee ids with their traits; `judge` decides what is called rework."""

    advisors: list[tuple[str, Traits]]
    technicians: list[tuple[str, Traits, bool]]
    body: list[tuple[str, Traits, bool]]
    judge: str | None
    honest: float


def crew_on(group: Group, store: str, day: date, there: dict[str, Presence], honest: float) -> Crew:
    """The crew of a store on a day; at least one of each kind, even if all should be off."""
    month = Month.of(day)

    def present(*positions: str) -> list[Person]:
        all_ = [p for position in positions for p in group.holders(position, store, day)]
        return [p for p in all_ if day in there[p.employee_id].there] or all_

    def hands(*positions: str) -> list[tuple[str, Traits, bool]]:
        masters = {p.employee_id for p in group.holders("master_technician", store, day)}
        return [(p.employee_id, p.traits(month), p.employee_id in masters) for p in present(*positions)]

    judges = group.holders("workshop_manager", store, day)
    return Crew(
        advisors=[(p.employee_id, p.traits(month)) for p in present("service_advisor")],
        technicians=hands("technician", "master_technician"),
        body=hands("body_technician", "painter"),
        judge=judges[0].employee_id if judges else None,
        honest=honest,
    )


def run_day(shop: Shop, day: date, crew: Crew) -> list[Order]:
    """All orders opened on a day, in order of arrival."""
    arrivals = [*_returning(shop, day), *_due(shop, day), *_others(shop, day)]
    arrivals.sort(key=lambda one: (one[0], one[2].vin))
    return [_serve(shop, crew, *arrival) for arrival in arrivals]


Arrival = tuple[int, str, Vehicle, "Comeback | None"]


def _arrival_minute(random: Random, day: date) -> int:
    return minute_of(day, 520 + int(random.betavariate(1.6, 2.6) * 480))


def _returning(shop: Shop, day: date) -> list[Arrival]:
    end = minute_of(day + timedelta(days=1))
    now = [one for one in shop.comebacks if one.minute < end]
    shop.comebacks = [one for one in shop.comebacks if one.minute >= end]
    return [(one.minute, "repair", one.vehicle, one) for one in now]


def _due(shop: Shop, day: date) -> list[Arrival]:
    """Cars whose maintenance is due: the loyal come about then, others let it pass."""
    found: list[Arrival] = []
    for car in shop.fleet:
        if car.due_on != day or car.loyal <= LOST:
            continue
        if shop.random.random() < car.loyal * (1 if car.reminded else 0.72):
            found.append((_arrival_minute(shop.random, day), "maintenance", car, None))
        else:
            car.due_on = day + timedelta(days=60)
    return found


def _others(shop: Shop, day: date) -> list[Arrival]:
    mean = (
        shop.demand
        * (1 - MAINTENANCE)
        / 30
        * shop.store.causes.demand
        * SEASONAL[day.month - 1]
        * WEEKLY[day.weekday()]
    )
    count = max(0, round(shop.random.gauss(mean, mean**0.5)))
    kinds, shares = zip(*_OTHER, strict=True)
    found: list[Arrival] = []
    for kind in shop.random.choices(kinds, shares, k=count):
        car = _any_car(shop, day)
        found.append((_arrival_minute(shop.random, day), kind, car, None))
        car.last_visit_on = day
    return found


def _any_car(shop: Shop, day: date) -> Vehicle:
    """A car that was not in the shop for some weeks: others have no reason to come."""
    for _ in range(50):
        car = shop.random.choice(shop.fleet)
        if car.loyal > LOST and (car.last_visit_on is None or (day - car.last_visit_on).days > 35):
            break
    return car


def _serve(shop: Shop, crew: Crew, opened: int, kind: str, car: Vehicle, back: Comeback | None) -> Order:
    """One visit from arrival to the settled bill."""
    random, day = shop.random, date.fromordinal(date(2020, 1, 1).toordinal() + opened // DAY)
    advisor, manners = _advisor(random, crew, car)
    work = _work(random, kind, back)
    able = crew.body if kind == "body" else crew.technicians
    technician, hands = _dispatch(shop, able, opened, max(fault.hard for fault in work))
    dispatched = at_work(opened + random.randint(5, 18))
    start = max(dispatched, shop.free.get(technician, 0))
    queue = start - dispatched
    jobs, busy = _do(random, work, technician, hands, kind, able)
    missing = any(fault.parts for fault in work) and random.random() < shop.store.causes.missing
    waited = round(random.expovariate(1 / shop.store.causes.delay) * 60) + 30 if missing else 0
    finished = work_end(start, busy)
    shop.free[technician] = finished
    if waited:
        finished = work_end(finished + waited, 10)
    promised = _promise(random, opened, sum(fault.hours for fault in work), queue, manners, waited)
    order = Order(
        ro_no=shop.number(day), store=shop.store.name, vehicle=car, kind=kind, advisor=advisor, technician=technician,
        bay=f"{int(technician[-3:]) % 40 + 1:02d}", opened=opened, dispatched=dispatched, first_promised=promised,
        promised=_moved(random, promised, finished, manners), finished=finished, delivered=0, settled=0,
        mileage=car.mileage(day), waited_minutes=waited, parts=0, parts_cost=0, labour_cost=0,
        booked=kind != "internal" and random.random() < 0.18 + 0.3 * manners.care,
        inspected=random.random() < 0.85 + 0.15 * hands.care, settlement_way=_way(random, kind), jobs=jobs,
    )  # fmt: skip
    _finish(random, order, work, back, crew)
    _leave(shop, order, work, hands, day, queue)
    return order


def _advisor(random: Random, crew: Crew, car: Vehicle) -> tuple[str, Traits]:
    """The customer's own advisor where there, else anybody, the busy ones more often."""
    if random.random() < 0.2:
        for one in crew.advisors:
            if one[0] == car.keeper:
                return one
    return random.choices(crew.advisors, [traits.effort for _, traits in crew.advisors])[0]


def _work(random: Random, kind: str, back: Comeback | None) -> list[Fault]:
    if back:
        return [back.fault]
    if kind == "maintenance":
        name, hours, parts = random.choices(MAINTENANCE_JOBS, (6, 3, 1))[0]
        return [Fault("保养", name, hours, 0.3, parts)]
    if kind == "internal":
        return [Fault("", random.choice(("新车整备", "试驾车检查", "自用车保养")), 120, 0.4, 4_000)]
    pool = BODY_JOBS if kind == "body" else FAULTS
    count = 2 if random.random() < 0.28 else 1
    return random.sample(pool, count)


def _dispatch(shop: Shop, able: list[tuple[str, Traits, bool]], now: int, hard: float) -> tuple[str, Traits]:
    """The technician who can begin soonest; hard work goes to masters, and those who take work on get more of it."""
    best: tuple[float, str, Traits] | None = None
    for technician, traits, master in able:
        wait = max(0, shop.free.get(technician, 0) - now)
        rank = wait - 150 * traits.effort + shop.random.random() * 120 - (90 if master and hard >= 1.3 else 0)
        if best is None or rank < best[0]:
            best = (rank, technician, traits)
    assert best is not None
    return best[1], best[2]


def _do(
    random: Random,
    work: list[Fault],
    technician: str,
    hands: Traits,
    kind: str,
    able: list[tuple[str, Traits, bool]],
) -> tuple[list[Job], int]:
    """The jobs done and the minutes the technician was busy; now and then a colleague shares one."""
    jobs, busy = [], 0
    for line, fault in enumerate(work, 1):
        minutes = takes_minutes(fault.hours, hands.pace, random)
        billed = fault.hours
        labour = 0 if kind == "internal" else billed * LABOUR_RATE // 100
        clocked = round(minutes / 0.6)
        base = Job(
            line, technician, fault.system or None, fault.job, fault.hours, billed, clocked, 1000, labour,
            kind == "warranty", kind == "internal", 0,
        )  # fmt: skip
        others = [one for one in able if one[0] != technician]
        if fault.hours >= 240 and others and random.random() < 0.2:
            jobs += _shared(base, random.choice(others)[0])
            minutes = round(minutes * 0.6)
        else:
            jobs.append(base)
        busy += minutes
    return jobs, busy


def _shared(job: Job, other: str) -> list[Job]:
    """The job as two people's, 60 and 40 % of it; both rows carry the hours and labour of the whole job."""
    return [replace(job, share=600), replace(job, technician=other, share=400)]


def _promise(random: Random, opened: int, hours: int, queue: int, manners: Traits, waited: int) -> int:
    """What the advisor promises: the work, the queue in sight, parts known to be missing, and some room if careful."""
    known = waited if random.random() < 0.15 + 0.45 * manners.care else 0
    room = 5 + 60 * manners.care * random.uniform(0.3, 1.3) + hours * 0.6 * 0.25 * manners.care
    exact = work_end(opened + 15 + queue, round(hours * 0.6 + room)) + known
    return -(-exact // 15) * 15


def _moved(random: Random, promised: int, finished: int, manners: Traits) -> int:
    """A late order's promise is moved by advisors who care; the first promise stays on record."""
    if finished > promised and random.random() < manners.care:
        return -(-finished // 30) * 30 + 30
    return promised


def _way(random: Random, kind: str) -> str:
    if kind in ("warranty", "internal"):
        return "厂家结算" if kind == "warranty" else "内部结算"
    return "保险公司" if kind == "body" and random.random() < 0.7 else random.choices(WAYS, (5, 3, 2, 1, 1))[0]


def _finish(random: Random, order: Order, work: list[Fault], back: Comeback | None, crew: Crew) -> None:
    """Delivery, bill, and for a return the judgement of whether it is rework."""
    for job in order.jobs:
        job.finished = order.finished
    delivered = order.finished + random.randint(10, 70)
    if delivered % DAY > CLOSE + 60 or random.random() < 0.05:
        delivered = at_work(order.finished - order.finished % DAY + CLOSE) + random.randint(10, 240)
    order.delivered = delivered
    order.settled = (
        delivered + random.randint(2, 25) if random.random() < 0.93 else delivered + random.randint(1, 5) * DAY
    )
    order.parts = round(sum(fault.parts for fault in work) * random.uniform(0.8, 1.35)) // 100 * 100
    order.parts_cost = round(order.parts * random.uniform(0.70, 0.80))
    order.labour_cost = sum(job.clocked for job in order.jobs) * LABOUR_COST // 100
    if back:
        order.first_ro_no, order.returns_for = back.first_ro_no, back.fault
        order.judged_by = crew.judge
        order.rework = random.random() < crew.honest
        order.rework_cause = "上次维修未彻底排除故障" if order.rework else None
        if order.rework:
            order.kind, order.parts = "internal", 0
            for job in order.jobs:
                job.labour, job.internal = 0, True


def _leave(shop: Shop, order: Order, work: list[Fault], hands: Traits, day: date, queue: int) -> None:
    """What the visit leaves behind: the next due date, and repairs that will not hold."""
    car = order.vehicle
    car.last_visit_on = day
    if order.kind == "maintenance":
        car.maintained_on, car.done_ro_no = day, order.ro_no
        car.due_on = day + timedelta(days=round(shop.random.gauss(INTERVAL, 12)))
    if order.kind not in ("repair", "warranty", "maintenance") and not order.rework:
        return
    rushed = 1.35 if queue > 240 else 1.0
    for fault in work:
        if shop.random.random() < comes_back(fault, hands.skill, rushed):
            again = order.delivered + shop.random.randint(1, 24) * DAY
            minute = _arrival_minute(shop.random, date.fromordinal(date(2020, 1, 1).toordinal() + again // DAY))
            shop.comebacks.append(Comeback(max(minute, order.delivered + 30), car, fault, order.ro_no))
