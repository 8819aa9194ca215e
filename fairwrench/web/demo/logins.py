"""The demo's logins, one for each role; they exist only where the demo was built."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.web.access.models import Grant, User
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.models import Duty, Employee, Unit

PASSWORD = "fairwrench-demo"
Role = Grant.Role


@dataclass(frozen=True)
class Part:
    """One login: whose position it plays, and the roles it holds beside what the roster says."""

    username: str
    zh: str
    en: str
    position: str = ""
    roles: tuple[str, ...] = ()
    of_store: bool = False
    #: in which of the stores, by name, the position is held and the role of a store is
    store: int = 0


PARTS = (
    Part("technician", "维修技师：看自己的月份（手机）", "Technician: one's own month, on a phone", "technician"),
    Part("advisor", "服务顾问：看自己的月份", "Service advisor: one's own month", "service_advisor"),
    Part(
        "manager",
        "车间经理：团队、评分、今日进度",
        "Workshop manager: the team, ratings, today",
        "workshop_manager",
        (Role.SUPERVISOR,),
        True,
    ),
    Part("director", "服务总监：隔级上级", "Service director: next-level manager", "service_director"),
    Part(
        "service",
        "售后经理：本店售后全员",
        "Service manager: all of a store's after-sales",
        "service_director",
        (Role.SERVICE_MANAGER,),
        True,
        1,
    ),
    Part("dispatcher", "调度员：今日进度、少单答复", "Dispatcher: today, missing orders", "", (Role.DISPATCHER,), True),
    Part(
        "care",
        "客服专员：客户数据",
        "Customer service: the customers' data",
        "customer_service_clerk",
        (Role.CUSTOMER_SERVICE,),
        True,
    ),
    Part("finance", "财务：工资与财务数据", "Finance: pay, own data", "finance_manager", (Role.FINANCE,), True),
    Part(
        "provider",
        "客服：数据提报",
        "Customer service: hands in data",
        "customer_service_manager",
        (Role.PROVIDER,),
        True,
    ),
    Part("hr", "人力资源：考核周期、核算", "HR: months and settling", "hr_manager", (Role.HR,)),
    Part("gm", "总经理：门店、批准", "General manager: stores, approval", "general_manager", (Role.GENERAL_MANAGER,)),
    Part("assistant", "总经理助理：只看、不看工资", "GM's assistant: all but pay", "", (Role.GM_ASSISTANT,)),
    Part("auditor", "绩效稽查：看依据、核对", "Auditor: reasons and checks", "", (Role.AUDITOR,)),
    Part("admin", "系统管理员：账号与权限", "Administrator: accounts and roles", "", (Role.ADMINISTRATOR,)),
)


def logins_make(*, roster: pl.DataFrame) -> None:
    """Make the accounts, each for somebody of its store who holds its position."""
    # an employee has one account, so nobody plays two parts
    taken: set[str] = set()
    for part in PARTS:
        user, _ = User.objects.get_or_create(username=part.username)
        if part.position:
            user.employee = _holder(roster, part, taken)
        user.set_password(PASSWORD)
        user.save()
        unit = _store_of(roster, part, user.employee) if part.of_store else None
        for role in part.roles:
            Grant.objects.get_or_create(user=user, role=role, unit=unit)


def duties_make(*, roster: pl.DataFrame) -> None:
    """Who hands in which source for which store: whoever holds the position that the source names, there or, where a
    store has nobody of it, in the first store that does."""
    stores = {unit.name: unit for unit in Unit.objects.filter(kind=Unit.Kind.STORE)}
    # people whose assignment has no end and who are past their probation
    current = roster.filter(pl.col("to").is_null() & (pl.col("status") == "regular")).sort("employee_id")
    holders = current.group_by("position", "store", maintain_order=True).agg(pl.col("employee_id").first())
    by_place = {(position, store): person for position, store, person in holders.iter_rows()}
    people = {each.employee_id: each for each in Employee.objects.all()}
    wanted = []
    for name, source in sources().items():
        somewhere = [person for (position, _), person in sorted(by_place.items()) if position == source.provided_by]
        for store, unit in stores.items():
            person = by_place.get((source.provided_by or "", store)) or next(iter(somewhere), None)
            if person:
                wanted.append(Duty(kind=Duty.Kind.PROVIDE, subject=name, unit=unit, employee=people[person]))
    # built again after an interruption, duties are there already
    Duty.objects.bulk_create(wanted, ignore_conflicts=True)


def _holder(roster: pl.DataFrame, part: Part, taken: set[str]) -> Employee | None:
    holders = roster.filter(
        (pl.col("position") == part.position) & (pl.col("status") == "regular") & pl.col("to").is_null()
    )
    # a demo of one store has no second
    stores = holders["store"].unique().sort()[: part.store + 1]
    there = holders.filter(pl.col("store") == stores.max()).sort("employee_id")
    free = [each for each in there["employee_id"] if each not in taken]
    if not free:
        return None
    # the first of several is one of those whose story the sample tells; somebody ordinary shows more
    chosen = free[len(free) // 2]
    taken.add(chosen)
    return Employee.objects.get(employee_id=chosen)


def _store_of(roster: pl.DataFrame, part: Part, employee: Employee | None) -> Unit:
    """Where somebody works; for who is not on the roster, the store of the part."""
    if employee is None:
        return list(Unit.objects.filter(kind=Unit.Kind.STORE).order_by("name")[: part.store + 1])[-1]
    mine = roster.filter(pl.col("employee_id") == employee.employee_id)
    return Unit.objects.get(kind=Unit.Kind.STORE, name=mine["store"][-1])
