"""The list of people, and one person: history, who leads, duties, standing in."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from fairwrench.web.people.models import Employee, Unit
from fairwrench.web.people.policy import allowed, may
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.selectors import delegates_for, people_list, person_page, stores_seen
from fairwrench.web.people.tables_people import People, subject_words
from fairwrench.web.people.witness import shows
from fairwrench.web.ui.tables import table_page
from fairwrench.web.ui.words import pick


@allowed("people.view")
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody whom the user may see."""
    rows, store, status = (
        people_list(user=request.user),
        request.GET.get("store", ""),
        request.GET.get("status", "here"),
    )
    if store:
        rows = rows.filter(store__name=store)
    if status in Employee.Status.values:
        rows = rows.filter(status=status)
    elif status == "here":
        rows = rows.exclude(status=Employee.Status.LEFT)
    stores = stores_seen(user=request.user)
    context = {
        "stores": stores,
        "store": store,
        "status": status,
        "statuses": Employee.Status.choices,
        "may_change": may(request.user, "people.change"),
        "empty": not (stores or Unit.objects.filter(kind=Unit.Kind.STORE).exists()),
    }
    return table_page(request, People, rows, template="people/list.html", name=pick("人员", "People"), context=context)


@allowed("people.view_person", about="employee_id")
def person(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """One person, as the user may see them."""
    try:
        page = person_page(user=request.user, employee_id=employee_id)
    except Employee.DoesNotExist:
        raise Http404(employee_id) from None
    shows(request, harmless=not page.pay)
    context = {
        "page": page,
        "duties": [(duty, subject_words(duty)) for duty in page.duties],
        "may_change": may(request.user, "people.change", employee_id),
        "may_delegate": delegates_for(user=request.user, employee_id=employee_id),
        "may_manage": may(request.user, "people.manage_users"),
        "account": getattr(page.employee, "user", None),
    }
    return render(request, "people/person.html", context)
