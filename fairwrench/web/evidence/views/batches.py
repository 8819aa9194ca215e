"""Batches: what landed, of whom, what it replaced and what replaced it."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.web.access.policy import allowed, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of, readers_stores
from fairwrench.web.evidence.models import Landing
from fairwrench.web.evidence.uploads.changes import changed_rows
from fairwrench.web.evidence.uploads.preview import COUNTS
from fairwrench.web.evidence.uploads.rejected_rows import LISTED, rejected_cells
from fairwrench.web.evidence.uploads.unknown_batches import batches_adopt, batches_unknown
from fairwrench.web.evidence.views.tables import Landings, RejectedCells, UnknownBatches
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import number_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, pick

#: counts of a batch beside those of its sheet
LANDED = {
    "new": ("新增", "new"),
    "changed": ("改动", "changed"),
    "moved": ("其中换了月份或门店", "of these moved"),
    "repeated": ("与已有相同", "as it was"),
}


@require_GET
@opened("evidence.view")
def batches(request: SignedInRequest) -> HttpResponse:
    """Every batch that may be seen; `month` and `source` narrow it."""
    found = selectors.landings_seen(user=request.user)
    chosen = {"period": request.GET.get("month", ""), "source": request.GET.get("source", "")}
    for name, value in chosen.items():
        found = found.filter(**{name: value}) if value else found
    context = {"chosen": chosen, "kinds": sorted(selectors.sources().items()), "periods": _periods()}
    name = both("上传记录", "Batches")
    return table_page(request, Landings, found, name=name, template="evidence/batches.html", context=context)


@require_GET
@allowed("evidence.adopt", about=GROUP)
def unknown(request: SignedInRequest) -> HttpResponse:
    """The batches that the database knows nothing of."""
    rows, name = batches_unknown(ledger=selectors.ledger_read()), both("未登记的上传记录", "Unknown batches")
    template, context = "evidence/unknown_batches.html", {"count": len(rows)}
    return table_page(request, UnknownBatches, rows, name=name, template=template, context=context)


@require_POST
@allowed("evidence.adopt", about=GROUP)
def adopt(request: SignedInRequest) -> HttpResponse:
    """Let the unknown batches count; `seen` is how many the page showed."""
    seen = number_of(request.POST, "seen", 0)
    done = pick("已登记，导入和核算可以继续。", "They are written down; landing and settling go on.")
    do = partial(batches_adopt, ledger=selectors.ledger(), seen=seen, by=request.user)
    return answered(request, do, done, "evidence:unknown")


def _periods() -> list[str]:
    return list(Landing.objects.exclude(period="").order_by("-period").values_list("period", flat=True).distinct())


@require_GET
@opened("evidence.view")
def batch(request: SignedInRequest, source: str, number: int) -> HttpResponse:
    """One batch."""
    landing = selectors.landing_seen(user=request.user, source=source, number=number)
    kind = selectors.sources().get(source)
    words = {**COUNTS, **LANDED}
    earlier, later = selectors.supersedings_seen(user=request.user, landing=landing)
    # who has a duty for one store sees of a group's batch only what it changed there
    stores = reach_of(user=request.user).stores_of(source)
    context = {
        "listed": LISTED,
        "landing": landing,
        "kind": kind,
        "counts": [(pick(*words[name]), landing.counts[name]) for name in words if landing.counts.get(name)],
        "superseded": earlier,
        "superseded_by": later,
        "changes": changed_rows(landing=landing, source=kind, stores=stores) if kind and earlier else [],
    }
    cells = rejected_cells(landing=landing, stores=readers_stores(user=request.user))
    name = pick(f"退回的行 {landing.file}", f"Rejected rows {landing.file}")
    return table_page(request, RejectedCells, cells, name=name, template="evidence/batch.html", context=context)
