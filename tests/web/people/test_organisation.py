"""The organisation tree, positions and duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairwrench.web.org.models import Duty, Position, Unit
from fairwrench.web.people import forms as forms_people

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=args)


@pytest.fixture
def hr(signed_in: Callable[..., Client]) -> Client:
    """HR of the group."""
    return signed_in("E104", ("hr", None))


def unit(name: str) -> Unit:
    return Unit.objects.get(name=name)


def test_the_tree_counts_people_with_all_below(hr: Client, django_assert_max_num_queries: Any) -> None:
    """Breaks if a store's number leaves its departments out, or the tree asks once a unit."""
    hr.get(url("organisation"))
    with django_assert_max_num_queries(12):
        tree = hr.get(url("organisation")).context["tree"]
    (group,) = tree
    assert group.people == 7
    assert {branch.unit.name: branch.people for branch in group.parts} == {"东店": 5, "西店": 2}


def test_a_region_is_added_named_filled_and_emptied_again(hr: Client) -> None:
    """Breaks if the tree cannot follow a reorganisation."""
    group = Unit.objects.get(kind="group")
    hr.post(url("unit_add", group.pk), {"kind": "region", "name": "华北", "name_en": "North"})
    hr.post(url("unit_move", unit("东店").pk), {"parent": unit("华北").pk})
    assert unit("东店").parent.name == "华北"
    hr.post(url("unit_edit", unit("华北").pk), {"name": "北方区", "name_en": "North"})
    north = unit("北方区")
    assert "不能删除" in hr.post(url("unit_remove", north.pk)).content.decode()
    assert "不能移到自己下面" in hr.post(url("unit_move", north.pk), {"parent": unit("东店").pk}).content.decode()
    hr.post(url("unit_move", unit("东店").pk), {"parent": group.pk})
    hr.post(url("unit_remove", north.pk))
    assert not Unit.objects.filter(kind="region").exists()


def test_a_store_that_evidence_names_keeps_its_name(hr: Client) -> None:
    """Breaks if renaming a store cuts it off from the evidence that names it."""
    page = hr.post(url("unit_edit", unit("东店").pk), {"name": "东城店", "name_en": "East"}).content.decode()
    assert "不能改中文名" in page
    hr.post(url("unit_edit", unit("东店").pk), {"name": "东店", "name_en": "East"})
    assert unit("东店").name_en == "East"


def test_two_stores_of_one_name_are_refused(hr: Client) -> None:
    """Breaks if evidence that names a store could mean two."""
    group = Unit.objects.get(kind="group")
    page = hr.post(url("unit_add", group.pk), {"kind": "store", "name": "东店"}).content.decode()
    assert "已有同名的单元" in page


def test_store_hr_changes_its_own_store_alone(signed_in: Callable[..., Client]) -> None:
    """Breaks if HR of one store rearranges another or the group."""
    hr = signed_in("E104", ("hr", "东店"))
    hr.post(url("unit_add", unit("东店").pk), {"kind": "team", "name": "机修一组"})
    assert unit("机修一组").parent.name == "东店"
    for about in ("西店", "集团"):
        for name in ("unit_add", "unit_edit", "unit_move", "unit_remove"):
            assert hr.post(url(name, unit(about).pk), {"kind": "team", "name": "x"}).status_code == 403, (about, name)
    assert hr.post(url("unit_move", unit("机修一组").pk), {"parent": unit("西店").pk}).status_code == 200
    assert unit("机修一组").parent.name == "东店"


def test_positions_show_who_holds_them_as_far_as_one_may_see(signed_in: Callable[..., Client]) -> None:
    """Breaks if the list of holders tells a store about another's people."""
    store = signed_in("E104", ("hr", "东店"))
    page = store.get(url("position", "technician")).content.decode()
    assert "吕技师" in page
    assert "邵技师" not in page
    assert store.get(url("positions")).status_code == 200
    assert store.get(url("position", "nothing")).status_code == 404


def test_a_job_description_is_written_by_group_hr_alone(hr: Client, signed_in: Callable[..., Client]) -> None:
    """Breaks if one store rewrites what holds for all."""
    hr.post(url("position_edit", "technician"), {"description": "按工艺维修\n一次修好"})
    assert Position.objects.get(code="technician").description == "按工艺维修\n一次修好"
    store = signed_in("E101", ("hr", "东店"))
    assert store.post(url("position_edit", "technician"), {"description": "x"}).status_code == 403
    assert "一次修好" in store.get(url("position", "technician")).content.decode()


def test_duties_are_given_seen_and_taken(
    hr: Client, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks if nobody can be made to provide a file, or a store sees and changes the duties of another."""
    for store, person in (("东店", "E102"), ("西店", "E202")):
        given = {"subject": "provide:repair_orders", "unit": unit(store).pk, "employee": person}
        assert hr.post(url("duty_give"), given).status_code == 302
    assert hr.post(url("duty_give"), {**given, "subject": "provide:nothing"}).status_code == 200
    given = {**given, "subject": "rate:leadership", "employee": "邵技师"}
    assert hr.post(url("duty_give"), given).status_code == 200, "the scheme has nobody but the line rate it"
    monkeypatch.setattr(forms_people, "rating_names", lambda: {"leadership": "带队"})
    assert hr.post(url("duty_give"), given).status_code == 302
    east = signed_in("E101", ("hr", "东店"))
    assert [duty.unit.name for duty in east.get(url("duties")).context["table"].data.data] == ["东店"]
    theirs = Duty.objects.get(unit__name="西店", kind="provide")
    assert east.post(url("duty_take", theirs.pk)).status_code == 403
    hr.post(url("duty_take", theirs.pk))
    assert Duty.objects.count() == 2


def test_a_duty_is_told_on_the_persons_page(hr: Client, signed_in: Callable[..., Client]) -> None:
    """Breaks if somebody does not learn what they have to hand in."""
    hr.post(url("duty_give"), {"subject": "provide:repair_orders", "unit": unit("东店").pk, "employee": "E102"})
    assert "维修工单" in signed_in("E102").get(url("person", "E102")).content.decode()
