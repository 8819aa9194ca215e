"""Salaries in the roster as a file: for whoever may see them, and left alone by whoever may not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fairwrench.catalog.loader import load_scheme
from fairwrench.ledger.roster.roster import COLUMNS, given_roster
from fairwrench.web.access.models import Viewed
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.org.roster.dating import Dating, Terms
from fairwrench.web.org.roster.given import rows_given
from fairwrench.web.org.roster.roster import roster_frame

pytestmark = pytest.mark.django_db
HEAD = "工号,姓名,门店,部门,岗位,直接上级,状态,入职日期,生效日期"
E102 = "E102,吕技师,东店,售后服务部,维修技师,E101,在职,2024-03-01,2026-01-01"


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go with it."""
    stores = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = stores


@pytest.fixture
def administrator(signed_in: Callable[..., Client]) -> Client:
    """An administrator, who keeps the roster and sees nobody's pay."""
    return signed_in("E103", ("administrator", None))


def handed(client: Client, content: str | bytes, name: str = "花名册.csv") -> Any:
    sent = content.encode() if isinstance(content, str) else content
    return client.post(reverse("people:roster"), {"roster": SimpleUploadedFile(name, sent)}, follow=True)


def taken(client: Client, page: Any) -> Any:
    return client.post(reverse("people:roster_apply"), {"before": page.context["preview"].before, "missing": "keep"})


def exported(client: Client) -> tuple[bytes, list[list[Any]]]:
    answer = client.get(reverse("people:roster_export"))
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    return answer.content, [[cell.value for cell in row] for row in sheet.iter_rows()]


def salaries() -> dict[str, int | None]:
    return dict(Employee.objects.values_list("employee_id", "full_salary"))


def test_an_administrator_takes_the_roster_away_without_salaries(
    administrator: Client, signed_in: Callable[..., Client]
) -> None:
    """Breaks if the roster as a file tells what people are paid to somebody who may not see it on any page."""
    _, rows = exported(administrator)
    assert "全额工资" not in rows[0] and "工号" in rows[0]
    assert not Viewed.objects.exists(), "no salary was shown"
    _, rows = exported(signed_in("E104", ("hr", "东店")))
    assert "6000.00" in {row[rows[0].index("全额工资")] for row in rows}
    assert Viewed.objects.get().page == "roster"


def test_what_was_taken_away_without_salaries_leaves_them(administrator: Client, office: pl.DataFrame) -> None:
    """Breaks if a file without a column for salaries, handed in again, takes everybody's away."""
    content, _ = exported(administrator)
    page = handed(administrator, content, "花名册.xlsx")
    assert page.context["preview"].changes == []
    handed(administrator, f"{HEAD}\n{E102.replace('维修技师', '车间主管')}\n")
    page = administrator.get(reverse("people:roster_preview"))
    assert [change.employee_id for change in page.context["preview"].changes] == ["E102"]
    taken(administrator, page)
    assert salaries()["E102"] == 600_000
    terms = (
        Assignment.objects.filter(employee__employee_id="E102")
        .order_by("begin")
        .values_list("position__code", "full_salary")
    )
    assert list(terms) == [("technician", 600_000), ("workshop_manager", 600_000)]


def test_what_an_administrator_says_of_known_salaries_is_passed_over(administrator: Client) -> None:
    """Breaks if guesses at a salary are told apart from it, or an administrator changes what they may not see."""
    lines = [
        f"{HEAD},全额工资",
        f"{E102},6000",
        "E103,金技师,东店,售后服务部,维修技师,E101,试用,2024-03-01,2026-01-01,9999",
        "E109,新技师,东店,售后服务部,维修技师,E101,试用,2026-11-01,2026-11-01,4321",
    ]
    page = handed(administrator, "\n".join(lines))
    assert [(change.kind, change.employee_id) for change in page.context["preview"].changes] == [("new", "E109")]
    assert "5,000" not in page.text and "9,999" not in page.text
    taken(administrator, page)
    assert {who: salaries()[who] for who in ("E102", "E103", "E109")} == {
        "E102": 600_000,
        "E103": 500_000,
        "E109": 432_100,
    }


def test_an_empty_cell_takes_a_salary_away_a_missing_column_does_not(signed_in: Callable[..., Client]) -> None:
    """Breaks if HR could not take a wrong salary away, or lost all of them by a file that says nothing of any."""
    hr = signed_in("E104", ("hr", None))
    taken(hr, handed(hr, f"{HEAD}\n{E102}\n"))
    assert salaries()["E102"] == 600_000
    taken(hr, handed(hr, f"{HEAD},全额工资\n{E102},\n"))
    assert salaries()["E102"] is None


def test_hr_of_a_store_learns_nothing_of_another_by_a_file(signed_in: Callable[..., Client]) -> None:
    """Breaks if a file that names people of another store is answered with what the roster has of them."""
    hr = signed_in("E104", ("hr", "东店"))
    page = handed(hr, f"{HEAD},全额工资\nE202,某人,东店,售后服务部,维修技师,E101,在职,2024-03-01,2026-01-01,1\n")
    preview = page.context["preview"]
    assert preview.blocked and preview.changes == []
    for told in ("邵技师", "6,200", "西店", "E201"):
        assert told not in page.text
    assert "西店" not in hr.get(reverse("people:roster_preview"), {"export": "xlsx"}).content.decode("latin-1")


def test_namesakes_of_other_stores_are_not_told(signed_in: Callable[..., Client]) -> None:
    """Breaks if a manager named by a name that several bear is answered with who they are, wherever they work."""
    Employee.objects.filter(employee_id__in=("E201", "E202")).update(name="同名")
    hr = signed_in("E104", ("hr", "东店"))
    page = handed(hr, f"{HEAD}\n{E102.replace('E101', '同名')}\n")
    assert "不止一人" in page.text and "E201" not in page.text and "E202" not in page.text
    group = signed_in("E101", ("hr", None))
    assert "E201" in handed(group, f"{HEAD}\n{E102.replace('E101', '同名')}\n").text


JANUARY, MAY, JULY = date(2026, 1, 1), date(2026, 5, 1), date(2026, 7, 1)


def said(who: str, store: str, begin: date, pay: int | None, given: Collection[str] = ()) -> Terms:
    """A row as the roster has it; `given` makes it one of a file that has these columns."""
    terms: Terms = {**dict.fromkeys(COLUMNS), "employee_id": who, "store": store, "from": begin, "full_salary": pay}
    return {**terms, "given": ["employee_id", "store", "from", *given]} if given else terms


@pytest.mark.parametrize(
    ("store", "begin", "paid", "salary"),
    [
        ("东店", JANUARY, None, 999),
        ("东店", JANUARY, ("东店",), 999),
        ("东店", JANUARY, (), 100),
        ("东店", JULY, (), 200),
        ("西店", MAY, ("东店",), 200),
        ("东店", MAY, ("西店",), 200),
    ],
)
def test_salaries_that_one_does_not_see_stay(
    store: str, begin: date, paid: Collection[str] | None, salary: int
) -> None:
    """Breaks if who may see one store's salaries could change, or find out, those of another."""
    before = [said("A", "东店", JANUARY, 100), said("A", "西店", MAY, 200)]
    dating = Dating(JULY, JULY, paid=paid)
    (row,) = rows_given([said("A", store, begin, 999, ["full_salary"])], before, dating)
    assert row["full_salary"] == salary


def test_a_column_that_a_sheet_lacks_is_left_out(tmp_path: Path) -> None:
    """Breaks if a workbook of two sheets takes away what the sheet without the column says nothing of."""
    book = openpyxl.Workbook()
    one, two = book.active, book.create_sheet("第二页")
    for sheet, head, row in ((one, f"{HEAD},全额工资,别名", f"{E102},1,"), (two, HEAD, E102.replace("E102", "E105"))):
        sheet.append(head.split(","))
        sheet.append(row.split(","))
    book.save(tmp_path / "roster.xlsx")
    roster, _ = given_roster(tmp_path / "roster.xlsx", load_scheme("dealership"))
    told = [("full_salary" in given, "aliases" in given) for given in roster["given"]]
    assert told == [(True, True), (False, False)]


def test_the_tree_and_the_positions_count_one_s_own_stores(signed_in: Callable[..., Client]) -> None:
    """Breaks if HR of a store is told how many people work in another, or that it is there."""
    hr = signed_in("E104", ("hr", "东店"))
    (top,) = hr.get(reverse("people:organisation")).context["tree"]
    assert ([part.unit.name for part in top.parts], top.people) == (["东店"], 5)
    people = {row.record.code: row.record.people for row in hr.get(reverse("people:positions")).context["table"].rows}
    assert (people["technician"], people["workshop_manager"]) == (2, 1)
    whole = signed_in("E001", ("hr", None))
    (top,) = whole.get(reverse("people:organisation")).context["tree"]
    assert ({part.unit.name for part in top.parts}, top.people) == ({"东店", "西店"}, 7)


def test_whom_somebody_leads_elsewhere_is_not_told(signed_in: Callable[..., Client]) -> None:
    """Breaks if the page of somebody of one store names those whom they lead in another."""
    page = signed_in("E104", ("hr", "东店")).get(reverse("people:person", args=["E001"]))
    assert {each.employee_id for each in page.context["page"].reports} == {"E101", "E104"}
    assert Unit.objects.filter(name="西店").exists() and "冯主管" not in page.text
    assert roster_frame().height == 7
