"""Whom the background work of the desk concerns: those who may look at the file or the request that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.exemptions.exemptions import exemption_seen
from fairwrench.web.evidence.exemptions.rows import title_of
from fairwrench.web.evidence.exemptions.workflow import may_decide
from fairwrench.web.evidence.models import Exemption, Upload
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import About, Access, Problems


def _upload(job: Job, user: User) -> Upload | None:
    """The file, where the user may look at it."""
    # a file that is gone, or another's by now, is no fault of the page of jobs: its job is just not theirs
    try:
        return selectors.upload_seen(user=user, upload_id=int(job.arguments["upload_id"]))
    except (PermissionDenied, Http404):
        return None


def _sees_upload(job: Job, user: User) -> bool:
    return _upload(job, user) is not None


def _changes_upload(job: Job, user: User) -> bool:
    upload = _upload(job, user)
    return upload is not None and selectors.may_be_changed(upload, reach_of(user=user, landing=True), user)


def _lands_upload(job: Job, user: User) -> bool:
    upload = _upload(job, user)
    return upload is not None and selectors.may_be_landed(upload, reach_of(user=user, landing=True))


def _told_of_upload(job: Job, user: User) -> Problems:
    return list(job.problems) if _sees_upload(job, user) else []


def _sees_exemption(job: Job, user: User) -> bool:
    try:
        return bool(exemption_seen(user=user, exemption_id=int(job.arguments["exemption_id"])))
    except (PermissionDenied, Http404):
        return False


def _decides_exemption(job: Job, user: User) -> bool:
    exemption = Exemption.objects.filter(pk=job.arguments["exemption_id"]).first()
    return exemption is not None and may_decide(exemption=exemption, user=user) is None


def _told_of_exemption(job: Job, user: User) -> Problems:
    return list(job.problems) if _sees_exemption(job, user) else []


def _uploads_named(jobs: Sequence[Job], user: User) -> dict[UUID, About]:
    """The files that jobs read or land; one's own lead there."""
    # one query for a page of jobs
    asked = {job.pk: job.arguments.get("upload_id") for job in jobs}
    found = {upload.pk: upload for upload in Upload.objects.filter(pk__in=asked.values()).only("name", "by")}
    return {
        job: About(found[pk].name, reverse("evidence:upload", args=[pk]) if found[pk].by_id == user.pk else "")
        for job, pk in asked.items()
        if pk in found
    }


def _exemptions_named(jobs: Sequence[Job], user: User) -> dict[UUID, About]:
    """The requests that jobs land; one's own lead there."""
    asked = {job.pk: job.arguments.get("exemption_id") for job in jobs}
    found = {exemption.pk: exemption for exemption in Exemption.objects.filter(pk__in=asked.values())}
    return {
        job: About(
            title_of(found[pk]), reverse("evidence:exemption", args=[pk]) if found[pk].asked_by_id == user.pk else ""
        )
        for job, pk in asked.items()
        if pk in found
    }


# reading anew is for who may change the file, landing for who may hand in every sheet of it
OF_UPLOAD = Access(_sees_upload, _changes_upload, _told_of_upload, ("读取文件", "Reading a file"), _uploads_named)
OF_LANDING = Access(_sees_upload, _lands_upload, _told_of_upload, ("导入数据", "Landing a file"), _uploads_named)
EXEMPTED = ("剔除申请导入", "Landing an exempted row")
OF_EXEMPTION = Access(_sees_exemption, _decides_exemption, _told_of_exemption, EXEMPTED, _exemptions_named)
