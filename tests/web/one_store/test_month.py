"""What a month shows to whom: its sums, problems, history, checks and jobs, of the stores seen alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.run_reader import Sums, stores_of, whole_of
from fairwrench.web.work.models import Job
from tests.web.one_store.two_stores import EAST, OCTOBER, SEPTEMBER, SIGNS, STORES, WEST, Group, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MONTH = f"/months/{OCTOBER}/"


def in_force() -> Run:
    run = Cycle.objects.select_related("run").get(month=str(OCTOBER)).run
    assert run is not None
    return run


def told_of_all() -> Sums:
    whole = whole_of(in_force())
    assert whole is not None
    return whole


def test_the_sums_of_a_month_are_those_of_one_s_stores(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when HR of a store is shown a sum, count or share of the whole group."""
    whole, parts = told_of_all(), stores_of(in_force())
    east, all_ = (signed_in(who).get(MONTH).context for who in (f"hr@{EAST}", "hr"))
    for name in ("people", "performance_pay", "total", "mean", "states", "grades"):
        assert (east["whole"][name], all_["whole"][name]) == (parts[EAST][name], whole[name])
    assert sum(row["people"] for row in east["grades"]) == sum(parts[EAST]["grades"].values())
    rows = {cycle.month: sums for cycle, sums in signed_in(f"hr@{EAST}").get("/months/").context["rows"]}
    assert rows[str(OCTOBER)]["performance_pay"] == parts[EAST]["performance_pay"]


def test_a_region_of_all_stores_has_the_sums_of_the_group(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when the sums of several stores are not those of the people in them."""
    region = Unit.objects.create(kind=Unit.Kind.REGION, name="大区", parent=Unit.objects.get(kind=Unit.Kind.GROUP))
    Unit.objects.filter(name__in=STORES).update(parent=region)
    Grant.objects.filter(user=group.users[f"hr@{EAST}"]).update(unit=region)
    told, whole = signed_in(f"hr@{EAST}").get(MONTH).context["whole"], told_of_all()
    for name in ("people", "performance_pay", "total", "mean", "states", "grades"):
        assert told[name] == whole[name]
    page = signed_in(f"hr@{EAST}").get(MONTH)
    assert page.context["acts"] == set(), "all stores are still not the group"


def test_the_page_says_whose_it_is_and_who_does_the_next_step(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when somebody of one store takes their part for the whole, or looks for a button in vain."""
    page = signed_in(f"hr@{EAST}").get(MONTH)
    assert f"只显示您负责的门店：{EAST}" in page.text
    assert "下一步“人力资源审核通过”由负责全集团的人力资源办理：hr-group。" in page.text
    assert page.context["acts"] == set()
    assert signed_in(f"hr@{EAST}").get("/months/").context["form"] is None
    Cycle.objects.filter(month=str(OCTOBER)).update(state=Cycle.State.APPROVED_HR)
    assert "由负责全集团的总经理办理：general_manager-group" in signed_in("hr").get(MONTH).text
    Grant.objects.filter(user=group.users["general_manager"]).delete()
    assert "目前没有人有这个角色" in signed_in("hr").get(MONTH).text
    assert "只显示您负责的门店" not in signed_in("hr").get(MONTH).text


def test_problems_of_a_run_are_those_of_one_s_people(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when a month tells one store what is wrong with people of another, or hides it from the group."""
    told = [
        {"code": "x", "zh": subject, "en": subject, "severity": severity, "path": [], "subject": subject, "stores": at}
        for subject, severity, at in (
            *((person(store, "advisor"), "warning", [store]) for store in STORES),
            ("payroll", "note", []),
        )
    ]
    Run.objects.filter(pk=in_force().pk).update(problems=told)
    for who, seen in ((f"hr@{EAST}", [person(EAST, "advisor")]), ("hr", [*(each["subject"] for each in told)])):
        knowing = signed_in(who).get(MONTH).context["knowing"]
        assert [each["subject"] for each in (*knowing.problems, *knowing.notes)] == seen
        assert (knowing.many, knowing.notes_of_many) == ((), ())


def test_notes_of_a_month_s_history_are_the_group_s(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when what was written for the group is read in one store, or who did a step is not told there."""
    for who, notes in ((f"hr@{EAST}", {""}), ("hr", {"试算", *(f"{sign}备注" for _, sign in SIGNS.values())})):
        steps = signed_in(who).get(MONTH).context["done"]
        assert {step.note for step in steps} == notes
        assert {str(step.by) for step in steps} == {"hr-group"}


@pytest.mark.parametrize(
    ("who", "shown", "others"), [("hr", 3, 0), (f"hr@{EAST}", 1, 2), (person(EAST, "technician"), 0, 3)]
)
def test_a_check_tells_differences_to_whom_they_concern(
    signed_in: Callable[[str], Client], group: Group, who: str, shown: int, others: int
) -> None:
    """Fails when what differs is told of somebody else, or that anything differs is hidden from anybody."""
    Cycle.objects.filter(month=str(OCTOBER)).update(state=Cycle.State.PUBLISHED)
    me = person(EAST, "technician")
    check = signed_in(who).get(f"/why/{OCTOBER}/{me}/").context["check"]
    assert (check.equal, len(check.differences), check.others) == (False, shown, others)


#: who → how many of the three reasons of the failed settling they are told (None: they do not see it), and whether they
#: may begin it again
TOLD: dict[str, tuple[int | None, bool]] = {
    "hr": (3, True),
    f"hr@{EAST}": (1, False),
    f"general_manager@{WEST}": (1, False),
    "administrator": (0, True),
    person(EAST, "advisor"): (None, False),
}


@pytest.mark.parametrize("who", TOLD)
def test_a_failed_settling_is_told_to_whom_it_concerns(
    signed_in: Callable[[str], Client], group: Group, who: str
) -> None:
    """Fails when somebody of one store learns why the month of another failed, or begins it again for the group."""
    problems, retries = TOLD[who]
    client, job = signed_in(who), Job.objects.get(kind="settle_month", state=Job.State.FAILED)
    answer = client.get(f"/jobs/{job.pk}/")
    assert answer.status_code == (403 if problems is None else 200)
    if problems is not None:
        assert len(answer.context["job"].problems) == problems
        assert (f"/jobs/{job.pk}/retry/" in answer.text) is retries
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == (302 if retries else 403)
    assert Job.objects.get(pk=job.pk).state == (Job.State.QUEUED if retries else Job.State.FAILED)


def test_the_work_on_a_file_shows_to_who_may_look_at_it(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when a file's provider cannot see how far it is, or somebody of another store can."""
    upload = group.uploads[WEST][2]
    assert upload.job is not None
    for who, status in ((person(WEST, "advisor"), 200), (f"auditor@{WEST}", 200), (f"hr@{EAST}", 403)):
        assert signed_in(who).get(f"/jobs/{upload.job.pk}/").status_code == status


def test_a_month_belongs_to_the_store_one_worked_in(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when HR of a store sees what somebody earned in another one, before they came or after they left."""
    moved = Employee.objects.get(employee_id=person(WEST, "technician"))
    row = Assignment.objects.get(employee=moved)
    Assignment.objects.filter(pk=row.pk).update(end=date(2026, 10, 31))
    Assignment.objects.create(
        employee=moved, store=Unit.objects.get(name=EAST), position=row.position, begin=date(2026, 11, 1), place=99
    )
    address = f"/results/{moved.employee_id}/{SEPTEMBER}/"
    for who, there in ((f"hr@{EAST}", False), (f"hr@{WEST}", True), ("hr", True)):
        page = signed_in(who).get(address)
        assert page.status_code == 200 and bool(page.context["result"]) is there, who
        assert (signed_in(who).get(f"/why/{SEPTEMBER}/{moved.employee_id}/").status_code == 200) is there


def test_a_month_that_is_not_published_shows_early_in_one_s_own_stores(
    signed_in: Callable[[str], Client], group: Group
) -> None:
    """Fails when a role in one store opens an unpublished month of somebody in another, such as one's own."""
    me = person(WEST, "technician")
    Grant.objects.create(user=group.users[me], role=Grant.Role.HR, unit=Unit.objects.get(name=EAST))
    mine = signed_in(me).get(f"/mine/{OCTOBER}/").context["run"]
    theirs = signed_in(me).get(f"/results/{person(EAST, 'technician')}/{OCTOBER}/").context["run"]
    assert (mine.kind, theirs.kind) == (Run.Kind.LIVE, Run.Kind.FINAL)


def test_a_correction_is_entered_by_hr_of_the_person_s_store(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when HR of a store may not correct its own people's pay, or may that of others whom they only see."""
    deciding = Employee.objects.create(employee_id="XH1", name="总部")
    User.objects.filter(pk=group.users[f"hr@{EAST}"].pk).update(employee=deciding)
    Grant.objects.create(
        user=group.users[f"hr@{EAST}"], role=Grant.Role.GENERAL_MANAGER, unit=Unit.objects.get(name=WEST)
    )
    form = {"concerns": str(SEPTEMBER), "kind": "deduction", "value": "5", "ground": "agreed", "reason": "漏扣"}
    for store, added in ((EAST, 1), (WEST, 0)):
        before = Cycle.objects.get(month=str(OCTOBER)).corrections.count()
        client = signed_in(f"hr@{EAST}")
        answer = client.post(f"{MONTH}corrections/new/", {"who": person(store, "technician"), **form}, follow=True)
        assert Cycle.objects.get(month=str(OCTOBER)).corrections.count() == before + added
        assert ("所在门店的人力资源登记" in answer.text) is (store == WEST)


def test_a_fine_is_decided_by_hr_of_the_person_s_store_alone(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when HR of a store comes to a fine of another's, by its page, by sending the form or by taking it back."""
    client = signed_in(f"hr@{EAST}")
    for store, status in ((EAST, 200), (WEST, 404)):
        assert client.get(f"{MONTH}fines/{person(store, 'advisor')}/").status_code == status
    assert client.post(f"{MONTH}fines/{person(WEST, 'advisor')}/", {"effect": "record"}).status_code == 404
    assert client.post(f"{MONTH}fines/{person(WEST, 'technician')}/withdraw/").status_code == 404
    assert "西" not in client.get(f"{MONTH}fines/").text


def test_a_manager_sees_performance_pay_and_no_salary(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when what people are paid in all, or a sum or sort by it, shows to who leads them; or nothing is left."""
    manager, who = signed_in(person(EAST, "chief")), person(EAST, "technician")
    result = Result.objects.get(run__cycle__month=str(SEPTEMBER), employee_id=who)
    table = manager.get(f"/team/?month={SEPTEMBER}&sort=-total_pay").context["table"]
    assert "performance_pay" in table.totals and "total_pay" not in table.totals
    assert [alias for alias in table.order_by or () if "total_pay" in alias] == []
    shown: Any = manager.get(f"/results/{who}/{SEPTEMBER}/").context["result"]
    assert (shown.performance_pay, shown.fixed_part, shown.total_pay) == (result.performance_pay, None, None)
    steps = {step.key for _, step in manager.get(f"/why/{SEPTEMBER}/{who}/").context["step"].walk()}
    assert {"performance_pay", "base", "score"} <= steps
    assert steps.isdisjoint({"total", "fixed_part", "pay.salary_part", "pay.base_part"})
    own = {step.key for _, step in signed_in(who).get(f"/why/{SEPTEMBER}/{who}/").context["step"].walk()}
    assert {"total", "fixed_part", "pay.salary_part"} <= own
    assert "total_pay" in signed_in(f"hr@{EAST}").get(f"/stores/{EAST}/?month={SEPTEMBER}").context["table"].totals
