"""Batches: what landed, of whom, what it replaced and what replaced it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.changes import changed_rows
from fairwrench.web.evidence.models import Landing, Superseding
from fairwrench.web.evidence.showing import COUNTS
from fairwrench.web.evidence.tables import Landings
from fairwrench.web.people.policy import allowed
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.ui.tables import table_page
from fairwrench.web.ui.words import both, pick

#: counts of a batch beside those of its sheet
LANDED = {
    "new": ("新增", "new"),
    "changed": ("改动", "changed"),
    "moved": ("其中换了月份或门店", "of these moved"),
    "repeated": ("与已有相同", "as it was"),
}


@require_GET
@allowed("evidence.view")
def batches(request: SignedInRequest) -> HttpResponse:
    """Every batch that may be seen; `month` and `source` narrow it."""
    found = selectors.landings_seen(user=request.user)
    chosen = {"period": request.GET.get("month", ""), "source": request.GET.get("source", "")}
    for name, value in chosen.items():
        found = found.filter(**{name: value}) if value else found
    context = {"chosen": chosen, "kinds": sorted(selectors.sources().items()), "periods": _periods()}
    name = both("导入批次", "Batches")
    return table_page(request, Landings, found, name=name, template="evidence/batches.html", context=context)


def _periods() -> list[str]:
    return list(Landing.objects.exclude(period="").order_by("-period").values_list("period", flat=True).distinct())


@require_GET
@allowed("evidence.view")
def batch(request: SignedInRequest, source: str, number: int) -> HttpResponse:
    """One batch."""
    landing = selectors.landing_seen(user=request.user, source=source, number=number)
    kind = selectors.sources().get(source)
    words = {**COUNTS, **LANDED}
    later = Superseding.objects.filter(landing__source=source, number=number).exclude(landing=landing)
    context = {
        "landing": landing,
        "kind": kind,
        "counts": [(pick(*words[name]), landing.counts[name]) for name in words if landing.counts.get(name)],
        "superseded": list(landing.superseded.all()),
        "superseded_by": list(later.select_related("landing").order_by("landing__number")),
        "changes": changed_rows(landing=landing, source=kind) if kind and landing.superseded.exists() else [],
    }
    return render(request, "evidence/batch.html", context)
