"""The roster handed in, looked at, taken in, and taken away as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from polars.testing import assert_frame_equal

from fairwrench.catalog.loader import load_scheme
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.people.employees import employee_leave
from fairwrench.web.people.roster_services import roster_apply
from tests.web.declaring import months_published

pytestmark = pytest.mark.django_db
HEAD = "工号,姓名,门店,部门,岗位,直接上级,状态,全额工资,生效日期"
LINES = [
    "E104,孙人事,东店,人力资源部,人事专员,E001,在职,7000,2026-01-01",
    "E102,吕技师,东店,售后服务部,维修技师,E101,在职,6500,2026-01-01",
    "E106,钱技师,东店,售后服务部,维修技师,E101,试用,4000,2026-11-08",
]


def url(name: str) -> str:
    return reverse(f"people:{name}")


def upload(client: Client, *lines: str, name: str = "花名册.csv", head: str = HEAD) -> Any:
    content = "\n".join((head, *lines)).encode()
    return client.post(url("roster"), {"roster": SimpleUploadedFile(name, content)}, follow=True)


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go with it."""
    stores = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = stores


@pytest.fixture
def hr(signed_in: Callable[..., Client]) -> Client:
    """HR of the group."""
    return signed_in("E104", ("hr", None))


@pytest.fixture(autouse=True)
def published(db: None) -> list[Month]:
    """September and October 2026 are published, so that changes hold from November on."""
    months = [Month(2026, 9), Month(2026, 10)]
    months_published(*months)
    return months


def apply(client: Client, page: Any, **asked: str) -> Any:
    data = {"before": page.context["preview"].before, "missing": "keep", "day": "2026-11-01", **asked}
    return client.post(url("roster_apply"), data)


def salaries(month: Month, who: str = "E102") -> list[tuple[int, int]]:
    """What settling a month finds of somebody: salaries with their days."""
    rows = slices(roster_frame().drop("aliases"), month).filter(pl.col("employee_id") == who)
    return rows.select("full_salary", "days").rows()


def test_a_file_is_looked_at_before_anything_changes(hr: Client, office: pl.DataFrame) -> None:
    """Breaks if an upload takes effect by itself, or the page does not say what would change."""
    page = upload(hr, *LINES)
    assert page.context["counts"] == {"new": 1, "changed": 1, "gone": 0}
    text = page.content.decode()
    assert "全额工资：6,000.00 → 6,500.00" in text
    assert 'value="2026-11-01"' in text, "the day after the last published month"
    assert_frame_equal(roster_frame(), office)


def test_a_file_is_taken_in_and_forgotten(hr: Client) -> None:
    """Breaks if the confirmed file is not what takes effect, or files with salaries lie about afterwards."""
    page = upload(hr, *LINES)
    assert apply(hr, page).url == url("list")
    assert Employee.objects.get(employee_id="E102").full_salary == 650_000
    assert Employee.objects.get(employee_id="E202").assignments.exists()
    assert default_storage.listdir("rosters")[1] == []
    assert apply(hr, page).url == url("roster")


def test_a_raise_by_file_leaves_the_months_before_as_they_were(hr: Client) -> None:
    """Breaks if October, settled anew, is paid by the salary of November."""
    apply(hr, upload(hr, *LINES))
    assert salaries(Month(2026, 10)) == [(600_000, 31)]
    assert salaries(Month(2026, 11)) == [(650_000, 30)]


def test_a_day_may_be_chosen_but_none_of_a_published_month(hr: Client) -> None:
    """Breaks if a raise of the 10th counts from the 1st, or one slips into a month that is paid."""
    upload(hr, *LINES)
    page = hr.get(url("roster_preview"), {"day": "2026-10-31"})
    assert page.context["preview"].blocked
    assert "2026-11-01 或以后" in page.content.decode()
    assert apply(hr, page, day="2026-10-31").url.startswith(url("roster_preview"))
    for nonsense in ("1926-11-10", "2099-11-10", "tomorrow"):
        assert "日期不合理" in hr.get(url("roster_preview"), {"day": nonsense}).content.decode()
        assert apply(hr, page, day=nonsense).url.startswith(url("roster_preview"))
    assert salaries(Month(2026, 11)) == [(600_000, 30)]
    page = hr.get(url("roster_preview"), {"day": "2026-11-10"})
    assert apply(hr, page, day="2026-11-10").url == url("list")
    assert salaries(Month(2026, 11)) == [(600_000, 9), (650_000, 21)]


def test_what_rewrites_a_published_month_takes_a_word(hr: Client) -> None:
    """Breaks if the record that a published month stands on changes without anybody having meant it."""
    upload(hr, "E102,吕技师,东店,售后服务部,维修技师,E101,在职,6500,2026-01-01")
    page = hr.get(url("roster_preview"), {"rows": "own"})
    text = page.content.decode()
    assert "吕技师（E102）：2026-09 – 2026-10 的任职与发布时不同" in text
    assert 'name="past"' in text
    assert apply(hr, page, rows="own").url.startswith(url("roster_preview"))
    assert salaries(Month(2026, 10)) == [(600_000, 31)]
    assert apply(hr, page, rows="own", past="on").url == url("list")
    assert salaries(Month(2026, 10)) == [(650_000, 31)]


def test_who_leaves_by_the_file_is_out_the_day_after_and_keeps_the_past(hr: Client) -> None:
    """Breaks if who left last month signs in, or is gone from the months before."""
    head = HEAD.replace("生效日期", "离职日期")
    line = "E102,吕技师,东店,售后服务部,维修技师,E101,离职,6000,2026-11-12"
    page = upload(hr, line, head=head)
    assert not page.context["preview"].past
    apply(hr, page)
    assert salaries(Month(2026, 10)) == [(600_000, 31)]
    assert salaries(Month(2026, 11)) == [(600_000, 12)]
    assert Employee.objects.get(employee_id="E102").left_on == date(2026, 11, 12)


def test_who_comes_back_by_the_file_waits_for_hr_to_open_the_login(hr: Client, member: Callable[..., User]) -> None:
    """Breaks if a former colleague is in again with the password and duties of before."""
    user = member("E102")
    store = Unit.objects.get(name="东店")
    employee_leave(employee=Employee.objects.get(employee_id="E102"), last_day=date(2026, 11, 2))
    Duty.ever.create(kind="provide", subject="surveys", unit=store, employee=user.employee)
    apply(hr, upload(hr, "E102,吕技师,东店,售后服务部,维修技师,E101,在职,6000,2026-11-20"))
    user.refresh_from_db()
    assert (user.is_active, user.has_left, Duty.ever.exists()) == (False, False, False)
    assert salaries(Month(2026, 11)) == [(600_000, 2), (600_000, 11)]


def test_people_whom_the_file_leaves_out_leave_only_when_told(hr: Client) -> None:
    """Breaks if a partial file takes a whole group off the roster, or whoever left out of the months they worked."""
    own = ["E001,郭总,东店,行政部,总经理,,在职,30000,2026-01-01", *LINES]
    page = upload(hr, *own, "E101,何主管,东店,售后服务部,车间主管,E001,在职,12000,2026-01-01")
    assert page.context["preview"].changes[-1].employee_id == "E106"
    page = hr.get(url("roster_preview"), {"missing": "left"})
    left = {change.employee_id for change in page.context["preview"].changes if change.last["left_on"]}
    assert left == {"E103", "E201", "E202"}
    apply(hr, page, missing="left")
    assert salaries(Month(2026, 10), "E103") == [(500_000, 31)]
    assert salaries(Month(2026, 11), "E103") == []


def test_who_still_leads_somebody_cannot_go(hr: Client) -> None:
    """Breaks if people are left without the manager that the roster names."""
    upload(hr, *LINES)
    page = hr.get(url("roster_preview"), {"missing": "left"})
    assert page.context["preview"].blocked
    assert apply(hr, page, missing="left").url.startswith(url("roster_preview"))
    assert Employee.objects.get(employee_id="E102").full_salary == 600_000


def test_the_last_administrator_does_not_leave_by_a_file(hr: Client, member: Callable[..., User]) -> None:
    """Breaks if a roster leaves the installation without anybody who grants roles."""
    member("E103", ("administrator", None))
    head = HEAD.replace("生效日期", "离职日期")
    page = upload(hr, "E103,金技师,东店,售后服务部,维修技师,E101,离职,5000,2026-11-12", head=head)
    assert apply(hr, page).url.startswith(url("roster_preview"))
    assert "至少要保留一位" in hr.get(url("roster_preview")).content.decode()
    assert Employee.objects.get(employee_id="E103").left_on is None


def test_a_file_without_salaries_leaves_them(hr: Client) -> None:
    """Breaks if a list of who works where wipes out what everybody earns."""
    line = "E102,吕技师,东店,售后服务部,车间主管,E101,在职,2026-11-20"
    apply(hr, upload(hr, line, head=HEAD.replace("全额工资,", "")))
    assert salaries(Month(2026, 11)) == [(600_000, 19), (600_000, 11)]


def test_an_id_that_bears_another_name_is_told(hr: Client) -> None:
    """Breaks if a new colleague's file takes over the record of somebody else without a word."""
    page = upload(hr, "E102,秦某,东店,售后服务部,维修技师,E101,在职,6000,2026-01-01")
    assert "工号 E102 现在是“吕技师”，文件中是“秦某”" in page.content.decode()
    assert not page.context["preview"].blocked


def test_a_partial_file_may_name_managers_of_the_present_roster(hr: Client) -> None:
    """Breaks if a file of some people leaves them without their managers, whom it does not hold."""
    page = upload(hr, *LINES)
    assert not page.context["preview"].problems
    apply(hr, page)
    frame = roster_frame()
    leads = dict(zip(frame["employee_id"], frame["manager_id"], strict=True))
    assert (leads["E102"], leads["E104"], leads["E106"]) == ("E101", "E001", "E101")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("E107,赵某,东店,售后服务部,飞行员,E101,在职,1,2026-01-01", "制度中没有"),
        ("E107,赵某,东店,售后服务部,维修技师,何主任,在职,1,2026-01-01", "最接近的是“何主管”"),
        ("E107,,东店,售后服务部,维修技师,E101,在职,1,2026-01-01", "必填"),
        ("E107,赵某,东店,售后服务部,维修技师,E101,在职,-5,2026-01-01", "不能小于 0"),
        ("E107,赵某,东店,售后服务部,维修技师,E101,在职,1,2026-13-45", "花名册第 2 行"),
    ],
)
def test_errors_are_told_by_cell_and_nothing_is_taken_in(
    hr: Client, office: pl.DataFrame, line: str, told: str
) -> None:
    """Breaks if a wrong file changes anything, or does not say where it is wrong."""
    page = upload(hr, line)
    assert told in page.content.decode()
    assert "确认导入" not in page.content.decode()
    apply(hr, page)
    assert_frame_equal(roster_frame(), office)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04 not really a workbook", "随便写写".encode()])
def test_what_is_no_roster_is_told_so(hr: Client, content: bytes) -> None:
    """Breaks if a wrong file ends in a fault of ours."""
    page = hr.post(url("roster"), {"roster": SimpleUploadedFile("x.xlsx", content)}, follow=True)
    assert page.status_code == 200
    assert "确认导入" not in page.content.decode()


def test_a_roster_that_changed_meanwhile_is_looked_at_again(hr: Client, office: pl.DataFrame) -> None:
    """Breaks if one HR overwrites what another changed in between."""
    page = upload(hr, *LINES)
    roster_apply(roster=office.with_columns(full_salary=office["full_salary"] + 100), by=None)
    assert apply(hr, page).url.startswith(url("roster_preview"))
    assert Employee.objects.get(employee_id="E102").full_salary == 600_100


def test_store_hr_replaces_its_own_store_alone(signed_in: Callable[..., Client], office: pl.DataFrame) -> None:
    """Breaks if a store's file touches another store, or takes its people over."""
    hr = signed_in("E104", ("hr", "东店"))
    page = upload(hr, "E301,某人,西店,售后服务部,维修技师,,在职,1,2026-01-01")
    assert "不在您的管理范围内" in page.content.decode()
    page = upload(hr, "E202,某人,东店,售后服务部,维修技师,E101,在职,1,2026-11-01")
    assert "属于其他门店" in page.content.decode()
    assert "邵技师" not in page.content.decode()
    apply(hr, page)
    assert_frame_equal(roster_frame(), office)
    upload(hr, *LINES)
    page = hr.get(url("roster_preview"), {"missing": "left"})
    left = {change.employee_id for change in page.context["preview"].changes if change.last["left_on"]}
    assert left == {"E001", "E101", "E103"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_taken_away_can_be_handed_in_again(
    hr: Client, office: pl.DataFrame, tmp_path: Path, language: str
) -> None:
    """Breaks if the exported roster, unchanged, would change anything."""
    hr.post("/language/", {"language": language})
    content = hr.get(url("roster_export")).content
    path = tmp_path / "again.xlsx"
    path.write_bytes(content)
    frame, problems = read_roster(path, load_scheme("dealership"))
    assert not problems
    assert_frame_equal(frame, office)


def test_a_store_takes_only_its_own_people_away(signed_in: Callable[..., Client]) -> None:
    """Breaks if the export carries the salaries of other stores."""
    content = signed_in("E104", ("hr", "西店")).get(url("roster_export")).content
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["E201", "E202"]


def test_the_exported_cells_never_begin_a_formula(hr: Client) -> None:
    """Breaks if a name typed into a form runs as a formula at somebody's desk."""
    Employee.objects.filter(employee_id="E102").update(name="=1+1")
    sheet = openpyxl.load_workbook(BytesIO(hr.get(url("roster_export")).content)).active
    cell = next(row[1] for row in sheet.iter_rows() if row[0].value == "E102")
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("name", ["roster", "roster_preview", "roster_export"])
@pytest.mark.parametrize(("who", "grants"), [("E101", []), ("E102", []), ("E104", [("auditor", None)])])
def test_the_roster_is_kept_by_hr_alone(
    signed_in: Callable[..., Client], name: str, who: str, grants: list[Any]
) -> None:
    """Breaks if managers or auditors change or carry away the roster."""
    assert signed_in(who, *grants).get(url(name)).status_code == 403
    assert signed_in("E103").post(url("roster_apply")).status_code == 403
    assert Unit.objects.filter(kind="store").count() == 2
