"""How far a job is, for whoever began it or may look at all of them; begun anew when it failed."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from fairwrench.web.jobs.models import Job
from fairwrench.web.jobs.services import job_retry
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import may
from fairwrench.web.people.requests import SignedInRequest


def job_seen(*, job_id: UUID, user: User) -> Job:
    """A job, for who began it, for administrators and HR; PermissionDenied for everybody else."""
    job = get_object_or_404(Job, pk=job_id)
    if job.by_id != user.pk and not may(user, "settlements.settle") and not may(user, "operation.view"):
        raise PermissionDenied("job")
    return job


def progress(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """The progress card alone; the page asks for it every second until the job ends, then loads itself anew."""
    job = job_seen(job_id=job_id, user=request.user)
    response = render(request, "jobs/progress.html", {"job": job})
    if not job.active and "was" in request.GET:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
def retry(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Begin a failed job anew, and go back to the page that it was shown on."""
    job_retry(job=job_seen(job_id=job_id, user=request.user))
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
