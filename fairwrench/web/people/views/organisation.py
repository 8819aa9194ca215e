"""The organisation as a tree; units added, named, moved and removed; positions; duties."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fairwrench.web.access.choosing.people import duties_list, organisation_tree, people_list, positions_list
from fairwrench.web.access.policy import allowed, may, opened, opens, require
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP, OfUnit
from fairwrench.web.org import duties as duty_services
from fairwrench.web.org import organisation as units
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Position, Unit, in_service
from fairwrench.web.people.forms import DescriptionForm, DutyForm, MoveForm, NewUnitForm, UnitForm
from fairwrench.web.people.tables import Duties, KeptDuties, Positions, subject_words
from fairwrench.web.people.views.staff import done
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import pick


@opened("people.view")
def organisation(request: SignedInRequest) -> HttpResponse:
    """The tree."""
    tree, may_change = organisation_tree(user=request.user), opens(request.user, "people.change")
    return render(request, "people/organisation.html", {"tree": tree, "may_change": may_change})


@allowed("organisation.change", about="unit_id")
def unit_add(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A new unit below another."""
    parent, form = get_object_or_404(Unit, pk=unit_id), NewUnitForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, lambda: units.unit_add(parent=parent, **form.cleaned_data))
    ):
        return redirect("people:organisation")
    return _unit_page(request, form, pick("在“{}”下新增单元", "New unit below {}").format(parent))


@allowed("organisation.change", about="unit_id")
def unit_edit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Other names for a unit."""
    unit = get_object_or_404(Unit, pk=unit_id)
    form = UnitForm(request.POST or None, initial={"name": unit.name, "name_en": unit.name_en})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, lambda: units.unit_rename(unit=unit, **form.cleaned_data))
    ):
        return redirect("people:organisation")
    return _unit_page(request, form, pick("改名：{}", "Rename {}").format(unit))


@allowed("organisation.change", about="unit_id")
def unit_move(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A unit below another one."""
    unit, form = get_object_or_404(Unit, pk=unit_id), MoveForm(request.POST or None, user=request.user)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, lambda: units.unit_move(unit=unit, **form.cleaned_data))
    ):
        return redirect("people:organisation")
    return _unit_page(request, form, pick("移动：{}", "Move {}").format(unit))


@allowed("organisation.change", about="unit_id")
def unit_remove(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """An empty unit taken away, once it was asked whether that is meant."""
    unit, form = get_object_or_404(Unit, pk=unit_id), UnitForm()
    # a form that asks for nothing but counts as filled in, so that what refuses has a place to be told
    form.fields.clear()
    form.is_bound, form.cleaned_data = True, {}
    if request.method == "POST" and done(form, lambda: units.unit_remove(unit=unit)):
        return redirect("people:organisation")
    return _unit_page(request, form, pick("删除：{}", "Remove {}").format(unit), pick("删除", "Remove"))


def _unit_page(request: SignedInRequest, form: object, title: str, word: str = "") -> HttpResponse:
    return render(request, "people/unit_form.html", {"form": form, "title": title, "word": word})


@opened("people.view")
def positions(request: SignedInRequest) -> HttpResponse:
    """Every position with how many of the people seen hold it today."""
    rows = positions_list(user=request.user)
    return table_page(request, Positions, rows, template="people/positions.html", name=pick("岗位", "Positions"))


@opened("people.view")
def position(request: SignedInRequest, code: str) -> HttpResponse:
    """A position with its job description and those who hold it, as far as the user sees them."""
    found = get_object_or_404(Position, code=code)
    holders = people_list(user=request.user).filter(in_service(today()), position=found)
    describes = may(request.user, "positions.describe", about=GROUP)
    return render(request, "people/position.html", {"position": found, "holders": holders, "may_change": describes})


@allowed("positions.describe", about=GROUP)
def position_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Write a job description; it holds for all stores, so those of one store only read it."""
    found = get_object_or_404(Position, code=code)
    form = DescriptionForm(request.POST or None, initial={"description": found.description})
    if request.method == "POST" and form.is_valid():
        units.position_describe(position=found, **form.cleaned_data)
        messages.success(request, pick("岗位说明书已保存。", "The job description is saved."))
        return redirect("people:position", code)
    return render(request, "people/position_form.html", {"position": found, "form": form})


@opened("people.view")
def duties(request: SignedInRequest) -> HttpResponse:
    """Who provides which source and rates what, for which unit."""
    may_change = opens(request.user, "people.change")
    rows, kind = duties_list(user=request.user), choice_of(request.GET, "kind", Duty.Kind.values)
    rows = rows.filter(kind=kind) if kind else rows
    context = {"may_change": may_change, "kinds": Duty.Kind.choices, "kind": kind}
    table = KeptDuties if may_change else Duties
    return table_page(request, table, rows, template="people/duties.html", name=pick("职责", "Duties"), context=context)


@opened("people.change")
def duty_give(request: SignedInRequest) -> HttpResponse:
    """A new duty."""
    form = DutyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        kind, _, subject = form.cleaned_data["subject"].partition(":")
        given = {"unit": form.cleaned_data["unit"], "employee": form.cleaned_data["employee"]}
        duty_services.duty_give(kind=kind, subject=subject, **given)
        return redirect("people:duties")
    return render(request, "people/form.html", {"form": form, "title": pick("安排职责", "Give a duty")})


@opened("people.change")
def duty_take(request: SignedInRequest, duty_id: int) -> HttpResponse:
    """A duty taken away, once it was asked whether that is meant."""
    duty = get_object_or_404(Duty.objects.select_related("employee", "unit"), pk=duty_id)
    # the page opens for who keeps any store: that the duty lies in theirs is asked of its unit
    require(request.user, "organisation.change", about=OfUnit(duty.unit_id))
    if request.method == "POST":
        duty_services.duty_take(duty=duty)
        return redirect("people:duties")
    return render(request, "people/duty_take.html", {"duty": duty, "subject": subject_words(duty)})
