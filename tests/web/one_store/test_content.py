"""Every address, as everybody of one store and of the group: no answer holds a word or figure of another store."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fairwrench.web.settlements.models import Result
from tests.web.one_store.addresses import answers, money, pay_of, pay_sums, sums_of
from tests.web.one_store.two_stores import EAST, PAID, ROLES, SIGNS, STORES, WEST, Group, name, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
AMOUNTS = ("base", "performance_pay", "fixed_part", "total_pay")
#: what each store's people, files, notes and requests are told by
WORDS = (
    "备注",
    "少单",
    "更正理由",
    "剔除原因",
    "奖惩经过",
    "一组",
    "待导入",
    "工单改",
    "陌生",
    "休假",
    "迟交说明",
    "意见",
    "答复",
    *("未达标原因", "改进措施", "分析quality", "分析kpis"),
)


def salaries(store: str, *besides: str) -> set[str]:
    """Full salaries in a store, but that of some positions."""
    at = STORES.index(store)
    return {text for post, (_, pay, _) in PAID.items() if post not in besides for text in money(pay[at] * 100)}


def of_store(store: str) -> set[str]:
    """Everything that tells of a store: its name, signs, salaries, and the pay that nobody of the other has too."""
    other = next(each for each in STORES if each != store)
    figures = pay_of(store, *AMOUNTS) | sums_of(store) | sums_of(*STORES)
    ids, words = SIGNS[store]
    return {store, words, f"{ids}0", f"{ids}-"} | salaries(store) | (figures - pay_of(other, *AMOUNTS) - sums_of(other))


def found(client: Client, group: Group, sought: set[str]) -> dict[str, list[str]]:
    """Address → which of the words sought its answer holds."""
    held = ((address, [word for word in sorted(sought) if word in text]) for address, _, text in answers(client, group))
    return {address: words for address, words in held if words}


@pytest.mark.parametrize("role", sorted({*ROLES} - {"administrator"}))
def test_who_holds_a_role_in_one_store_sees_nothing_of_another(
    signed_in: Callable[[str], Client], group: Group, role: str
) -> None:
    """Fails when any page, part, search, workbook, file or job tells somebody of the east of the west."""
    assert found(signed_in(f"{role}@{EAST}"), group, of_store(WEST)) == {}


@pytest.mark.parametrize("position", PAID)
def test_who_works_in_one_store_sees_nothing_of_another(
    signed_in: Callable[[str], Client], group: Group, position: str
) -> None:
    """Fails when somebody's own rights, those of leading people or handing in data reach into another store; or when
    they are told what somebody else is paid."""
    paid = salaries(EAST, position) | pay_of(EAST, "fixed_part", "total_pay") - pay_of_own(position)
    sought = of_store(WEST) | (paid if position != "advisor" else set())
    assert found(signed_in(person(EAST, position)), group, sought) == {}


def pay_of_own(position: str) -> set[str]:
    """What somebody of the east is paid themselves."""
    rows = Result.objects.filter(employee_id=person(EAST, position)).values_list("fixed_part", "total_pay")
    return {text for row in rows for fen in row for text in money(fen)}


def test_an_administrator_sees_no_salary(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when the roster taken away, a log, a list or a preview tells an administrator what people are paid."""
    sought = {text for store in STORES for text in salaries(store) | pay_of(store, *AMOUNTS)}
    assert found(signed_in("administrator"), group, sought) == {}


def test_hr_of_the_group_sees_both_stores_and_hr_of_one_its_own(
    signed_in: Callable[[str], Client], group: Group
) -> None:
    """Fails when nothing is hidden because nothing is shown: the same words are there for whom they concern."""
    for who, stores in (("hr", STORES), (f"hr@{EAST}", (EAST,))):
        text = "\n".join(text for _, status, text in answers(signed_in(who), group) if status == 200)
        for store in stores:
            notes = {f"{SIGNS[store][1]}{word}" for word in WORDS if who == "hr" or word != "备注"}
            people = {told for post in PAID for told in (name(store, post), person(store, post))}
            wages = {f"{pay[STORES.index(store)]:,}.00" for _, pay, _ in PAID.values()}
            sums = {f"{fen / 100:,.2f}" for fen in pay_sums(*stores)}
            missing = {word for word in notes | people | wages | sums if word not in text}
            assert missing == set(), (who, store)
