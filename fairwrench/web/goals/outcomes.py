"""What was said of goals that a change left as they were: it stands on with the edition that holds now."""

from __future__ import annotations

from fairwrench.web.goals.models import AGREED, Goal, GoalSheet, Outcome

#: what makes a goal of two editions the same
SAME = ("category", "kind", "subject", "what", "measure", "target")


def outcomes_carry(*, sheet: GoalSheet) -> int:
    """Copy what both said of the goals of the edition before, as far as this one has the same goals; how many. Part of
    the transaction in which this edition comes to hold. What was said of a goal that changed stays with its edition."""
    editions = GoalSheet.objects.filter(employee=sheet.employee_id, month=sheet.month, state__in=AGREED)
    before = editions.filter(edition__lt=sheet.edition).order_by("-edition").first()
    if before is None:
        return 0
    now = {_same(goal): goal for goal in sheet.goals.all()}
    said = Outcome.objects.filter(goal__sheet=before).select_related("goal")
    made = [
        Outcome(goal=now[_same(each.goal)], capacity=each.capacity, value=each.value, note=each.note, by=each.by)
        for each in said
        if _same(each.goal) in now
    ]
    # a sheet that was returned and is signed again has them already
    Outcome.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _same(goal: Goal) -> tuple[object, ...]:
    return tuple(getattr(goal, name) for name in SAME)
