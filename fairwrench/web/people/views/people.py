"""The list of people, and one person: history, who leads, duties, standing in."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from fairwrench.web.access.choosing.people import people_list, person_page, stores_seen
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, may, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import OfAccount, OfPerson
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee, Unit, in_service
from fairwrench.web.people.tables import People, subject_words
from fairwrench.web.people.taking_back import is_fresh
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import pick


@opened("people.view")
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody whom the user may see."""
    rows, store = people_list(user=request.user), request.GET.get("store", "")
    status = choice_of(request.GET, "status", ("here", "all", *Employee.Status.values), "here")
    if store:
        rows = rows.filter(store__name=store)
    here = in_service(today())
    if status in Employee.Status.values or status == "here":
        # who has left is told by the last day, whatever status the assignment kept
        rows = rows.exclude(here) if status == Employee.Status.LEFT else rows.filter(here)
    if status in (Employee.Status.REGULAR, Employee.Status.PROBATION):
        rows = rows.filter(status=status)
    stores = stores_seen(user=request.user)
    context = {
        "stores": stores,
        "store": store,
        "status": status,
        "statuses": Employee.Status.choices,
        "may_change": opens(request.user, "people.change"),
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
    # a page without pay tells nothing that is worth a line in the log
    shows(request, harmless=not page.pay)
    account = getattr(page.employee, "user", None)
    may_change = may(request.user, "people.change", about=OfPerson(employee_id))
    context = {
        "page": page,
        "duties": [(duty, subject_words(duty)) for duty in page.duties],
        "may_change": may_change,
        "may_take_back": may_change and is_fresh(employee=page.employee),
        "may_delegate": may(request.user, "people.delegate", about=OfPerson(employee_id)),
        # without an account yet, whoever keeps the person may invite them
        "may_manage": may(request.user, "people.manage_users", about=OfAccount(account.pk)) if account else may_change,
        "account": account,
    }
    return render(request, "people/person.html", context)
