"""The roster handed in, looked at, taken in, and taken away as a file."""

from __future__ import annotations

from collections.abc import Callable
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
from fairwrench.ledger.roster import read_roster
from fairwrench.web.people.models import Employee, Unit
from fairwrench.web.people.roster import roster_frame
from fairwrench.web.people.services import roster_apply

pytestmark = pytest.mark.django_db
HEAD = "工号,姓名,门店,部门,岗位,直接上级,状态,全额工资,生效日期"
LINES = [
    "E104,孙人事,东店,人力资源部,人事专员,E001,在职,7000,2026-01-01",
    "E102,吕技师,东店,售后服务部,维修技师,E101,在职,6500,2026-01-01",
    "E106,钱技师,东店,售后服务部,维修技师,E101,试用,4000,2026-10-08",
]


def url(name: str) -> str:
    return reverse(f"people:{name}")


def upload(client: Client, *lines: str, name: str = "花名册.csv") -> Any:
    content = "\n".join((HEAD, *lines)).encode()
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


def apply(client: Client, page: Any, missing: str = "keep") -> Any:
    data = {"before": page.context["preview"].before, "missing": missing}
    return client.post(url("roster_apply"), data)


def test_a_file_is_looked_at_before_anything_changes(hr: Client, office: pl.DataFrame) -> None:
    """Breaks if an upload takes effect by itself, or the page does not say what would change."""
    page = upload(hr, *LINES)
    assert page.context["counts"] == {"new": 1, "changed": 2, "gone": 0}
    text = page.content.decode()
    assert "全额工资：6,000.00 → 6,500.00" in text
    assert_frame_equal(roster_frame(), office)


def test_a_file_is_taken_in_and_forgotten(hr: Client) -> None:
    """Breaks if the confirmed file is not what takes effect, or files with salaries lie about afterwards."""
    page = upload(hr, *LINES)
    assert apply(hr, page).url == url("list")
    assert Employee.objects.get(employee_id="E102").full_salary == 650_000
    assert Employee.objects.get(employee_id="E202").assignments.exists()
    assert default_storage.listdir("rosters")[1] == []
    assert apply(hr, page).url == url("roster")


def test_people_whom_the_file_leaves_out_go_only_when_told(hr: Client) -> None:
    """Breaks if a partial file takes a whole group off the roster."""
    own = ["E001,郭总,东店,行政部,总经理,,在职,30000,2026-01-01", *LINES]
    page = upload(hr, *own, "E101,何主管,东店,售后服务部,车间主管,E001,在职,12000,2026-01-01")
    assert page.context["counts"]["gone"] == 0
    page = hr.get(url("roster_preview"), {"missing": "remove"})
    assert {change.employee_id for change in page.context["preview"].changes if change.kind == "gone"} == {
        "E103",
        "E201",
        "E202",
    }
    apply(hr, page, "remove")
    assert set(roster_frame()["employee_id"]) == {"E001", "E101", "E102", "E104", "E106"}


def test_who_still_leads_somebody_cannot_go(hr: Client) -> None:
    """Breaks if people are left without the manager that the roster names."""
    upload(hr, *LINES)
    page = hr.get(url("roster_preview"), {"missing": "remove"})
    assert page.context["preview"].blocked
    assert apply(hr, page, "remove").url == url("roster_preview")
    assert Employee.objects.get(employee_id="E102").full_salary == 600_000


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
    assert apply(hr, page).url == url("roster_preview")
    assert Employee.objects.get(employee_id="E102").full_salary == 600_100


def test_store_hr_replaces_its_own_store_alone(signed_in: Callable[..., Client], office: pl.DataFrame) -> None:
    """Breaks if a store's file touches another store, or takes its people over."""
    hr = signed_in("E104", ("hr", "东店"))
    page = upload(hr, "E301,某人,西店,售后服务部,维修技师,,在职,1,2026-01-01")
    assert "不在您的管理范围内" in page.content.decode()
    page = upload(hr, "E202,邵技师,东店,售后服务部,维修技师,E101,在职,1,2026-11-01")
    assert "属于其他门店" in page.content.decode()
    apply(hr, page)
    assert_frame_equal(roster_frame(), office)
    upload(hr, *LINES)
    page = hr.get(url("roster_preview"), {"missing": "remove"})
    gone = {change.employee_id for change in page.context["preview"].changes if change.kind == "gone"}
    assert gone == {"E001", "E101", "E103"}


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
