"""How much may be sent at once: refused before it is kept, counted while it comes, and told on a page of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairwrench.web.access.models import Grant, User
from fairwrench.web.ui.requests import uploading

pytestmark = pytest.mark.django_db
DROP = "/evidence/drop/"
GUARD = "fairwrench.web.ui.requests.uploading.BoundedBodies"


@pytest.fixture
def scratch(settings: Any, tmp_path: Path) -> Path:
    """Where files lie while a form is read."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def client() -> Client:
    """HR, who may hand in files."""
    made = Client()
    user = User.objects.create_user("hr")
    Grant.objects.create(user=user, role="hr")
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def files(*sizes: int) -> dict[str, Any]:
    return {"month": "2026-10", "files": [SimpleUploadedFile(f"{at}.csv", b"a" * n) for at, n in enumerate(sizes)]}


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the pieces that reach the disk."""
    kept: list[int] = []
    plain = uploading.TemporaryFileUploadHandler.receive_data_chunk

    def note(self: Any, raw_data: bytes, start: int) -> None:
        kept.append(len(raw_data))
        plain(self, raw_data, start)

    monkeypatch.setattr(uploading.TemporaryFileUploadHandler, "receive_data_chunk", note)
    return kept


def test_what_says_that_it_is_too_large_is_not_kept(
    client: Client, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when one form fills the disk, or its sender is not told what to do."""
    kept = watched(monkeypatch)
    monkeypatch.setattr(uploading, "LIMIT", 3 << 20)
    page = client.post(DROP, files(2 << 20, 2 << 20))
    assert page.status_code == 413
    assert "一次最多上传 3 MB" in page.text
    assert "分几次上传" in page.text
    assert kept == []
    assert list(scratch.iterdir()) == []


def test_bytes_are_counted_whatever_was_said(
    client: Client, scratch: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Fails when a server that hands on more than it was told lets a form fill the disk."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GUARD]
    kept = watched(monkeypatch)
    monkeypatch.setattr(uploading, "LIMIT", 3 << 20)
    page = client.post(DROP, files(2 << 20, 2 << 20), headers={"Accept-Language": "en"})
    assert page.status_code == 413
    assert 2 << 20 < sum(kept) <= 3 << 20, "the files of a form count together"
    assert list(scratch.iterdir()) == []


def test_what_is_within_the_limit_is_taken(client: Client, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the brake stops what may come."""
    kept = watched(monkeypatch)
    monkeypatch.setattr(uploading, "LIMIT", 3 << 20)
    assert client.post("/accounts/login/", files(1 << 20, 1 << 20)).status_code < 400
    assert sum(kept) == 2 << 20


def test_strangers_may_send_next_to_nothing(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when somebody without an account can keep the server busy with gigabytes."""
    kept = watched(monkeypatch)
    assert Client().post("/accounts/login/", files(2 << 20)).status_code == 413
    assert kept == []


def test_a_body_that_does_not_say_its_length_is_told_so(client: Client) -> None:
    """Fails when a program that sends chunks hears that no file was chosen."""
    headers = {"Transfer-Encoding": "chunked"}
    page = client.generic("POST", DROP, b"", "multipart/form-data; boundary=x", headers=headers, CONTENT_LENGTH="")
    assert page.status_code == 411
    assert "Content-Length" in page.text


def test_a_form_sent_in_the_background_finds_why_on_its_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the desk says nothing, since htmx shows no page that came with an error."""
    monkeypatch.setattr(uploading, "LIMIT", 1 << 20)
    answer = client.post(DROP, files(2 << 20), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (413, "true")
    assert "一次最多上传 1 MB" in client.get("/settings/").text


def test_other_bad_requests_keep_their_page(client: Client) -> None:
    """Fails when every malformed request is said to be too large."""
    page = client.post(DROP, {f"field{n}": "" for n in range(20_001)})
    assert page.status_code == 400
    assert "请求有误" in page.text
