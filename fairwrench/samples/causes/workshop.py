"""A store's workshop, day by day: cars are promised, dispatched, mended, waited for, delivered; some will come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.arrivals import Arrival, Shop, arrival_minute, arrivals
from fairwrench.samples.causes.causes import Traits, comes_back, takes_minutes
from fairwrench.samples.causes.people import Group
from fairwrench.samples.causes.presence import Presence
from fairwrench.samples.hours import CLOSE, DAY, at_work, day_of, work_end
from fairwrench.samples.names import BODY_JOBS, FAULTS, MAINTENANCE_JOBS, Fault
from fairwrench.samples.orders import Comeback, Job, Order
from fairwrench.samples.tables import ON_ACCOUNT
from fairwrench.samples.vehicles import INTERVAL
from fairwrench.settlement.calendar.deadlines import Month

#: labour of one hour, and what an hour costs the store, in fen
LABOUR_RATE, LABOUR_COST = 18_000, 6_200
WAYS = ("微信", "支付宝", "银行卡", "现金", ON_ACCOUNT)
#: employee id, traits, whether a master
Hand = tuple[str, Traits, bool]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is there on a day; `judge` decides what is called rework, and does so for `honest` of the comebacks."""

    advisors: list[Hand]
    technicians: list[Hand]
    body: list[Hand]
    judge: str | None
    honest: float


@dataclass(slots=True)
class Visit:
    """One car in the shop: who serves it, what is to be done, how long it waits (minutes)."""

    arrival: Arrival
    advisor: str
    manners: Traits
    technician: str
    hands: Traits
    work: list[Fault]
    able: list[Hand]
    waited: int = 0
    queue: int = 0

    @property
    def day(self) -> date:
        """The day of the arrival."""
        return day_of(self.arrival.opened)


def crew_on(group: Group, store: str, day: date, there: Mapping[str, Presence], honest: float) -> Crew:
    """The crew of a store on a day; at least one of each kind, even if all should be off."""
    month, posts = Month.of(day), group.on(day, store)

    def present(*positions: str) -> list[Hand]:
        all_ = [(p, position == "master_technician") for position in positions for p in posts.get(position, ())]
        # A day on which all are off would leave cars to nobody: then whoever has the post comes in.
        here = [(p, master) for p, master in all_ if day in there[p.employee_id].there] or all_
        return [(p.employee_id, p.traits(month), master) for p, master in here]

    judges = posts.get("workshop_manager")
    return Crew(
        advisors=present("service_advisor"),
        technicians=present("technician", "master_technician"),
        body=present("body_technician", "painter"),
        judge=judges[0].employee_id if judges else None,
        honest=honest,
    )


def run_day(shop: Shop, day: date, crew: Crew) -> list[Order]:
    """All orders opened on a day, in order of arrival."""
    return [_serve(shop, crew, arrival) for arrival in arrivals(shop, day)]


def _serve(shop: Shop, crew: Crew, arrival: Arrival) -> Order:
    """One visit from arrival to the settled bill."""
    random = shop.random
    advisor, manners, _ = _advisor(random, crew, arrival)
    work = _work(random, arrival)
    able = crew.body if arrival.kind == "body" else crew.technicians
    technician, hands, _ = _dispatch(shop, able, arrival.opened, max(fault.hard for fault in work))
    visit = Visit(arrival, advisor, manners, technician, hands, work, able)
    order = _begun(shop, visit)
    _deliver(random, order, visit)
    if arrival.back:
        _judge(random, order, arrival.back, crew)
    _leave(shop, order, visit)
    return order


def _begun(shop: Shop, visit: Visit) -> Order:
    """The order up to the finished work."""
    random, arrival = shop.random, visit.arrival
    dispatched = at_work(arrival.opened + random.randint(5, 18))
    start = max(dispatched, shop.free.get(visit.technician, 0))
    visit.queue = start - dispatched
    jobs, busy = _do(random, visit)
    if any(fault.parts for fault in visit.work) and random.random() < shop.store.causes.missing:
        visit.waited = round(random.expovariate(1 / shop.store.causes.delay) * 60) + 30
    finished = shop.free[visit.technician] = work_end(start, busy)
    if visit.waited:
        finished = work_end(finished + visit.waited, 10)
    promised = _promise(random, visit)
    return Order(
        ro_no=shop.number(visit.day), store=shop.store.name, vehicle=arrival.car, kind=arrival.kind,
        advisor=visit.advisor, technician=visit.technician, bay=f"{int(visit.technician[-3:]) % 40 + 1:02d}",
        opened=arrival.opened, dispatched=dispatched, first_promised=promised,
        promised=_moved(random, promised, finished, visit.manners), finished=finished, delivered=0, settled=0,
        mileage=arrival.car.mileage(visit.day), waited_minutes=visit.waited, parts=0, parts_cost=0, labour_cost=0,
        booked=arrival.kind != "internal" and random.random() < 0.18 + 0.3 * visit.manners.care,
        inspected=random.random() < 0.85 + 0.15 * visit.hands.care,
        settlement_way=_way(random, arrival.kind), jobs=jobs,
    )  # fmt: skip


def _advisor(random: Random, crew: Crew, arrival: Arrival) -> Hand:
    """The customer's own advisor where there, else anybody, the busy ones more often."""
    if random.random() < 0.2:
        for one in crew.advisors:
            if one[0] == arrival.car.keeper:
                return one
    return random.choices(crew.advisors, [traits.effort for _, traits, _ in crew.advisors])[0]


def _work(random: Random, arrival: Arrival) -> list[Fault]:
    if arrival.back:
        return [arrival.back.fault]
    if arrival.kind == "maintenance":
        name, hours, parts = random.choices(MAINTENANCE_JOBS, (6, 3, 1))[0]
        return [Fault("保养", name, hours, 0.3, parts)]
    if arrival.kind == "internal":
        return [Fault("", random.choice(("新车整备", "试驾车检查", "自用车保养")), 120, 0.4, 4_000)]
    pool = BODY_JOBS if arrival.kind == "body" else FAULTS
    return random.sample(pool, 2 if random.random() < 0.28 else 1)


def _dispatch(shop: Shop, able: list[Hand], now: int, hard: float) -> Hand:
    """The technician who can begin soonest; hard work goes to masters, and those who take work on get more of it."""

    def rank(one: Hand) -> float:
        technician, traits, master = one
        wait = max(0, shop.free.get(technician, 0) - now)
        return wait - 150 * traits.effort + shop.random.random() * 120 - (90 if master and hard >= 1.3 else 0)

    return min(able, key=rank)


def _do(random: Random, visit: Visit) -> tuple[list[Job], int]:
    """The jobs done and the minutes the technician was busy; now and then a colleague shares one."""
    jobs, busy = [], 0
    kind, others = visit.arrival.kind, [one for one in visit.able if one[0] != visit.technician]
    for line, fault in enumerate(visit.work, 1):
        minutes = takes_minutes(fault.hours, visit.hands.pace, random)
        job = Job(
            line=line, technician=visit.technician, system=fault.system or None, name=fault.job, standard=fault.hours,
            billed=fault.hours, clocked=round(minutes / 0.6), share=1000,
            labour=0 if kind == "internal" else fault.hours * LABOUR_RATE // 100,
            claim=kind == "warranty", internal=kind == "internal", finished=0, panels=fault.panels,
        )  # fmt: skip
        if fault.hours >= 240 and others and random.random() < 0.2:
            jobs += [replace(job, share=600), replace(job, technician=random.choice(others)[0], share=400)]
            minutes = round(minutes * 0.6)
        else:
            jobs.append(job)
        busy += minutes
    return jobs, busy


def _promise(random: Random, visit: Visit) -> int:
    """What the advisor promises: the work, the queue in sight, parts known to be missing, and some room if careful."""
    care, hours = visit.manners.care, sum(fault.hours for fault in visit.work)
    known = visit.waited if random.random() < 0.15 + 0.45 * care else 0
    room = 5 + 48 * care * random.uniform(0.3, 1.3) + hours * 0.15 * care
    exact = work_end(visit.arrival.opened + 15 + visit.queue, round(hours * 0.6 + room)) + known
    # Up to a quarter of an hour, as people promise; never down, which would break the promise by rounding.
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


def _deliver(random: Random, order: Order, visit: Visit) -> None:
    """Delivery and bill; a careful advisor sells more."""
    for job in order.jobs:
        job.finished = order.finished
    delivered = order.finished + random.randint(10, 70)
    if delivered % DAY > CLOSE + 60 or random.random() < 0.05:
        delivered = at_work(order.finished - order.finished % DAY + CLOSE) + random.randint(10, 240)
    order.delivered = delivered
    order.settled = delivered + (random.randint(2, 25) if random.random() < 0.93 else random.randint(1, 5) * DAY)
    usual = sum(fault.parts for fault in visit.work) * (0.78 + 0.27 * visit.manners.care)
    order.parts = round(usual * random.uniform(0.8, 1.35)) // 100 * 100
    order.parts_cost = round(order.parts * random.uniform(0.70, 0.80))
    order.labour_cost = sum(job.clocked * job.share // 1000 for job in order.jobs) * LABOUR_COST // 100


def _judge(random: Random, order: Order, back: Comeback, crew: Crew) -> None:
    """The workshop manager calls a comeback rework, or does not; rework costs the customer nothing."""
    order.returns_for, order.judged_by = back.fault, crew.judge
    order.rework = random.random() < crew.honest
    if order.rework:
        order.first_ro_no, order.rework_cause = back.first_ro_no, "上次维修未彻底排除故障"
        # What is called rework is the store's own cost: it leaves the output and the customer's bill.
        order.kind, order.parts = "internal", 0
        for job in order.jobs:
            job.labour, job.internal = 0, True


def _leave(shop: Shop, order: Order, visit: Visit) -> None:
    """What the visit leaves behind: the next due date, and repairs that will not hold."""
    car, random = order.vehicle, shop.random
    car.last_visit_on = visit.day
    if order.kind == "maintenance":
        car.maintained_on, car.done_ro_no = visit.day, order.ro_no
        car.due_on = visit.day + timedelta(days=round(random.gauss(INTERVAL, 12)))
    # The store's own cars do not come back; rework does, though its order is internal by now.
    if order.kind == "internal" and not order.rework:
        return
    rushed = 1.35 if visit.queue > 240 else 1.0
    for fault in visit.work:
        if random.random() < comes_back(fault, visit.hands.skill, rushed):
            again = arrival_minute(random, day_of(order.delivered) + timedelta(days=random.randint(1, 24)))
            shop.comebacks.append(Comeback(max(again, order.delivered + 30), car, fault, order.ro_no))
