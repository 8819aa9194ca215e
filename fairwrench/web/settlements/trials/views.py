"""A version of the scheme tried on a month that was settled: begun, its progress, what it would have come to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from fairwrench.report.naming import Names
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.selectors import edition_in, edition_now, editions_seen, opened, version_title
from fairwrench.web.settlements.trials.services import trial_begin, trial_job, version_to_try
from fairwrench.web.settlements.trials.tables import TriedTable
from fairwrench.web.settlements.trials.trials import sums_of, trial_path, trial_read
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import lang, of, pick
from fairwrench.web.work.queue.selectors import job_shown


@allowed("settlements.try_scheme", about=GROUP)
def trial(request: SignedInRequest, month: str, version_id: int) -> HttpResponse:
    """What a version would have come to in a month; pressed (POST), it is tried on what has landed by now."""
    version = version_to_try(user=request.user, version_id=version_id)
    # an open month has no result to be compared with
    cycle = get_object_or_404(Cycle.objects.exclude(run=None), month=month)
    if request.method == "POST":
        try:
            trial_begin(version=version, month=cycle.at, by=request.user)
        except Refused as refused:
            messages.error(request, of(refused.problems[0]))
        return redirect("settlements:trial", month, version_id)
    shows(request, month=month)
    people = trial_read(path=trial_path(version=version, month=cycle.at))
    job = trial_job(version=version, month=cycle.at)
    context: dict[str, Any] = {
        "cycle": cycle,
        "version": version,
        "sums": sums_of(people) if people else None,
        "tried": people,
    }
    going = job is not None and (job.active or job.state == job.State.FAILED)
    context["job"] = job_shown(job=job, user=request.user) if job and going else None
    context["made_at"] = job.finished_at if job else None
    names = Names(opened(str(version_path(version=version))), sources(), lang())
    title = version_title(version)
    context["title"] = title
    editions = editions_seen(user=request.user)
    then, now = edition_in(editions=editions, month=cycle.at), edition_now(editions=editions)
    context |= {"then": then.title, "now": "" if now.key == then.key else now.title}
    name = pick(f"试算 {title} {month}", f"Trial {title} {month}")
    template = "settlements/trial.html"
    return table_page(request, TriedTable, people or [], name=name, template=template, context=context, names=names)
