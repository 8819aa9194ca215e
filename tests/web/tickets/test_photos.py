"""A photo is taken as it came, or told to be none with all that was filled in kept; nobody is shown it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.photos import (
    MOST,
    ending_of,
    photo_keep,
    photo_named,
    photo_path,
    photo_ticket,
    photos_tidy,
)
from tests.web.tickets.conftest import TODAY

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01 and so on"
FORM = {
    "who": "E102",
    "article": "customer_praise",
    "points": "2",
    "amount": "",
    "words": "客户送来锦旗",
    "day": f"{TODAY}",
    "once": "0" * 32,
}


def file(content: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.fixture
def writer(chief: User) -> Client:
    """The workshop manager's browser."""
    client = Client()
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("head", "ending"),
    [
        (b"\xff\xd8\xff\xe1....", "jpg"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"RIFF\x10\x00\x00\x00WEBP", "webp"),
        (b"RIFF\x10\x00\x00\x00WAVE", ""),
        (b"<svg xmlns=", ""),
        (b"GIF89a......", ""),
        (b"PK\x03\x04........", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(head: bytes, ending: str) -> None:
    """Breaks if a page, a drawing with script or a workbook is taken for a photo by its name."""
    assert ending_of(head[:12]) == ending


def test_a_photo_goes_with_the_ticket_and_is_only_ever_saved(writer: Client) -> None:
    """Breaks if the photo is lost, changed, or shown by a browser as a page of ours."""
    assert writer.post("/tickets/new/", {**FORM, "photo": file(JPEG)}).status_code == 302
    ticket = Ticket.objects.get()
    answer: Any = writer.get(f"/tickets/{ticket.pk}/photo/")
    assert b"".join(answer.streaming_content) == JPEG
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'attachment; filename="{ticket.number}.jpg"'


def test_what_is_no_picture_is_told_and_the_rest_stays(writer: Client) -> None:
    """Breaks if somebody on a phone types everything anew because a file was no photo."""
    answer = writer.post("/tickets/new/", {**FORM, "photo": file(b"<html><script>", "照片.jpg")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“照片.jpg”不是 JPG、PNG 或 WebP 图片" in page and "客户送来锦旗" in page
    assert '<option value="E102" selected>' in page and '<option value="customer_praise" selected>' in page
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("size", "status"), [(MOST, 302), (MOST + 1, 422)])
def test_a_photo_has_a_bound(writer: Client, size: int, status: int) -> None:
    """Breaks if the bound itself is refused, or one byte more is taken."""
    photo = JPEG + b"\x00" * (size - len(JPEG))
    assert writer.post("/tickets/new/", {**FORM, "photo": file(photo)}).status_code == status


def test_a_photo_is_not_asked_for_twice(writer: Client) -> None:
    """Breaks if the photo is lost when the form comes back for another reason."""
    refused = writer.post("/tickets/new/", {**FORM, "points": "99", "photo": file(JPEG)})
    kept = refused.context["photo_kept"]
    assert refused.status_code == 422 and kept
    assert writer.post("/tickets/new/", {**FORM, "photo_kept": kept}).status_code == 302
    assert photo_path(Ticket.objects.get().photo).read_bytes() == JPEG


def test_a_photo_is_named_by_its_sender_alone(chief: User, hr: User) -> None:
    """Breaks if a form may name a photo of somebody else's by its digest."""
    digest = photo_keep(file(JPEG))
    word = photo_ticket(digest=digest, user=chief)
    assert photo_named(word=word, user=chief) == digest
    assert photo_named(word=word, user=hr) == photo_named(word=digest, user=chief) == ""


def test_a_photo_is_for_those_who_see_the_ticket(writer: Client, signed_in: Callable[..., Client]) -> None:
    """Breaks if a colleague, or HR of another store, saves a photo by guessing a number."""
    writer.post("/tickets/new/", {**FORM, "photo": file(JPEG)})
    url = f"/tickets/{Ticket.objects.get().pk}/photo/"
    assert signed_in("E102").get(url).status_code == 200
    assert signed_in("E104", ("hr", "东店")).get(url).status_code == 200
    assert signed_in("E103").get(url).status_code == signed_in("E202", ("hr", "西店")).get(url).status_code == 404


def test_photos_of_no_ticket_go_after_some_days(writer: Client, on_day: Callable[[date], None]) -> None:
    """Breaks if abandoned photos stay for ever, or one that a ticket names, or a form may still name, is removed."""
    writer.post("/tickets/new/", {**FORM, "photo": file(JPEG)})
    named, old, young = Ticket.objects.get().photo, photo_keep(file(JPEG + b"2")), photo_keep(file(JPEG + b"3"))
    long_ago = (timezone.now() - timedelta(days=2, minutes=1)).timestamp()
    for digest in (named, old):
        os.utime(photo_path(digest), (long_ago, long_ago))
    assert photos_tidy() == 1
    assert [Path(photo_path(digest)).exists() for digest in (named, old, young)] == [True, False, True]
