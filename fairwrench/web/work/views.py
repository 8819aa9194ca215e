"""Background work: what somebody began, how far it is, why it failed; begun anew."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.selectors import job_seen, job_to_retry, jobs_named, jobs_seen
from fairwrench.web.work.queue.services import job_retry
from fairwrench.web.work.tables import Jobs

#: jobs that are listed, the latest
LISTED = 500


@opened("jobs.view")
def jobs(request: SignedInRequest) -> HttpResponse:
    """The background work that somebody began, the latest first; for administrators everybody's. `state` narrows it."""
    found = jobs_seen(user=request.user)
    if state := choice_of(request.GET, "state", Job.State.values):
        found = found.filter(state=state)
    context = {"states": Job.State.choices, "state": state, "everybody": opens(request.user, "operation.view")}
    rows, name = jobs_named(found[:LISTED], user=request.user), both("后台任务", "Background work")
    return table_page(request, Jobs, rows, name=name, template="work/list.html", context=context)


@opened("jobs.view")
def job(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """One piece of work by itself: how far it is, why it failed, begun anew."""
    return render(request, "work/job.html", {"job": job_seen(job_id=job_id, user=request.user)})


def progress(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """The progress card alone; the page asks for it every second until the job ends, then loads itself anew."""
    job = job_seen(job_id=job_id, user=request.user)
    response = render(request, "work/progress.html", {"job": job})
    # `was`: the card stood on a page that showed it running, which now has to show what came of it
    if not job.active and "was" in request.GET:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
def retry(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Begin a failed job anew, and go back to the page that it was shown on."""
    job_retry(job=job_to_retry(job_id=job_id, user=request.user))
    back = request.POST.get("next", "")
    # only to a page of ours, else a link made up elsewhere could lead anywhere from here
    known = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if known and back.startswith("/") else "/")
