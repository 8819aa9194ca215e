"""Trials of versions: begun by whoever changes or approves a scheme, worked out in the background."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.settlements.models import EVERY_STORE
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import job_start

TRY = "try_scheme"


def trial_begin(*, version: SchemeVersion, month: Month, by: User) -> Job:
    """Try a version on a month, in the background; the trial that is under way where there is one."""
    require(by, "settlements.try_scheme", about=GROUP)
    key = f"try:{version.pk}:{month}"
    return job_start(kind=TRY, key=key, by=by, version=version.pk, month=str(month))


def trial_job(*, version: SchemeVersion, month: Month) -> Job | None:
    """The last trial of a version on a month that was begun."""
    return Job.objects.filter(kind=TRY, key=f"try:{version.pk}:{month}").order_by("-made_at").first()


def version_to_try(*, user: User, version_id: int) -> SchemeVersion:
    """A version for somebody who may try it, none that was put away; PermissionDenied for everybody else."""
    require(user, "settlements.try_scheme", about=GROUP)
    return get_object_or_404(SchemeVersion.objects.exclude(state=SchemeVersion.State.WITHDRAWN), pk=version_id)


def month_to_try() -> str:
    """The latest month in which anybody was settled, on which a version is tried; empty where there is none."""
    somebody = Cycle.objects.filter(run__sums__store=EVERY_STORE, run__sums__settled__gt=0)
    settled = somebody.order_by("-month").values_list("month", flat=True)
    return settled.first() or ""
