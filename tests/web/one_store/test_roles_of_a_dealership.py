"""What the roles of a dealership see in one store: of after-sales alone, and no pay that is not theirs to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import Handing
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.org.models import Assignment, Employee, Position, Unit
from fairwrench.web.settlements.models import Correction, Rating, Result
from fairwrench.web.tickets.models import Ticket
from tests.web.one_store.addresses import answers, money, pay_of, pay_sums
from tests.web.one_store.test_content import AMOUNTS, found, salaries
from tests.web.one_store.two_stores import EAST, OCTOBER, SEPTEMBER, SIGNS, STORES, WEST, Group, name, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
#: somebody of the east who is of no after-sales
SELLER = "XE900"
SIGN = "东绿"


@pytest.fixture
def seller(group: Group) -> Employee:
    """Somebody of the customer service of the east, with a month, a ticket, a rating, a correction and a question."""
    store, chief = Unit.objects.get(name=EAST), Employee.objects.get(employee_id=person(EAST, "chief"))
    told = {"employee_id": SELLER, "name": f"{SIGN}客服", "full_salary": 812_300, "status": "regular"}
    who = Employee.objects.create(**told)
    unit = Unit.objects.create(kind="department", name="客服部", code="customer_service", parent=store)
    position = Position.objects.get(code="technician")
    held = {"store": store, "department": unit, "position": position, "manager": chief, "full_salary": 812_300}
    Assignment.objects.create(employee=who, **held)
    for result in list(Result.objects.filter(employee_id=person(EAST, "technician"))):
        result.pk, result.employee_id, result.name, result.department = None, SELLER, who.name, "customer_service"
        result.save()
    about: dict[str, Any] = {"employee": who, "store": EAST}
    by = group.users["hr"]
    article = {"article": "reprimand", "article_zh": "批评", "article_en": "reprimand", "kind": "penalty"}
    Ticket.objects.create(day=OCTOBER.first, words=f"{SIGN}经过", by=by, **about, **article)
    line = {
        "employee": who,
        "item": "conduct",
        "rater": chief,
        "role": "line_manager",
        "level": "良好",
        "example": f"{SIGN}评语",
    }
    Rating.objects.create(month=str(OCTOBER), **line)
    cycle = Result.objects.filter(run__cycle__month=str(OCTOBER))[0].run.cycle
    asked = {"cycle": cycle, "concerns": str(SEPTEMBER), "kind": "deduction", "value": 777_700, "by": by}
    Correction.objects.create(employee=who, reason=f"{SIGN}理由", **asked)
    return who


def test_a_service_manager_sees_nobody_who_is_not_of_after_sales(
    signed_in: Callable[[str], Client], group: Group, seller: Employee
) -> None:
    """Fails when a list, page, search, workbook or job tells the service manager of somebody of another department."""
    assert found(signed_in(f"service_manager@{EAST}"), group, {SELLER, SIGN, "8,123.00", "7,777.00"}) == {}
    # hidden from the service manager alone
    seen = found(signed_in(f"hr@{EAST}"), group, {SELLER, SIGN})
    assert {"/people/", "/tickets/", f"/stores/{EAST}/"} <= set(seen)


def test_a_service_manager_sees_all_of_after_sales(
    signed_in: Callable[[str], Client], group: Group, seller: Employee
) -> None:
    """Fails when a page of the service manager is empty or refused, or leaves somebody of the department out."""
    client = signed_in(f"service_manager@{EAST}")
    everybody = {name(EAST, post) for post in ("chief", "advisor", "technician")}
    for address in (f"/team/?month={SEPTEMBER}", f"/stores/{EAST}/?month={SEPTEMBER}", "/people/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert {each for each in everybody if each not in answer.text} == set(), address
    technician = person(EAST, "technician")
    for address in (
        *(f"/results/{technician}/{SEPTEMBER}/", f"/why/{SEPTEMBER}/{technician}/", f"/people/of/{technician}/"),
        *("/today/", f"/months/{SEPTEMBER}/targets/", "/stores/", "/evidence/", "/evidence/missing-orders/"),
    ):
        assert client.get(address).status_code == 200, address
    # two of three have a scorecard; the fourth of the store is of another department
    assert [row["people"] for row in client.get("/stores/").context["table"].data.data] == [3]
    assert name(EAST, "technician") in client.get("/tickets/new/").text
    assert f"{SIGNS[EAST][1]}奖惩经过" in client.get("/tickets/").text


@pytest.mark.parametrize("role", ["service_manager", "gm_assistant", "dispatcher", "customer_service"])
def test_pay_is_no_business_of_these_roles(signed_in: Callable[[str], Client], group: Group, role: str) -> None:
    """Fails when a page, workbook, explanation or file of theirs tells what somebody is paid."""
    # the deduction that HR asked for in each month
    sought = salaries(EAST) | pay_of(EAST, *AMOUNTS, "pool_pay", "heads_pay", "deductions", "corrections") | {"123.00"}
    assert found(signed_in(f"{role}@{EAST}"), group, sought) == {}


@pytest.mark.parametrize("role", ["dispatcher", "customer_service", "finance"])
def test_what_was_rated_or_written_is_no_business_of_these_roles(
    signed_in: Callable[[str], Client], group: Group, role: str
) -> None:
    """Fails when a dispatcher, customer service or finance reads ratings, tickets or corrections of people."""
    sign = SIGNS[EAST][1]
    sought = {f"{sign}{word}" for word in ("评语", "事例", "奖惩经过", "更正理由", "申诉理由", "面谈约定", "绩效申诉")}
    assert found(signed_in(f"{role}@{EAST}"), group, sought) == {}


def test_finance_sees_the_pay_of_its_store(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when the pay of a published month cannot be taken away, or that of one that is not yet can."""
    client = signed_in(f"finance@{EAST}")
    page = client.get(f"/months/{SEPTEMBER}/pay/").text
    paid = Result.objects.filter(employee_id=person(EAST, "technician"), run__cycle__month=str(SEPTEMBER))
    (amount,) = {result.total_pay for result in paid.filter(run__kind="final")}
    assert money(amount) & {text for text in money(amount) if text in page}
    assert f"/people/of/{person(EAST, 'technician')}/" in page
    assert client.get(f"/months/{OCTOBER}/pay/").status_code == 404
    assert client.get("/pay/").status_code == 200
    assert client.get(f"/months/{SEPTEMBER}/").status_code == 403


def test_customer_service_hands_in_what_its_department_provides(
    signed_in: Callable[[str], Client], group: Group
) -> None:
    """Fails when customer service reads or lands something else than the customers' sources of its store."""
    client = signed_in(f"customer_service@{EAST}")
    text = "\n".join(text for address, _, text in answers(client, group) if address.startswith("/evidence/batches"))
    assert "_回访.csv" in text
    assert "_维修工单.csv" not in text


@pytest.mark.parametrize(
    ("role", "source", "reads", "lands"),
    [
        ("gm_assistant", "surveys", True, False),
        ("gm_assistant", "payroll", False, False),
        ("customer_service", "surveys", True, True),
        ("customer_service", "payroll", False, False),
        ("customer_service", "repair_orders", False, False),
        ("finance", "payroll", True, True),
        ("finance", "surveys", False, False),
        ("service_manager", "repair_orders", False, False),
        ("dispatcher", "repair_orders", False, False),
        ("general_manager", "payroll", True, False),
    ],
)
def test_evidence_is_read_and_handed_in_by_whose_it_is(
    group: Group, role: str, source: str, reads: bool, lands: bool
) -> None:
    """Fails when a role reads or lands a kind of file that is not its department's, or evidence of pay."""
    user = User.objects.get(pk=group.users[f"{role}@{EAST}"].pk)
    about = Handing(source, (EAST,))
    assert (may(user, "evidence.read", about=about), may(user, "evidence.land", about=about)) == (reads, lands)
    assert not may(user, "evidence.read", about=Handing(source, (WEST,)))


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        ("hr", ["考核"]),
        ("general_manager", ["门店"]),
        ("gm_assistant", ["门店"]),
        ("auditor", ["绩效稽查"]),
        ("finance", ["工资", "数据提报"]),
        ("service_manager", ["团队"]),
        ("customer_service", ["数据提报"]),
        ("dispatcher", ["车间"]),
    ],
)
def test_each_role_comes_in_on_figures_of_its_own(
    signed_in: Callable[[str], Client], group: Group, role: str, sections: list[str]
) -> None:
    """Fails when a home shows what a role does not answer for, leads to a refusal, or counts another store."""
    client = signed_in(f"{role}@{EAST}")
    answer = client.get("/", follow=True)
    assert (answer.request["PATH_INFO"], answer.status_code) == ("/home/", 200)
    shown = answer.context["sections"]
    assert [section.words[0] for section in shown] == sections
    for figure in (figure for section in shown for figure in section.figures):
        assert client.get(figure.url).status_code == 200, figure


def test_a_home_counts_its_own_store_alone(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when a figure of one store's HR, general manager or finance adds up the group: each store has three people,
    and the technician and advisor of each are paid."""
    said = {}
    for who in ("hr", f"hr@{EAST}", "finance", f"finance@{EAST}"):
        sections = signed_in(who).get("/home/").context["sections"]
        said[who] = {figure.title: figure for section in sections for figure in section.figures}
    assert said["hr"]["数据不全的人"].note == "共 6 人"
    assert said[f"hr@{EAST}"]["数据不全的人"].note == "共 3 人"
    amounts = {text for fen in pay_sums(*STORES, what="total") for text in money(fen)}
    of_east = {text for fen in pay_sums(EAST, what="total") for text in money(fen)}
    assert said["finance"]["应发合计"].value.removeprefix("¥") in amounts
    assert said[f"finance@{EAST}"]["应发合计"].value.removeprefix("¥") in of_east
    assert said["finance"]["应发合计"].value != said[f"finance@{EAST}"]["应发合计"].value


def test_who_dispatches_answers_for_their_store_alone(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when a dispatcher or service manager may not answer a missing order, or may one of another store."""
    east, west = MissingOrder.objects.get(store=EAST), MissingOrder.objects.exclude(store=EAST).get()
    for role in ("dispatcher", "service_manager"):
        client = signed_in(f"{role}@{EAST}")
        assert client.get(f"/evidence/missing-orders/{east.pk}/").status_code == 200
        assert client.get(f"/evidence/missing-orders/{west.pk}/").status_code == 403
    assert User.objects.filter(grants__role="dispatcher").exists()
