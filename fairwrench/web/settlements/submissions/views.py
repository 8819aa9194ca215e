"""The page of who handed in when, by step of the month's calendar."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.authority import ways
from fairwrench.web.evidence.models import Authority
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.submissions.evidence import SUBMISSIONS
from fairwrench.web.settlements.submissions.responsible import Submission, late_of
from fairwrench.web.settlements.submissions.responsible import submissions as submissions_of
from fairwrench.web.ui.words import of
from fairwrench.web.work.channels.urging import Offer, Urging, offers

#: what is missing that is named before the rest is only counted
NAMED = 6


@dataclass(frozen=True)
class Line:
    """What one person answers for by one step: how late, what is missing, and the button to remind them."""

    person: Employee | None
    given: Submission
    late: int
    offer: Offer | None

    @property
    def missing(self) -> list[str]:
        """The first of what is missing, in the page's language."""
        return [f"{of(what)} · {whose}" for what, whose in self.given.missing[:NAMED]]

    @property
    def more(self) -> int:
        """How much more is missing."""
        return max(0, len(self.given.missing) - NAMED)


@require_GET
@opened("settlements.view")
def submissions(request: SignedInRequest, month: str) -> HttpResponse:
    """Who answers for what of the stores seen, by when, and when it was all there; the late alone if asked."""
    cycle, extent = get_object_or_404(Cycle, month=month), Extent.of(request.user)
    lines = _lines(cycle, extent, request.user)
    late = request.GET.get("late") == "1"
    shows(request, month=month)
    way = ways(source=SUBMISSIONS, month=month)
    context = {
        "cycle": cycle,
        "extent": extent,
        "lines": [line for line in lines if line.late] if late else lines,
        "late": late,
        "late_count": sum(bool(line.late) for line in lines),
        "kept": any(way(store) == Authority.Way.APP for store in (extent.stores or ("",))),
    }
    return render(request, "settlements/submissions.html", context)


def _lines(cycle: Cycle, extent: Extent, user: User) -> list[Line]:
    found, scheme, now = submissions_of(cycle=cycle, stores=extent.stores), scheme_at(month=cycle.at), timezone.now()
    there = Employee.objects.filter(employee_id__in={line.person for line in found})
    people = {each.employee_id: each for each in there}
    late = {id(line): late_of(line=line, scheme=scheme, now=now) for line in found}
    words = (f"{cycle.month} 还有数据或评分待您提交", f"{cycle.month}: figures or ratings wait to be handed in by you")
    # who only looks reminds nobody
    asked = [line.person for line in found if line.missing] if opens(user, "ratings.review") else []
    buttons = offers(by=user, people=asked, urging=Urging(f"submissions:{cycle.month}", words, reverse("home:home")))
    return [
        Line(people.get(line.person), line, late[id(line)], buttons.get(line.person) if line.missing else None)
        for line in found
    ]
