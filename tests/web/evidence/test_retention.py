"""What nobody needs any more under UPLOADS goes, whatever a job may still need stays, and being killed does no harm."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.web.access.models import User
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads import retention
from fairwrench.web.evidence.uploads.retention import shelf_held, uploads_tidy
from fairwrench.web.evidence.uploads.services import upload_add, upload_land, upload_read_again, upload_set_aside
from fairwrench.web.work.models import Job
from tests.web.evidence.conftest import OCTOBER, ROWS, orders

State = Upload.State
REJECTED = "A3,2026-10-13 08:00,,,E2,E4,维修,x"
LONG_AGO = timedelta(days=91)


def previews() -> set[str]:
    return {f"read/{path.name}" for path in (Path(django_settings.UPLOADS) / "read").iterdir()}


def again(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def landed(upload: Upload, by: User) -> Upload:
    upload_land(upload=upload, by=by, version=upload.version)
    return again(upload)


def aged(upload: Upload) -> Upload:
    """The upload as if everything had happened to it long ago."""
    then = timezone.now() - LONG_AGO
    Upload.objects.filter(pk=upload.pk).update(at=then, landed_at=then if upload.landed_at else None)
    Job.objects.update(finished_at=then)
    if upload.path.exists():
        os.utime(upload.path, (then.timestamp(), then.timestamp()))
    return again(upload)


def test_the_preview_of_what_landed_goes_and_the_evidence_stays(hand_in: Any, hr: User, settings: Any) -> None:
    """Fails when the disk fills with what the ledger has anyway, or the ledger loses what landed."""
    upload = landed(hand_in(), hr)
    assert previews() == {upload.folder}
    assert uploads_tidy() == 1
    assert previews() == set()
    assert upload.path.exists()
    (batch,) = Ledger(settings.LEDGER).batches()
    assert (settings.LEDGER / "uploads" / batch.sha256[:2] / batch.sha256[2:]).read_bytes() == orders()


def test_its_page_says_where_the_rows_are(hand_in: Any, hr: User, signed_in: Any) -> None:
    """Fails when the page of a file that landed breaks once its preview is gone."""
    upload = landed(hand_in(), hr)
    uploads_tidy()
    page = signed_in(hr).get(f"/evidence/uploads/{upload.pk}/")
    assert page.status_code == 200
    assert "导入的行和原文件在台账里" in page.text
    assert "下载原文件" in page.text


def test_rejected_rows_can_be_downloaded_for_a_while_after_landing(hand_in: Any, hr: User, signed_in: Any) -> None:
    """Fails when what was sent back is gone before anybody could mend it, or is kept for ever."""
    upload = landed(hand_in(orders(*ROWS, REJECTED)), hr)
    address, client = f"/evidence/uploads/{upload.pk}/", signed_in(hr)
    assert uploads_tidy() == 0
    assert "下载退回的行" in client.get(address).text
    assert client.get(f"{address}rejected/").status_code == 200
    aged(upload)
    assert uploads_tidy() == 1
    assert "下载退回的行" not in client.get(address).text
    assert client.get(f"{address}rejected/").status_code == 302


def test_only_the_newest_preview_of_a_file_is_kept(hand_in: Any, hr: User) -> None:
    """Fails when each reading anew leaves a copy behind."""
    upload = hand_in()
    upload_read_again(upload=upload, by=hr)
    assert len(previews()) == 2
    uploads_tidy()
    assert previews() == {again(upload).folder}


def test_what_was_set_aside_goes_the_file_once_it_is_old(hand_in: Any, hr: User, signed_in: Any) -> None:
    """Fails when what was thrown off the desk is kept for ever, or its page breaks."""
    upload = upload_set_aside(upload=hand_in(), by=hr)
    uploads_tidy()
    assert previews() == set()
    assert upload.path.exists()
    aged(upload)
    assert uploads_tidy() == 1
    assert not upload.path.exists()
    page = signed_in(hr).get(f"/evidence/uploads/{upload.pk}/")
    assert page.status_code == 200
    assert "下载原文件" not in page.text


def test_a_file_that_two_months_share_stays_while_one_needs_it(hand_in: Any, hr: User) -> None:
    """Fails when setting aside one month's file takes away the equal one of another month."""
    empty = "投诉编号,投诉时间\n".encode()
    first, other = hand_in(empty, "东店_客户投诉.csv"), hand_in(empty, "东店_客户投诉.csv", month=OCTOBER.plus(1))
    assert first.path == other.path
    aged(upload_set_aside(upload=first, by=hr))
    uploads_tidy()
    assert other.path.exists()


def test_what_nobody_lands_is_set_aside_with_a_note(hand_in: Any, hr: User, signed_in: Any) -> None:
    """Fails when forgotten files lie there for ever, or vanish without a word."""
    fresh, old = hand_in(name="西店_维修工单.csv"), aged(hand_in(orders(ROWS[0])))
    Job.objects.filter(pk=fresh.job_id).update(finished_at=timezone.now())
    uploads_tidy()
    assert (again(fresh).state, again(old).state) == (State.READ, State.SET_ASIDE)
    assert previews() == {fresh.folder}
    assert "90 天没有导入" in signed_in(hr).get(f"/evidence/uploads/{old.pk}/").text
    assert hand_in(orders(ROWS[0])).pk != old.pk, "it may be handed in again"


def test_how_long_is_a_setting(hand_in: Any, settings: Any) -> None:
    """Fails when the documented setting does nothing."""
    from fairwrench.web.project.environment import Environment

    assert Environment({"FAIRWRENCH_KEEP_UPLOADS": "7"}).keep_uploads == timedelta(days=7)
    settings.KEEP_UPLOADS = timedelta(days=100)
    upload = aged(hand_in())
    uploads_tidy()
    assert again(upload).state == State.READ


@pytest.mark.parametrize("job", [Job.State.QUEUED, Job.State.RUNNING])
@pytest.mark.parametrize("state", [State.READING, State.LANDING, State.LANDED, State.READ])
def test_what_a_job_may_need_stays_however_old(hand_in: Any, hr: User, state: str, job: str) -> None:
    """Fails when work that waits, runs, or was killed after its last step finds its files gone."""
    upload = aged(hand_in())
    other = upload.read_into.with_name(f"{upload.pk}-being-written")
    other.mkdir()
    Upload.objects.filter(pk=upload.pk).update(state=state, landed_at=timezone.now() - LONG_AGO)
    Job.objects.filter(pk=upload.job_id).update(state=job, finished_at=None)
    assert uploads_tidy() == 0
    assert len(previews()) == 2
    assert upload.path.exists()


def test_a_landing_that_failed_half_way_can_be_tried_again(hand_in: Any, hr: User) -> None:
    """Fails when the button to try again leads into a fault."""
    upload = landed(hand_in(), hr)
    Job.objects.filter(pk=upload.job_id).update(state=Job.State.FAILED)
    assert uploads_tidy() == 0
    assert previews() == {upload.folder}


def test_a_tidying_that_was_killed_is_finished_by_the_next(
    hand_in: Any, hr: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when half a preview stays for ever, or is taken for a whole one."""
    upload = landed(hand_in(), hr)

    class Killed(BaseException):
        pass

    def half(path: Path, **_given: Any) -> None:
        next(path.rglob("*.parquet")).unlink()
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(retention.shutil, "rmtree", half)
        uploads_tidy()
    assert previews() == {upload.folder}
    uploads_tidy()
    assert previews() == set()


def test_a_page_beside_half_a_preview_still_shows(hand_in: Any, hr: User, signed_in: Any) -> None:
    """Fails when whoever looks at a file while it is tidied away gets an error page."""
    upload = landed(hand_in(orders(*ROWS, REJECTED)), hr)
    for path in upload.read_into.rglob("*.parquet"):
        path.unlink()
    client: Client = signed_in(hr)
    assert client.get(f"/evidence/uploads/{upload.pk}/").status_code == 200
    assert client.get(f"/evidence/uploads/{upload.pk}/rejected/").status_code == 302


def test_what_a_killed_server_left_goes(hand_in: Any, settings: Any) -> None:
    """Fails when files that were half copied, or whose upload was never written down, stay for ever."""
    shelf = Path(settings.UPLOADS) / "files" / "ab"
    shelf.mkdir(parents=True)
    then = (timezone.now() - LONG_AGO).timestamp()
    for name in (".unfinished-x", "c" * 62):
        (shelf / name).write_bytes(b"x")
        os.utime(shelf / name, (then, then))
    (shelf / ("d" * 62)).write_bytes(b"just now")
    uploads_tidy()
    assert [path.name for path in shelf.iterdir()] == ["d" * 62]


def test_nothing_is_taken_off_the_shelf_while_a_file_is_put_there(hand_in: Any, hr: User) -> None:
    """Fails when equal content handed in at that moment loses its file to the tidying of the old one."""
    old = aged(upload_set_aside(upload=hand_in(), by=hr))
    ended = Event()

    def tidied() -> None:
        with shelf_held(alone=True):
            ended.set()

    with shelf_held():
        waiting = Thread(target=tidied)
        waiting.start()
        assert not ended.wait(0.2)
    assert ended.wait(30)
    waiting.join()
    taken = upload_add(content=orders(), name="东店_维修工单.csv", month=OCTOBER, by=hr)
    assert taken.upload
    uploads_tidy()
    assert old.path.exists()
