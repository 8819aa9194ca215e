"""The forms of a month as it is settled: opened for everybody with a score, and asked to be signed anew where figures
changed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.utils import timezone

from fairwrench.web.appraisals.content import contents_of
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.appraisals.workflow import APPRAISALS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.ratings.raters import Line, lines_of

State = Appraisal.State
#: what a form has of its run
OF_RUN = ("run", "store", "department", "line_manager", "next_level", "next_due")
#: of a form that was opened for figures that are no longer there, nothing was written yet
UNTOUCHED = Q(state=State.INTERVIEW, held_on=None)


def forms_open(cycle: Cycle, run: Run) -> None:
    """Open a form for everybody whom a run gives a score, and put those that there are on the run.

    A form whose figures are others now is signed anew; signatures under the former ones are void and kept. Who has no
    score any more has no form, unless something was written on it.
    """
    results = list(run.results.filter(score__isnull=False).only("employee_id", "store", "department", "grade"))
    talk = scheme_at(month=cycle.at).cycle.next_level_interview
    talked = talk.grades if talk else ()
    lines = lines_of(run.results.values_list("employee_id", "manager_id"))
    people = _people({each.employee_id for each in results}, lines)
    before = {form.employee.employee_id: form for form in cycle.appraisals.select_related("employee", "cycle")}
    rows, kept = list[Appraisal](), list[Appraisal]()
    for result in results:
        employee = people.get(result.employee_id)
        # somebody of the roster of a file, whom the application does not know
        if employee is None:
            continue
        form = before.get(result.employee_id) or Appraisal(cycle=cycle, employee=employee)
        manager, above = lines.get(result.employee_id, (None, None))
        form.run, form.store, form.department = run, result.store, result.department
        form.next_due = result.grade in talked
        form.line_manager, form.next_level = people.get(manager or ""), people.get(above or "")
        (kept if form.pk else rows).append(form)
    Appraisal.objects.bulk_create(rows)
    Appraisal.objects.bulk_update(kept, OF_RUN, batch_size=200)
    scored = {result.employee_id for result in results}
    cycle.appraisals.filter(UNTOUCHED).exclude(employee__employee_id__in=scored).delete()
    _signed_anew([form for form in kept if form.figures])


def _people(scored: set[str], lines: Mapping[str, Line]) -> dict[str, Employee]:
    wanted = scored | {each for line in lines.values() for each in line if each}
    return {each.employee_id: each for each in Employee.objects.filter(employee_id__in=wanted)}


def _signed_anew(forms: list[Appraisal]) -> None:
    """Let the forms whose figures are no longer those that were talked about wait for the employee again."""
    changed = []
    for content in contents_of(forms):
        form, figures = content.appraisal, content.figures
        if figures != form.figures:
            before = form.state
            form.figures, form.version = figures, form.version + 1
            form.state = State.EMPLOYEE if form.state != State.INTERVIEW else State.INTERVIEW
            changed.append((form, before))
    Signature.objects.filter(appraisal__in=[form for form, _ in changed], void_at=None).update(void_at=timezone.now())
    Appraisal.objects.bulk_update([form for form, _ in changed], ["figures", "version", "state"], batch_size=200)
    for form, before in changed:
        if before != State.INTERVIEW:
            APPRAISALS.write(record=form, act="figures_changed", by=None, before=before, run=form.run_id)
