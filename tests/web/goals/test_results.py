"""How goals came out: by the run, by what both say; beside the rater, and on the form that is signed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.appraisals.content import contents_of, facts_of
from fairwrench.web.appraisals.selectors import forms
from fairwrench.web.appraisals.services import content_of as form_content
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.goals.models import AGREED, GoalSheet, Outcome
from fairwrench.web.goals.results.services import Said, outcomes_save
from fairwrench.web.goals.results.shown import results_of
from fairwrench.web.goals.selectors import sheets
from fairwrench.web.goals.sheets.services import Draft, sheet_change
from fairwrench.web.settlements.figures.presenting import lines_shown
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.settlements.selectors import names_of
from tests.web.goals.conftest import MONTH, begun, filed, sign, told, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
LAST = MONTH.plus(-1)


def measured(run: Any, who: str) -> tuple[str, Any]:
    """A metric of somebody's month that has a figure, and its line."""
    result = Result.objects.get(run=run, employee_id=who)
    line = next(each for each in card_lines(result=result) if each["kind"] == "metric" and each["n"] is not None)
    return line["item"], line


def last_month(draft: Draft) -> GoalSheet:
    """Goals of the last published month as if they had been filed in it: that month is settled by now."""
    sheet = begun(draft=draft)
    GoalSheet.objects.filter(pk=sheet.pk).update(month=str(LAST), state=AGREED[-1])
    return sheets().get(pk=sheet.pk)


def test_a_metric_shows_the_figure_of_the_run_and_words_what_both_say() -> None:
    run = Cycle.objects.get(month=str(LAST)).run
    me = user("technician")
    assert me.employee is not None and run is not None
    key, line = measured(run, me.employee.employee_id)
    last_month(Draft([told(kind="metric", subject=key, measure="", target="97%"), told()]))
    first, second = results_of(month=LAST, people=[me.employee.employee_id])[me.employee.employee_id]
    assert first.actual and not second.actual
    # by another way: the page of the person says the same figure
    result = Result.objects.get(run=run, employee_id=me.employee.employee_id)
    assert first.actual == lines_shown([line], result, names_of(run=run))[0].value


def test_what_was_said_of_a_goal_outlives_the_change_of_another() -> None:
    """Fails when both have to say again how a goal came out because another was changed, or when what was said of the
    changed one is taken for its new target."""
    me, manager = user("technician"), user("manager")
    sheet = filed(draft=Draft([told("甲"), told("乙")]))
    first, second = sheet.goals.all()
    outcomes_save(sheet=sheet, told={each.pk: Said("reached", "按期", "") for each in (first, second)}, by=me)
    change = sheet_change(sheet=sheet, reason="设备停用", by=manager)
    change.goals.filter(what="乙").update(target="95%")
    sign(change, "sign_manager", manager)
    assert not Outcome.objects.filter(goal__sheet=change).exists()
    sign(change, "sign", me)
    said = Outcome.objects.filter(goal__sheet=change).values_list("goal__what", "capacity", "value", "note", "by")
    assert list(said) == [("甲", "employee", "reached", "按期", me.pk)]
    assert Outcome.objects.filter(goal__sheet=sheet).count() == 2


def test_both_say_how_it_came_out_and_nobody_else() -> None:
    sheet = filed()
    goal = sheet.goals.get()
    for name, value in (("technician", "reached"), ("manager", "partly")):
        assert not outcomes_save(sheet=sheet, told={goal.pk: Said(value, "一次返修", "")}, by=user(name))
    with pytest.raises(PermissionDenied):
        outcomes_save(sheet=sheet, told={goal.pk: Said("missed", "", "")}, by=user("hr"))
    assert dict(goal.outcomes.values_list("capacity", "value")) == {"employee": "reached", "line_manager": "partly"}


def test_another_tab_does_not_overwrite_what_was_said() -> None:
    sheet, manager = filed(), user("manager")
    goal = sheet.goals.get()
    outcomes_save(sheet=sheet, told={goal.pk: Said("reached", "", "")}, by=manager)
    (problem,) = outcomes_save(sheet=sheet, told={goal.pk: Said("missed", "", "")}, by=manager)
    assert problem.code == "overtaken" and Outcome.objects.get().value == "reached"
    assert not outcomes_save(sheet=sheet, told={goal.pk: Said("", "", "reached|")}, by=manager)
    assert not Outcome.objects.exists(), "taken back"


def test_nothing_is_said_of_a_published_month_or_of_goals_that_hold_no_more() -> None:
    late = last_month(Draft([told()]))
    goal = late.goals.get()
    with pytest.raises(Refused) as refused:
        outcomes_save(sheet=late, told={goal.pk: Said("reached", "", "")}, by=user("technician"))
    assert [problem.code for problem in refused.value.problems] == ["published"]
    sheet = filed()
    change = sheet_change(sheet=sheet, reason="改", by=user("manager"))
    with pytest.raises(Refused):
        outcomes_save(sheet=change, told={change.goals.get().pk: Said("reached", "", "")}, by=user("manager"))


def test_goals_stand_beside_the_rating_grid(signed_in: Any) -> None:
    sheet = filed()
    outcomes_save(sheet=sheet, told={sheet.goals.get().pk: Said("partly", "差两台", "")}, by=user("technician"))
    page = signed_in("manager").get(reverse("settlements:facts", args=[MONTH, sheet.employee.employee_id]))
    assert told().what in page.text and "部分达成" in page.text and "差两台" in page.text


def test_the_appraisal_form_shows_goals_and_is_signed_with_them() -> None:
    """A form without goals keeps the digest it was signed by before there were any."""
    form = forms().get(cycle__month=str(LAST), employee=user("technician").employee)
    before, facts = form_content(form=form).document.decode(), facts_of(form)
    assert "工作目标" not in before
    sheet = last_month(Draft([told()]))
    Outcome.objects.create(goal=sheet.goals.get(), capacity="employee", value="reached", note="全部有记录")
    content = form_content(form=form)
    assert told().what in content.document.decode() and "全部有记录" in content.document.decode()
    assert content.facts == facts_of(form) != facts
    assert contents_of([form])[0].figures == content.figures, "its figures are those of the run alone"
