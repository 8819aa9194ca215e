"""The archive: filed forms over the months, found by whom, where, when and what became of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.appraisals.archive.tables import Archived
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.appraisals.papers.asked import REFUSED, RETURNED, Asked
from fairwrench.web.appraisals.selectors import with_scores
from fairwrench.web.org.days import today
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of

State, Capacity = Appraisal.State, Signature.Capacity


@require_GET
@opened("appraisals.view")
def archive(request: SignedInRequest) -> HttpResponse:
    """Filed forms unless another state is asked for; all that somebody sees, by the list's own selector."""
    asked = Asked.of(request.GET, state=State.FILED)
    found = asked.seen(request.user)
    others = found.order_by().exclude(employee=request.user.employee_id).exists()
    shows(request, harmless=not others)
    context = {**asdict(asked), "state": asked.state or "any", "states": State.choices, **_choices(request.user)}
    return table_page(
        request,
        Archived,
        archived(found),
        name=both("绩效评估表档案", "Archive of appraisals"),
        template="appraisals/archive.html",
        context=context,
    )


def archived(found: QuerySet[Appraisal]) -> QuerySet[Appraisal]:
    """Some forms with what the archive tells of them: when HR filed which signature, `refused`, `returned`."""
    filed = Signature.objects.filter(appraisal=OuterRef("pk"), capacity=Capacity.HR, void_at=None)
    return with_scores(found).annotate(
        filed_at=Subquery(filed.values("at")[:1]),
        filed_by=Subquery(filed.values("pk")[:1]),
        refused=Exists(REFUSED),
        returned=Exists(RETURNED),
    )


def _choices(user: User) -> dict[str, Any]:
    """What may be chosen: stores of forms that somebody sees; departments, positions and grades of today's scheme."""
    stores = Asked().seen(user).order_by("store").values_list("store", flat=True).distinct()
    scheme = scheme_at(month=Month(today().year, today().month))
    return {
        "stores": list(stores),
        "departments": [(key, of(each.name)) for key, each in scheme.departments.items()],
        "positions": [(key, of(each.name)) for key, each in scheme.positions.items()],
        "grades": scheme.bands.best_first,
    }
