"""Pay left out of what others see of people: the full salary shows to the person and to whom pay in the store concerns
alone, and so does whatever says it outright; performance pay to managers besides; to everybody else no amount."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from fairwrench.settlement.explain.explain import Step
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.step_kinds import STEP_KINDS
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.predicates import PAYERS
from fairwrench.web.access.reach import PAY_SOURCES
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPost
from fairwrench.web.settlements.models import Result

#: steps that say the full salary
SALARY_STEPS = tuple(f"{kind.part}.{name}" for name, kind in STEP_KINDS.items() if kind.tells_salary)
#: what of a result says, or is made up of, the full salary
SALARY_FIELDS = ("fixed_part", "total_pay")
#: what of a result is paid at all
PAY_FIELDS = (*SALARY_FIELDS, "base", "performance_pay", "heads_pay", "pool_pay", "deductions", "corrections")
_HIDDEN = Text(
    zh="按全额工资计算，您的角色看不到工资", en="worked out of the full salary, which your role does not see"
)


def sees_pay(*, result: Result, user: User) -> bool:
    """Whether the salary behind a result concerns a user: their own, or of a store whose pay is their business."""
    return may(user, "people.view_pay", about=OfPost(result.employee_id, result.store))


def sees_performance_pay(*, result: Result, user: User) -> bool:
    """Whether performance pay does: also that of people whom the user leads."""
    return may(user, "people.view_performance_pay", about=OfPost(result.employee_id, result.store))


def pay_left_out(*, results: QuerySet[Result], user: User) -> list[str]:
    """The columns of pay that a table of results does without, as one of them is not the user's to see: not only
    emptied, as sorting by them, and their sum, would tell what a cell hides."""
    if sees_pay_of_all(results=results, user=user):
        return []
    scope = Scope.of(user)
    near = results.exclude(employee_id__in=scope.own | scope.led | scope.led_next)
    return ["total_pay"] if sees_pay_of_all(results=near, user=user) else ["performance_pay", "total_pay"]


def sees_pay_of_all(*, results: QuerySet[Result], user: User) -> bool:
    """Whether the salaries behind all of some results do, so that they may be shown, sorted by and added up."""
    stores = Scope.of(user).stores(*PAYERS)
    if stores is None:
        return True
    return not results.exclude(store__in=stores).exists()


def without_pay(*, result: Result, user: User) -> Result:
    """A result, never to be saved, without the amounts that are not the user's to see: all of them, or those that say
    the salary."""
    if not sees_performance_pay(result=result, user=user):
        for name in PAY_FIELDS:
            setattr(result, name, None)
        # why pay is open tells of salaries and commissions
        result.missing = ""
    elif not sees_pay(result=result, user=user):
        for name in SALARY_FIELDS:
            setattr(result, name, None)
        # a base that is a fixed part of the salary (article 5.6) says it outright
        if result.base_kind == "salary":
            result.base = None
    return result


def steps_seen(tree: Step, *, result: Result, user: User) -> Step:
    """The explanation of somebody's month as far as its amounts are the user's to see."""
    if sees_pay(result=result, user=user):
        return tree
    if sees_performance_pay(result=result, user=user):
        return steps_without_salary(tree)
    # of the whole month the score alone; what an item is made of tells of no pay
    score = next((part for _, part in tree.walk() if part.key == "score"), tree) if tree.key == "total" else tree
    return _without_pay_rows(score)


def steps_without_salary(tree: Step) -> Step:
    """The explanation of somebody's month without what says the salary: performance pay from its base and the score."""
    performance = next((part for part in tree.parts if part.key == "performance_pay"), None)
    if tree.key != "total" or performance is None:
        return _without_pay_rows(tree)
    # performance pay leads to its base and the base to the salary: neither may say how it came about
    base, *others = performance.parts
    if any(part.key in SALARY_STEPS for part in base.parts):
        base, performance = replace(base, figure="—", how=_HIDDEN, parts=()), replace(performance, how=_HIDDEN)
    return _without_pay_rows(replace(performance, parts=(base, *others)))


def _without_pay_rows(step: Step) -> Step:
    rows = tuple(behind for behind in step.rows if behind.measure.source not in PAY_SOURCES)
    return replace(step, rows=rows, parts=tuple(map(_without_pay_rows, step.parts)))
