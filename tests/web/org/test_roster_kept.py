"""A roster handed in is read once, in a bounded process; whatever it holds, the site goes on, and no file stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.org.roster import kept as roster_kept
from fairwrench.web.org.roster.kept import rosters_tidy
from fairwrench.web.org.roster.reading import LIMITS, MOST, Order
from fairwrench.web.org.roster.reading import read as read_here
from fairwrench.web.ui.files.bounded import RESULT
from tests.web.people.test_roster_page import HEAD, LINES, apply, upload, url
from tests.web.ui import astray

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go with it."""
    stores = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = stores


@pytest.fixture
def hr(signed_in: Callable[..., Client]) -> Client:
    """HR of the group."""
    return signed_in("E104", ("hr", None))


def waiting() -> list[Path]:
    return list(Path(default_storage.path("rosters")).glob("*"))


def swollen(rows: int) -> bytes:
    """A workbook of few bytes that reaches over many rows."""
    whole = BytesIO()
    with xlsxwriter.Workbook(whole, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(rows, 0, ["x"] * 9)
    return whole.getvalue()


@pytest.mark.parametrize(
    ("reading", "told"), [(astray.hang, "没有读完"), (astray.swell, "超出限制"), (astray.fail, "程序出错")]
)
def test_a_file_that_hangs_or_swells_its_reader_is_told_and_not_kept(
    hr: Client, monkeypatch: pytest.MonkeyPatch, reading: Any, told: str
) -> None:
    """Breaks if a small workbook freezes the site for everybody, or stays there to do it again at the next look."""
    monkeypatch.setattr(roster_kept, "read", reading)
    monkeypatch.setattr(roster_kept, "BOUNDS", replace(roster_kept.BOUNDS, seconds=2, memory=1 << 29))
    page = upload(hr, *LINES)
    assert (page.status_code, page.redirect_chain) == (200, [])
    assert told in page.text
    assert waiting() == []
    assert hr.get(url("roster_preview")).url == url("roster")


def test_a_workbook_of_a_million_rows_is_refused_by_its_size(hr: Client) -> None:
    """Breaks if a workbook that holds next to nothing takes gigabytes because it says that it is large."""
    page = hr.post(url("roster"), {"roster": SimpleUploadedFile("x.xlsx", swollen(1_000_000))}, follow=True)
    assert {problem.code for problem in page.context["preview"].problems} == {"too_many_rows"}


def test_a_file_too_large_for_a_roster_is_not_read(hr: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if any file at all is read to find out that it is no roster."""
    monkeypatch.setattr(roster_kept, "LIMITS", replace(LIMITS, file_bytes=10))
    assert "花名册文件最多" in upload(hr, *LINES).text
    assert waiting() == []


def test_a_file_is_read_once_and_not_at_each_look(hr: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if every look at the preview, and taking it in, reads the file again."""
    page = upload(hr, *LINES)
    monkeypatch.setattr(roster_kept, "read_bounded", pytest.fail)
    hr.get(url("roster_preview"), {"missing": "remove"})
    assert apply(hr, page).url == url("list")
    assert Employee.objects.get(employee_id="E102").full_salary == 650_000


def test_a_file_is_read_anew_beside_another_roster(hr: Client) -> None:
    """Breaks if a manager named by name is the one who bore the name when the file was uploaded."""
    line = "E107,赵技师,东店,售后服务部,维修技师,何主管,在职,1,2026-01-01"
    page = upload(hr, line)
    assert page.context["preview"].changes[0].last["manager_id"] == "E101"
    Employee.objects.filter(employee_id="E101").update(name="何其他")
    Employee.objects.filter(employee_id="E103").update(name="何主管")
    assert hr.get(url("roster_preview")).context["preview"].changes[0].last["manager_id"] == "E103"
    (folder,) = waiting()
    assert len(list(folder.glob(f"read-*/{RESULT}"))) == 1


def test_files_with_salaries_do_not_lie_about(hr: Client) -> None:
    """Breaks if what was replaced by another file, or never decided on, stays under the uploads for ever."""
    upload(hr, *LINES)
    (first,) = waiting()
    upload(hr, *LINES[:1])
    (second,) = waiting()
    assert first != second
    assert rosters_tidy() == 0
    stray = second.parent / "abc.xlsx"  # as earlier editions kept them
    stray.write_bytes(b"x")
    for path in (second, stray):
        os.utime(path, (0, 0))
    assert rosters_tidy() == 2
    assert waiting() == []
    assert hr.get(url("roster_preview")).url == url("roster")
    assert hr.post(url("roster_apply")).url == url("roster")


def test_two_who_hand_in_the_same_file_do_not_take_it_from_each_other(
    hr: Client, signed_in: Callable[..., Client]
) -> None:
    """Breaks if the second one's preview is gone as soon as the first decided."""
    page, other = upload(hr, *LINES), signed_in("E001", ("administrator", None))
    upload(other, *LINES)
    apply(hr, page)
    assert other.get(url("roster_preview")).status_code == 200


@pytest.mark.parametrize(
    "line",
    [
        f"{'9' * 41},赵某,东店,售后服务部,维修技师,E101,在职,1,2026-01-01",
        f"E107,{'赵' * 61},东店,售后服务部,维修技师,E101,在职,1,2026-01-01",
        f"E107,赵某,{'店' * 81},售后服务部,维修技师,E101,在职,1,2026-01-01",
    ],
)
def test_names_that_no_database_keeps_are_told(hr: Client, line: str) -> None:
    """Breaks if a text longer than its column ends in a fault of ours, or is cut without a word."""
    page = upload(hr, line)
    assert page.context["preview"].blocked
    assert "花名册第 2 行" in page.text
    assert apply(hr, page).url.startswith(url("roster_preview"))


def test_of_very_many_problems_some_are_listed_and_the_rest_counted(tmp_path: Path, office: Any) -> None:
    """Breaks if a file in which everything is wrong makes a page of hundreds of thousands of lines."""
    lines = [f"F{at},某{at},东店,售后服务部,岗位{at},E101,在职,-1,2026-01-01" for at in range(400)]
    path = tmp_path / "file"
    path.write_text("\n".join((HEAD, *lines)), encoding="utf-8")
    told = read_here(Order(path, roster_kept.scheme_of_office(), office, today()), tmp_path)["problems"]
    assert len(told) == MOST + 1
    assert told[-1]["code"] == "more_problems"
    assert told[-1]["severity"] == "error"
