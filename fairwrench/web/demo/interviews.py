"""The demo's appraisals of its last published month: some interviews are held, the rest wait."""

from __future__ import annotations

from fairwrench.web.access.models import User
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.appraisals.opening import forms_open
from fairwrench.web.appraisals.selectors import forms_as
from fairwrench.web.appraisals.services import Interview, interview_note
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import today

#: how many of those whom the workshop manager leads had their interview
HELD = 3
SAID = {
    "went_well": "工单填写完整，一次修复率比上月好；客户在回访中点名表扬。",
    "to_improve": "有两台车的交车时间晚于约定，派工后先核对配件到货再承诺时间。",
    "agreed": "12 月起每天收工前与调度核对次日配件；月底前参加变速箱培训（车间经理安排）。",
    "employee_view": "认可得分；希望培训安排在淡季。",
}


def interviews_make(*, cycle: Cycle) -> None:
    """Open the forms of a settled month and note the first interviews of the workshop manager; once only."""
    manager = User.objects.get(username="manager")
    if cycle.run is None or manager.employee is None or cycle.appraisals.exists():
        return
    forms_open(cycle, cycle.run)
    technician = User.objects.get(username="technician").employee
    led = forms_as(user=manager, capacity=Signature.Capacity.LINE_MANAGER).filter(state=Appraisal.State.INTERVIEW)
    # the one whose login the demo offers is asked to sign
    for form in sorted(led, key=lambda each: (each.employee != technician, each.pk))[:HELD]:
        interview = Interview(held_on=max(today(), cycle.at.first), place="车间办公室", **SAID)
        interview_note(form=form, interview=interview, seen=form.version, by=manager)
