"""Goals of departments with their budgets, and job descriptions: read by whom they concern, entered by few."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.policy import may, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.goals.models import DepartmentGoal, JobDescription
from fairwrench.web.goals.origins.forms import DepartmentGoalForm, JobForm
from fairwrench.web.goals.origins.services import (
    department_goal_end,
    department_goal_save,
    department_goals_seen,
    descriptions_of,
    job_describe,
    sees_budget,
    units_kept,
)
from fairwrench.web.goals.sheets.measuring import aim_words, measure_words, names_at
from fairwrench.web.goals.timing import month_to_plan
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Position
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import number_of
from fairwrench.web.ui.words import pick


@require_GET
@opened("goals.view")
def department_goals(request: SignedInRequest) -> HttpResponse:
    """The goals of the year, by unit: those of the group and of the stores that concern the reader."""
    month = month_to_plan()
    year = number_of(request.GET, "year", month.year)
    names, found = names_at(month), department_goals_seen(user=request.user).filter(year=year)
    rows = [
        {
            "goal": goal,
            "measure": measure_words(goal, names),
            "target": aim_words(goal, names),
            "budget": goal.budget if sees_budget(user=request.user, goal=goal) else None,
        }
        for goal in found.order_by("unit__parent__name", "unit_id", "month", "pk")
    ]
    kept = set(units_kept(user=request.user).values_list("pk", flat=True)) if opens(request.user, "goals.plan") else ()
    context = {"rows": rows, "year": year, "kept": kept, "keeps": bool(kept)}
    return render(request, "goals/department_goals.html", context)


@opened("goals.plan")
def department_goal_new(request: SignedInRequest) -> HttpResponse:
    """Enter a goal of a unit."""
    return _department_goal(request, None)


@opened("goals.plan")
def department_goal(request: SignedInRequest, department_goal_id: int) -> HttpResponse:
    """Change a goal of a unit, or end it."""
    kept = units_kept(user=request.user)
    found = DepartmentGoal.objects.filter(unit__in=kept, ended_at=None).select_related("unit__parent")
    goal = get_object_or_404(found, pk=department_goal_id)
    if request.method == "POST" and request.POST.get("do") == "end":
        seen = number_of(request.POST, "version", -1)
        return answered(
            request,
            lambda: department_goal_end(goal=goal, seen=seen, by=request.user),
            pick("已停用；已引用它的目标不变。", "Ended; goals that come from it stay."),
            "goals:department_goals",
        )
    return _department_goal(request, goal)


def _department_goal(request: SignedInRequest, goal: DepartmentGoal | None) -> HttpResponse:
    month = month_to_plan()
    told: dict[str, Any] = {"user": request.user, "names": names_at(month)}
    problems: list[Problem] = []
    initial = DepartmentGoalForm.initial_of(goal) if goal else {"year": month.year, "measured": "words:"}
    form = DepartmentGoalForm(request.POST or None, initial=initial, **told)
    if request.method == "POST" and form.is_valid():
        seen = number_of(request.POST, "version", 0)
        try:
            department_goal_save(goal=goal, told=form.told, seen=seen, by=request.user)
        except Refused as refused:
            problems = list(refused.problems)
        else:
            messages.success(request, pick("部门目标已保存。", "Kept."))
            return redirect("goals:department_goals")
    context = {"form": form, "goal": goal, "problems": problems}
    return render(request, "goals/department_goal.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@opened("goals.view")
def jobs(request: SignedInRequest) -> HttpResponse:
    """The positions with the job description that holds of each."""
    found = list(Position.objects.order_by("name_zh"))
    held = descriptions_of([each.code for each in found], today())
    rows = [(each, held.get(each.code)) for each in found]
    context = {"rows": rows, "described": len(held), "describes": may(request.user, "positions.describe", about=GROUP)}
    return render(request, "goals/jobs.html", context)


@opened("goals.view")
def job(request: SignedInRequest, position: str) -> HttpResponse:
    """The job description of a position with its earlier versions; HR writes a further one."""
    found = get_object_or_404(Position, code=position)
    versions = list(
        JobDescription.objects.filter(position=found).prefetch_related("duties").select_related("by__employee")
    )
    describes = may(request.user, "positions.describe", about=GROUP)
    form, problems = JobForm.of(found, versions[0] if versions else None), list[Problem]()
    if request.method == "POST":
        form = JobForm(request.POST)
        if form.is_valid():
            seen = number_of(request.POST, "version", 0)
            try:
                job_describe(position=found, told=form.told, seen=seen, by=request.user)
            except Refused as refused:
                problems = list(refused.problems)
            else:
                messages.success(request, pick("新版本已保存。", "The new version is kept."))
                return redirect("goals:job", found.code)
    context = {
        "position": found,
        "versions": versions,
        "holding": descriptions_of([found.code], today()).get(found.code),
        "form": form if describes else None,
        "seen": versions[0].number if versions else 0,
        "problems": problems,
    }
    return render(request, "goals/job.html", context, status=422 if request.method == "POST" else 200)
