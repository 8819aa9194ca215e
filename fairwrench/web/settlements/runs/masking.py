"""Salaries left out of what managers see of their people: the full salary shows to the person and to who oversees the
store alone, and so does whatever says it outright."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from fairwrench.settlement.explain.explain import Step
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.step_kinds import STEP_KINDS
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPost
from fairwrench.web.evidence.access import PAY_SOURCES
from fairwrench.web.settlements.models import Result

#: steps that say the full salary
SALARY_STEPS = tuple(f"{kind.part}.{name}" for name, kind in STEP_KINDS.items() if kind.tells_salary)
#: what of a result says, or is made up of, the full salary
SALARY_FIELDS = ("fixed_part", "total_pay")
_HIDDEN = Text(
    zh="按全额工资计算，您的角色看不到工资", en="worked out of the full salary, which your role does not see"
)


def sees_pay(*, result: Result, user: User) -> bool:
    """Whether the salary behind a result concerns a user: their own, or of a store that they oversee."""
    return may(user, "people.view_pay", about=OfPost(result.employee_id, result.store))


def sees_pay_of_all(*, results: QuerySet[Result], user: User) -> bool:
    """Whether the salaries behind all of some results do, so that they may be shown, sorted by and added up."""
    stores = Scope.of(user).stores(*OVERSEERS)
    if not stores:
        return stores is None
    return not results.exclude(store__in=stores).exists()


def without_salary(*, result: Result, user: User) -> Result:
    """A result, never to be saved, without the amounts that say the salary, where it is not the user's to see."""
    if not sees_pay(result=result, user=user):
        for name in SALARY_FIELDS:
            setattr(result, name, None)
        # a base that is a fixed part of the salary (article 5.6) says it outright
        if result.base_kind == "salary":
            result.base = None
    return result


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
