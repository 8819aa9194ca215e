"""What those who run the installation ask of it: is it well, and what is it doing."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import GROUP
from fairwrench.web.work.models import Job


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """200 when database and ledger answer, else 503 with what does not; tells nothing else."""
    parts = {"database": _database(), "ledger": settings.LEDGER.is_dir()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Exception:  # whatever it is, the database does not answer
        return False


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Jobs by state and the age of the oldest waiting one, in Prometheus' text format."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # in constant time, so that nobody finds the token out letter by letter
    by_token = settings.METRICS_TOKEN and hmac.compare_digest(told, settings.METRICS_TOKEN)
    if not by_token and not may(request.user, "operation.view", about=GROUP):
        raise PermissionDenied
    found = dict(Job.objects.values_list("state").annotate(jobs=Count("id")).order_by())
    oldest = Job.objects.filter(state=Job.State.QUEUED).order_by("made_at").values_list("made_at", flat=True).first()
    waited = (timezone.now() - oldest).total_seconds() if oldest else 0
    lines = [
        "# HELP fairwrench_jobs Background jobs by state.",
        "# TYPE fairwrench_jobs gauge",
        *(f'fairwrench_jobs{{state="{state}"}} {found.get(state, 0)}' for state in Job.State.values),
        "# HELP fairwrench_oldest_waiting_job_seconds Age of the oldest job that waits.",
        "# TYPE fairwrench_oldest_waiting_job_seconds gauge",
        f"fairwrench_oldest_waiting_job_seconds {waited:.0f}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
