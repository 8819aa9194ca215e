"""Commission plans as a table that HR fills in: rates, whose figure, factors; what is kept is a draft of the scheme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from fairwrench.report.naming import Names
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes import selectors
from fairwrench.web.schemes.commission.paid import CommissionPaid, commission_paid
from fairwrench.web.schemes.commission.plan_table import LEVELS, plan_rows, positions_without
from fairwrench.web.schemes.commission.services import plans_draft
from fairwrench.web.schemes.version_links import links_of
from fairwrench.web.ui.words import lang, pick


@allowed("schemes.change", about=GROUP)
def plans(request: SignedInRequest) -> HttpResponse:
    """The plans of an edition (`from`; the one that holds now) to fill in; `add` is a position that gets one."""
    editions = selectors.editions_seen(user=request.user)
    now = selectors.edition_now(editions=editions)
    # what was put away is not worked on
    worked_on = [edition for edition in editions if edition.standing != "withdrawn"]
    edition = selectors.edition_of(editions=worked_on, key=request.GET.get("from") or now.key)
    try:
        names = Names(edition.scheme, sources(), lang())
    except Refused as refused:
        return render(request, "schemes/unreadable.html", {"edition": edition, "problems": refused.problems})
    typed, problems = {name: str(value) for name, value in request.POST.items()}, list[Problem]()
    if request.method == "POST":
        try:
            version = plans_draft(edition=edition, names=names, told=typed, by=request.user)
        except Refused as refused:
            problems = list(refused.problems)
        else:
            messages.success(
                request, pick("{} 已存为草案", "{} is kept as a draft").format(selectors.version_title(version))
            )
            return redirect("schemes:version", version_id=version.pk)
    added = request.POST.get("add") or request.GET.get("add", "")
    paid = commission_paid(user=request.user)
    context = _context(edition, names, typed, added, paid) | _others(editions, edition)
    context["links"] = links_of(version=edition.version, user=request.user) if edition.version else []
    return render(
        request, "schemes/commission.html", {**context, "problems": problems}, status=422 if problems else 200
    )


def _others(editions: Sequence[selectors.Edition], edition: selectors.Edition) -> dict[str, Any]:
    """The versions that wait to be approved and whose changes would be lost upon this one, and the drafts that can be
    gone on with."""
    others = [each for each in editions if each.key != edition.key and each.version is not None]
    pending = [each for each in others if each.standing in ("proposed", "later")]
    # upon one of those that wait, what it says is in
    lost = [each for each in pending if edition.standing not in ("proposed", "later")]
    return {"lost": lost, "drafts": [each for each in others if each.standing in ("draft", "returned")]}


def _context(
    edition: selectors.Edition, names: Names, typed: dict[str, str], added: str, paid: CommissionPaid | None
) -> dict[str, Any]:
    scheme = names.scheme
    used = {factor.attainment for plan in scheme.pay.commission.values() for factor in plan.factors}
    aimed_at = {name for name, metric in scheme.metrics.items() if metric.unit == "money" or name in used}
    return {
        "edition": edition,
        "plans": plan_rows(names, typed, added, paid),
        "paid": paid,
        "currency": scheme.currency,
        "added": added,
        "without": [(name, names.position(name)) for name in positions_without(scheme) if name != added],
        "levels": [(level, names.level(level)) for level in LEVELS],
        "metrics": [(name, names.metric(name)) for name, metric in scheme.metrics.items() if name in aimed_at],
        "version": typed.get("version", ""),
        "note": typed.get("note", ""),
    }
