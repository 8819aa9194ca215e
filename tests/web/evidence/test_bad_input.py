"""What people really drop on the desk: each is told in plain words on a page, and the worker lives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.reading import bounded
from fairwrench.web.evidence.uploads.services import upload_add
from fairwrench.web.ui.files.bounded import Bounds
from tests.cli.test_bad_input import BROKEN, CODES
from tests.web.evidence.conftest import OCTOBER, orders
from tests.web.ui import astray


@pytest.mark.parametrize("kind", [pytest.param(k, marks=[pytest.mark.slow] * (k == "a zip bomb")) for k in BROKEN])
def test_a_broken_file_is_told_on_its_page(hand_in, signed_in, hr, kind):
    """Fails when one file would give an error page, hang the desk, or pass without a word."""
    name, content = BROKEN[kind]
    upload = hand_in(content(), name)
    page = signed_in(hr).get(reverse("evidence:upload", args=[upload.pk]))
    assert page.status_code == 200
    told = [*upload.problems, *(problem for other in upload.others for problem in other["problems"])]
    assert upload.state == Upload.State.UNREADABLE
    assert told
    assert CODES.get(kind, told[0]["code"]) == told[0]["code"]
    assert not any("Error" in problem["en"] or "Traceback" in problem["en"] for problem in told)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_any_usual_encoding_is_read(hand_in, encoding):
    """Fails when a file from another system would be garbled."""
    assert hand_in(orders().decode().encode(encoding)).sheets.get().accepted == 2


@pytest.mark.parametrize("name", ["~$东店.xlsx", ".DS_Store", "Thumbs.db"])
def test_litter_is_not_taken_and_it_is_said(hr, name):
    """Fails when what a folder holds beside would lie on the desk."""
    taken = upload_add(content=b"x", name=name, month=OCTOBER, by=hr)
    assert (taken.upload, taken.problem.code) == (None, "not_taken")


def test_what_is_too_large_is_refused_before_it_is_kept(hr, monkeypatch, signed_in, settings):
    """Fails when one file, or one form, could fill the disk."""
    monkeypatch.setattr("fairwrench.web.evidence.uploads.services.LIMITS", replace(bounded.LIMITS, file_bytes=10))
    assert upload_add(content=orders(), name="a.csv", month=OCTOBER, by=hr).problem.code == "file_too_large"
    assert not Path(settings.UPLOADS).exists()
    monkeypatch.setattr("fairwrench.web.ui.requests.uploading.LIMIT", 10)
    page = signed_in(hr).post(reverse("evidence:drop"), {"month": "2026-10"})
    assert (page.status_code, "一次最多上传" in page.text) == (413, True)


ASTRAY = [(astray.hang, "too_slow"), (astray.swell, "too_costly"), (astray.fail, "fault")]


@pytest.mark.parametrize("astray", ASTRAY, ids=lambda pair: pair[1])
def test_a_reading_that_goes_astray_is_told_on_its_page(hand_in, signed_in, hr, monkeypatch, astray):
    """Fails when a file that hangs its reader, swells it or breaks it would take the worker along."""
    reading, code = astray
    monkeypatch.setattr(bounded, "read_file", reading)
    monkeypatch.setattr(bounded.read_file_bounded, "__kwdefaults__", {"bounds": Bounds(seconds=2, memory=1 << 29)})
    upload = hand_in()
    assert (upload.state, [problem["code"] for problem in upload.problems]) == (Upload.State.UNREADABLE, [code])
    assert signed_in(hr).get(reverse("evidence:upload", args=[upload.pk])).status_code == 200
    assert list((Path(django_settings.UPLOADS) / "read").iterdir()) == []
