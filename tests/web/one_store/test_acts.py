"""What is sent, as somebody of one store: what concerns the whole group or another store changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from fairwrench.web.access.models import Delegation, User
from fairwrench.web.access.roles import pages
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.appraisals.models import Appeal, Appraisal
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import Exemption, MissingOrder
from fairwrench.web.goals.models import DepartmentGoal, GoalSheet
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Employee, Position, Unit
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.months import months
from fairwrench.web.tasks.models import Task
from fairwrench.web.tickets.models import Ticket
from tests.web.one_store.addresses import addresses
from tests.web.one_store.two_stores import EAST, OCTOBER, SEPTEMBER, SIGNS, WEST, Group, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
#: what changes by itself when somebody looks
UNHEEDED = ("Session", "UserSession", "Viewed", "Tally", "LogEntry", "Permission", "ContentType")
#: what everybody does for themselves, brings in as their own, or has worked out again
THEIR_OWN = (
    "settings:profile",
    "settings:view_as_end",
    "settings:session_end",
    "evidence:drop",
    "settlements:check",
    "inbox:read",
    "inbox:open",
    # a PDF of what they may see, for themselves
    "appraisals:papers",
)
#: what changes nothing as things are: accounts that are open, or that somebody has
MOOT = ("/open/", "/users/invite/")
#: act of a month → whose it is for the whole group, and the state from which it is done
ACTS = {
    "settle": ("hr", "settled"),
    "estimate": ("hr", "settled"),
    "approve_hr": ("hr", "settled"),
    "approve": ("general_manager", "approved_hr"),
    "publish": ("hr", "approved"),
    "send_back": ("general_manager", "approved"),
}


def state() -> dict[str, list[dict[str, Any]]]:
    """Everything that the database holds, but what looking leaves behind."""
    models = [model for model in apps.get_models() if model.__name__ not in UNHEEDED]
    # of two of one name none hides the other
    names = Counter(model.__name__ for model in models)
    called = {model: model.__name__ if names[model.__name__] == 1 else model._meta.label for model in models}
    return {name: list(model._default_manager.order_by("pk").values()) for model, name in called.items()}


def changed(client: Client, address: str, form: dict[str, Any]) -> tuple[int, list[str]]:
    """How a form is answered, and in which tables it changed anything; it is taken back."""
    with transaction.atomic():
        before = state()
        answer = client.post(address, form)
        after = state()
        transaction.set_rollback(True)
    return answer.status_code, [name for name, rows in before.items() if rows != after[name]]


@pytest.mark.parametrize("role", ["hr", "general_manager", "auditor", "data_provider"])
def test_what_concerns_the_group_is_refused_to_a_role_in_one_store(
    signed_in: Callable[[str], Client], group: Group, role: str
) -> None:
    """Fails when an address for the whole group opens, or takes a form, by a role that is held in one store."""
    client, before = signed_in(f"{role}@{EAST}"), state()
    theirs = [(page.name, address) for page, address in addresses(group) if page.whole]
    answers = {place: {client.get(place[1]).status_code, client.post(place[1]).status_code} for place in theirs}
    assert {place: codes for place, codes in answers.items() if not 403 in codes <= {403, 405}} == {}
    assert state() == before
    assert {name for name, _ in theirs} == {page.name for page in pages() if page.whole}


@pytest.mark.parametrize("act", ACTS)
def test_a_month_is_moved_on_for_the_whole_group_alone(
    signed_in: Callable[[str], Client], group: Group, act: str
) -> None:
    """Fails when somebody of one store settles, approves, publishes or sends back the month of all of them, or when
    nobody could."""
    role, begins = ACTS[act]
    Cycle.objects.filter(month=str(OCTOBER)).update(state=begins)
    Correction.objects.filter(state=Correction.State.ASKED).update(state=Correction.State.REFUSED)
    cycle = Cycle.objects.get(month=str(OCTOBER))
    address, form = f"/months/{OCTOBER}/{act}/", {"version": cycle.version, "note": "金额有误"}
    for one_store in ("hr", "general_manager", "auditor"):
        assert changed(signed_in(f"{one_store}@{EAST}"), address, form) == (403, []), one_store
    status, tables = changed(signed_in(role), address, form)
    assert status == 302
    assert ("Job" if act in ("settle", "estimate") else "Cycle") in tables


def test_a_month_is_begun_for_the_whole_group_alone(
    signed_in: Callable[[str], Client], group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when HR of one store begins a month of all of them, or HR of the group cannot."""
    monkeypatch.setattr(months, "today", lambda: OCTOBER.last)
    form = {"month": "2026-11"}
    assert changed(signed_in(f"hr@{EAST}"), "/months/", form) == (403, [])
    assert changed(signed_in("hr"), "/months/", form) == (302, ["Cycle"])


def forms(group: Group) -> dict[str, dict[str, Any]]:
    """Address → what is sent there: forms filled in so that they would count, were they about one's own store."""
    west, chief = Unit.objects.get(name=WEST), Employee.objects.get(employee_id=person(WEST, "chief"))
    *_, waiting, strange = group.uploads[WEST]
    sheet, delegation = waiting.sheets.get(), Delegation.objects.get(away__employee_id=person(WEST, "technician"))
    duty, exemption = Duty.objects.filter(unit=west)[0], Exemption.objects.get(store=WEST)
    asked = Correction.objects.filter(state=Correction.State.ASKED, employee__employee_id=person(WEST, "technician"))
    own, theirs = asked.get(by=group.users["hr"]), asked.exclude(by=group.users["hr"]).get()
    account, missing = group.users[person(WEST, "technician")], MissingOrder.objects.get(store=WEST)
    technician, position = person(WEST, "technician"), Position.objects.get(code="technician").pk
    terms = {"begin": "2026-11-01", "store": west.pk, "position": position, "status": "regular", "full_salary": "1"}
    days = {"begin": f"{today() + timedelta(20)}", "end": f"{today() + timedelta(21)}"}
    task = Task.objects.get(by=group.users[chief.employee_id], state=Task.State.OPEN, origin="")
    # as HR writes it, and before it is approved
    Analysis.objects.filter(store=WEST).update(state=Analysis.State.DRAFT)
    analysis, kpi = Analysis.objects.get(store=WEST), MissedKpi.objects.get(store=WEST)
    form = Appraisal.objects.get(store=WEST, state=Appraisal.State.MANAGER)
    appeal = Appeal.objects.get(form=form)
    Appeal.objects.filter(pk=appeal.pk).update(state=Appeal.State.RAISED)
    sheet_of, aim = GoalSheet.objects.get(store=WEST, state="hr"), DepartmentGoal.objects.get(unit=west)
    aims = {"unit": west.pk, "year": "2026", "title": "门店目标", "measured": "words:"}
    team = {"store": WEST, "team": f"{SIGNS[WEST][1]}一组", "begin": "2026-11-01", "seen": f"{technician}=1000"}
    return {
        f"/months/{OCTOBER}/corrections/new/": {
            **{
                "who": technician,
                "concerns": "2026-09",
                "kind": "deduction",
                "value": "5",
                "ground": "breach",
                "reason": "错",
            },
        },
        f"/months/{OCTOBER}/targets/": {"store": WEST, f"{technician}|labour": "5"},
        f"/months/{OCTOBER}/corrections/{theirs.pk}/decide/": {"decision": "approve", "note": "好"},
        f"/months/{OCTOBER}/corrections/{own.pk}/withdraw/": {},
        f"/evidence/uploads/{waiting.pk}/land/": {"version": waiting.version},
        "/evidence/land/": {"ready": f"{waiting.pk}:{waiting.version}"},
        f"/evidence/uploads/{waiting.pk}/place/": {"month": str(OCTOBER), "store": EAST},
        f"/evidence/uploads/{waiting.pk}/set-aside/": {},
        f"/evidence/uploads/{waiting.pk}/header/{sheet.digest}/": {
            **{"source": "repair_orders", "label": "工时费", "column": ""},
        },
        f"/evidence/uploads/{strange.pk}/header/{strange.others[0]['digest']}/": {"source": "surveys", "forget": "1"},
        f"/evidence/missing-orders/{missing.pk}/answer/": {"decision": "added", "version": missing.version},
        f"/evidence/exemptions/{exemption.pk}/decide/": {"decision": "approve", "note": "好"},
        "/evidence/exemptions/new/": {
            **{"source": "repair_orders", "key": f"{WEST}|XW-{OCTOBER}-2", "metric": "labour", "reason": "错"},
            **{"month": str(OCTOBER)},
        },
        f"/tickets/{Ticket.objects.get(store=WEST).pk}/confirm/": {"version": 0},
        f"/tasks/{task.pk}/hand-on/": {"version": task.version, "to": chief.employee_id, "reason": "越店"},
        f"/comments/task/{task.pk}/": {"words": "越店评论"},
        f"/comments/store/{SEPTEMBER}~{WEST}/": {"words": "越店评论"},
        f"/comments/figure/{SEPTEMBER}~{person(WEST, 'technician')}/": {"words": "越店评论"},
        f"/appraisals/{form.pk}/reopen/": {"version": form.version, "note": "重谈"},
        f"/appraisals/appeals/{appeal.pk}/uphold_finally/": {"version": appeal.version, "note": "维持"},
        f"/appraisals/calibration/{OCTOBER}/?store={WEST}": {
            **{"who": technician, "item": "conduct", "points": "99", "reason": "尺度一致"},
        },
        f"/analysis/missed/{kpi.pk}/return/": {"version": kpi.version, "note": "重写"},
        f"/analysis/{analysis.pk}/kpis/edit/": {"version": analysis.sections.get(key="kpis").version, "text": "改"},
        f"/analysis/{analysis.pk}/submit/": {"version": analysis.version},
        "/analysis/draft/": {"month": str(SEPTEMBER), "store": WEST},
        f"/goals/{sheet_of.pk}/return_hr/": {"version": sheet_of.version, "note": "重写"},
        "/goals/department/new/": aims,
        f"/goals/department/{aim.pk}/": {"version": aim.version, "do": "end"},
        "/teams/2026-11/set/": {**team, "rows": "1", "do": "confirm", "who-0": chief.employee_id, "share-0": "1"},
        "/teams/2026-11/withdraw/": team,
        "/people/hire/": {"employee_id": "X9", "name": "新人", **terms},
        f"/people/of/{technician}/move/": terms,
        f"/people/of/{technician}/name/": {"name": "改名"},
        f"/people/of/{technician}/leave/": {"last_day": "2026-11-30"},
        f"/people/of/{technician}/stand-in/": {"stand_in": chief.employee_id, **days},
        f"/people/delegations/{delegation.pk}/end/": {},
        f"/people/organisation/{west.pk}/name/": {"name": WEST, "name_en": "West"},
        f"/people/organisation/{west.pk}/add/": {"kind": "team", "name": "班组"},
        f"/people/organisation/{west.pk}/move/": {"parent": Unit.objects.get(name=EAST).pk},
        "/people/duties/give/": {
            **{"subject": "provide:surveys", "unit": west.pk, "employee": chief.employee_id},
        },
        f"/people/duties/{duty.pk}/take/": {},
        "/settings/users/invite/": {"employee": technician},
        f"/settings/users/{account.pk}/invite/": {},
        f"/settings/users/{account.pk}/close/": {},
        f"/settings/users/{account.pk}/open/": {},
    }


@pytest.mark.parametrize("who", [f"hr@{EAST}", f"general_manager@{EAST}", person(EAST, "advisor")])
def test_nothing_of_another_store_is_changed(signed_in: Callable[[str], Client], group: Group, who: str) -> None:
    """Fails when HR, the general manager or a data provider of the east changes anything of the west."""
    client = signed_in(who)
    tables = {address: changed(client, address, form)[1] for address, form in forms(group).items()}
    assert {address: names for address, names in tables.items() if names} == {}


def test_hr_of_the_group_may_do_all_that(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when the forms above are refused for another reason than whose they are."""
    decider = Employee.objects.create(employee_id="XH1", name="总部")
    User.objects.filter(pk=group.users["hr"].pk).update(employee=decider)
    client = signed_in("hr")
    idle = {address for address, form in forms(group).items() if not changed(client, address, form)[1]}
    assert {address for address in idle if not address.endswith(MOOT)} == set()


@pytest.mark.parametrize("role", ["general_manager", "auditor"])
def test_who_only_sees_changes_nothing(signed_in: Callable[[str], Client], group: Group, role: str) -> None:
    """Fails when any address lets somebody who oversees one store, or audits it, change anything by an empty form."""
    client = signed_in(f"{role}@{EAST}")
    before = state()
    for page, address in addresses(group):
        if page.name not in THEIR_OWN and "?" not in address:
            client.post(address)
    assert state() == before
