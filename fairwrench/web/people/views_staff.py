"""Hiring, moving, naming, leaving; standing in for somebody who is away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.people import employees
from fairwrench.web.people.duties import delegation_end, delegation_make
from fairwrench.web.people.forms_people import DelegationForm, HireForm, LeaveForm, NameForm, TermsForm
from fairwrench.web.people.models import Delegation, Employee
from fairwrench.web.people.policy import allowed
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.scope import today
from fairwrench.web.people.selectors import delegates_for, person_page
from fairwrench.web.people.witness import shows
from fairwrench.web.ui.words import of, pick


def done(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Whether a valid form's act succeeded; what refused it stands in the form."""
    try:
        act()
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(None, of(problem))
        return False
    return True


def _page(
    request: SignedInRequest, form: forms.Form, title: str, employee: Employee | None, hint: str = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "employee": employee, "hint": hint}
    return render(request, "people/form.html", context)


@allowed("people.change")
def hire(request: SignedInRequest) -> HttpResponse:
    """Somebody new."""
    form = HireForm(request.POST or None, user=request.user, initial={"begin": today()})
    if request.method == "POST" and form.is_valid() and done(form, lambda: employees.employee_hire(**form.hired())):
        return redirect("people:person", form.cleaned_data["employee_id"])
    return _page(request, form, pick("新员工入职", "Hire somebody"), None)


@allowed("people.change", about="employee_id")
def move(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """Other terms from a day on."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    page = person_page(user=request.user, employee_id=employee_id)
    shows(request, harmless=not page.pay)
    now = page.now
    names = ("store", "department", "position", "manager", "status")
    initial = {name: getattr(now, name) for name in names} if now else {}
    pay = now.full_salary if now else None
    initial |= {"full_salary": f"{pay // 100}.{pay % 100:02d}"} if pay is not None else {}
    form = TermsForm(request.POST or None, user=request.user, initial=initial)
    if not page.pay:  # who may not see the salary leaves it as it is
        form.fields.pop("full_salary")

    def moved() -> None:
        employees.employee_move(employee=employee, terms=form.terms(pay))

    if request.method == "POST" and form.is_valid() and done(form, moved):
        messages.success(request, pick("任职已变更。", "The change is noted."))
        return redirect("people:person", employee_id)
    hint = pick(
        "从生效日期起按新的内容计，之前的任职记录保留。", "From that day on the new terms hold; what was before stays."
    )
    return _page(request, form, pick("调动、晋升或调薪", "Move, promote or change pay"), employee, hint)


@allowed("people.change", about="employee_id")
def name(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """What somebody is called."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    form = NameForm(request.POST or None, initial={"name": employee.name, "aliases": employee.aliases})
    if request.method == "POST" and form.is_valid():
        employees.employee_name(employee=employee, **form.cleaned_data)
        return redirect("people:person", employee_id)
    return _page(request, form, pick("修改姓名", "Change the name"), employee)


@allowed("people.change", about="employee_id")
def leave(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """Somebody's last day."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    form = LeaveForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, partial(employees.employee_leave, employee=employee, **form.cleaned_data))
    ):
        messages.success(request, pick("离职已登记；账号需另行停用。", "Noted; the account is closed apart."))
        return redirect("people:person", employee_id)
    return _page(request, form, pick("登记离职", "Note that somebody leaves"), employee)


@allowed("people.delegate")
def delegate(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """Let somebody stand in; for oneself, or as HR for people kept."""
    if not delegates_for(user=request.user, employee_id=employee_id):
        raise PermissionDenied("people.delegate")
    employee = get_object_or_404(Employee, employee_id=employee_id)
    form = DelegationForm(request.POST or None, user=request.user)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, partial(delegation_make, away=employee, **form.cleaned_data))
    ):
        messages.success(request, pick("代理已设置。", "The stand-in is set."))
        return redirect("people:person", employee_id)
    hint = pick(
        "这段日期内，由代理人代办评分、提供数据等职责；本人仍可办理。",
        "Between these days the stand-in may rate and provide data in this person's place; the person still may too.",
    )
    return _page(request, form, pick("设置代理人", "Name a stand-in"), employee, hint)


@allowed("people.delegate")
@require_POST
def undelegate(request: SignedInRequest, delegation_id: int) -> HttpResponse:
    """End a delegation."""
    found = get_object_or_404(Delegation.objects.select_related("away"), pk=delegation_id)
    if not delegates_for(user=request.user, employee_id=found.away.employee_id):
        raise PermissionDenied("people.delegate")
    delegation_end(delegation=found)
    return redirect("people:person", found.away.employee_id)
