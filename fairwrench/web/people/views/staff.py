"""Hiring, moving, naming, leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.choosing.people import person_page
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import allowed, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.people import employees
from fairwrench.web.people.forms import HireForm, LeaveForm, NameForm, StayForm, TermsForm
from fairwrench.web.people.taking_back import employee_take_back, obstacles
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


@opened("people.change")
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
    # in whole numbers: fen never pass through a float
    initial |= {"full_salary": f"{pay // 100}.{pay % 100:02d}"} if pay is not None else {}
    form = TermsForm(request.POST or None, user=request.user, initial=initial)
    if not page.pay:  # who may not see the salary leaves it as it is
        form.fields.pop("full_salary")

    def moved() -> None:
        employees.employee_move(employee=employee, terms=form.terms(pay))

    if request.method == "POST" and form.is_valid() and done(form, moved):
        messages.success(request, _moved_words(employee))
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
    form = LeaveForm(request.POST or None, noted=employee.left_on)

    def left() -> None:
        employees.employee_leave(employee=employee, last_day=form.cleaned_data["last_day"])

    if request.method == "POST" and form.is_valid() and done(form, left):
        messages.success(request, _left_words(employee, form.cleaned_data["last_day"]))
        return redirect("people:person", employee_id)
    hint = pick(
        "最后工作日次日起，账号不能登录，职责和代理随之结束；如有下属，请改派直接上级。",
        "From the day after, the account lets nobody in, and duties and standing in end; whom they lead needs another.",
    )
    return _page(request, form, pick("登记离职", "Note that somebody leaves"), employee, hint)


def _moved_words(employee: Employee) -> str:
    told = pick("任职已变更。", "The change is noted.")
    if not User.objects.filter(employee=employee, is_active=False).exists():
        return told
    return told + pick("账号仍停用，需要登录时请重新启用。", " The account is closed; open it if they are to sign in.")


def _left_words(employee: Employee, last_day: date) -> str:
    held = current(day=last_day + timedelta(days=1)).filter(manager=employee)
    # as of the day after: those whose own last day comes earlier need no other manager
    led = held.values("employee").distinct().count()
    told = pick("离职已登记，{day} 次日起不能登录。", "Noted; from the day after {day} they cannot sign in.").format(
        day=last_day
    )
    more = pick("仍是 {n} 人的直接上级，请改派。", " They still lead {n} people; name another manager.").format(n=led)
    return told + more if led else told


@allowed("people.change", about="employee_id")
def stay(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """A last day taken back that was noted by mistake, once it was asked whether that is meant."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    form = StayForm(request.POST if request.method == "POST" else None, noted=employee.left_on)
    if request.method == "POST" and form.is_valid() and done(form, partial(employees.employee_stay, employee=employee)):
        messages.success(request, pick("离职登记已撤销。", "The last day is taken back."))
        return redirect("people:person", employee_id)
    hint = pick(
        "撤销后，此人视为一直在职；账号、职责照旧。",
        "They count as never having left; account and duties are as before.",
    )
    return _page(request, form, pick("撤销离职登记", "Take the last day back"), employee, hint)


@allowed("people.change", about="employee_id")
def take_back(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """Somebody entered by mistake taken back, once it was asked whether that is meant; or why that cannot be."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    if request.method == "POST":
        try:
            employee_take_back(employee=employee, by=request.user)
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, of(problem))
            return redirect("people:take_back", employee_id)
        messages.success(request, pick("{} 的入职已撤销。", "The hire of {} is taken back.").format(employee.name))
        return redirect("people:list")
    context = {"employee": employee, "obstacles": obstacles(employee=employee, by=request.user)}
    return render(request, "people/take_back.html", context)
