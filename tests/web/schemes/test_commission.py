"""Commission plans filled in as a table: what is typed is what the draft says, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.org.days import today
from fairwrench.web.schemes.commission.rates import read, shown
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import Edition
from tests.web.links import Page

PAGE = "/schemes/commission/"
D = Decimal


@pytest.mark.parametrize(
    ("text", "unit", "rate", "tiers"),
    [
        ("18", "hours", D(18), None),
        ("１８．５", "hours", D("18.5"), None),
        ("-18", "hours", D(-18), None),
        ("2%", "money", D("0.02"), None),
        ("0.02", "money", D("0.02"), None),
        ("−3％", "money", D("-0.03"), None),
        ("28；60以上32；100以上36", "panels", None, ((D(0), D(28)), (D(60), D(32)), (D(100), D(36)))),
        ("28; above 60: 32", "panels", None, ((D(0), D(28)), (D(60), D(32)))),
        ("3%，超过50,000的部分4%", "money", None, ((D(0), D("0.03")), (D(50000), D("0.04")))),
        (">5 500", "count", None, ((D(5), D(500)),)),
    ],
)
def test_rates_as_people_type_them(text: str, unit: str, rate: Decimal | None, tiers: Any) -> None:
    """Fails when a rate is read as another one, which would pay everybody wrongly."""
    typed = read(text, unit)
    assert typed is not None
    assert (typed.rate, typed.tiers) == (rate, tiers)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("十八", "hours"),
        ("2", "money"),
        ("2%", "hours"),
        ("28；60", "panels"),
        ("28；60以上32；50以上36", "panels"),
        # a comma that parts no thousands, two numbers beside each other, signs that only look like digits
        ("18,5", "hours"),
        ("1,5%", "money"),
        ("28,60以上32", "panels"),
        ("1 000", "count"),
        ("28 32", "hours"),
        ("12,,3", "hours"),
        ("1²", "hours"),
        ("1e5", "hours"),
        ("-5以上32", "panels"),
        ("9" * 40, "hours"),
        ("1000000", "hours"),
    ],
)
def test_what_is_no_rate_is_refused(text: str, unit: str) -> None:
    """Fails when 2 is taken for 200 %, or a slice that is half typed for something."""
    with pytest.raises(Refused):
        read(text, unit)


def test_an_empty_cell_says_nothing_and_what_is_shown_reads_as_it_was() -> None:
    """Fails when a table that is kept unchanged would change a rate."""
    assert read(" \u3000", "hours") is None
    pay = load_scheme("dealership_commission").pay
    for plan in pay.commission.values():
        for key, line in plan.lines.items():
            unit = pay.commission_basis[key].unit
            typed = read(shown(line, unit), unit)
            assert typed is not None
            assert (typed.rate, typed.tiers) == (line.rate, line.tiers)


@pytest.fixture
def hr(member: Callable[..., User], client: Client, settings: Any) -> Client:
    """HR of the group, whose scheme has commission plans."""
    settings.SCHEME = "dealership_commission"
    client.force_login(member("E104", "hr"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def filled(client: Client, page: str = PAGE, /, **changes: str) -> dict[str, str]:
    """The form as its page shows it, with some cells typed anew."""
    found: dict[str, str] = {}

    class Form(HTMLParser):
        select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = {name: value or "" for name, value in attrs}
            if tag == "select":
                self.select = told.get("name", "")
            elif tag == "option" and ("selected" in told or self.select not in found):
                found[self.select] = told.get("value", "")
            elif tag == "input" and told.get("name") and (told.get("type") != "checkbox" or "checked" in told):
                found[told["name"]] = told.get("value", "on" if told.get("type") == "checkbox" else "")

    Form().feed(client.get(page).text)
    found.pop("csrfmiddlewaretoken", None)
    found.pop("", None)
    return found | {"version": "2027.1"} | changes


@pytest.mark.django_db
def test_a_rate_typed_anew_is_a_draft_that_differs_in_it_alone(hr: Client) -> None:
    """Fails when saving the table changes, or loses, anything that nobody typed."""
    before = load_scheme("dealership_commission")
    answer = hr.post(PAGE, filled(hr, **{"rate.technician.hours_outside": "19.5", "note": "上调"}))
    version = SchemeVersion.objects.get()
    assert (answer.status_code, version.version, version.note) == (302, "2027.1", "上调")
    after = Edition(str(version.pk), version).scheme
    lines = after.pay.commission["technician"].lines
    assert lines["hours_outside"].rate == D("19.5")
    mended = after.pay.commission["technician"].model_copy(
        update={"lines": {**lines, "hours_outside": before.pay.commission["technician"].lines["hours_outside"]}}
    )
    assert {**after.pay.commission, "technician": mended} == before.pay.commission
    assert after.scorecards == before.scorecards


@pytest.mark.django_db
def test_lines_come_and_go_and_factors_change(hr: Client) -> None:
    """Fails when a plan cannot be changed without YAML."""
    typed = {
        "rate.technician.care_applied": "",
        "new.technician": "orders_received",
        "newrate.technician": "3",
        "newof.technician": "person",
        "floor.technician": "90%",
        "score.technician": "on",
        "rate.painter.panels": "30；80以上35",
        "of.parts_clerk.store_parts": "department",
    }
    hr.post(PAGE, filled(hr, **typed))
    version = SchemeVersion.objects.get()
    pay = Edition(str(version.pk), version).scheme.pay
    technician = pay.commission["technician"]
    assert "care_applied" not in technician.lines
    assert technician.lines["orders_received"].rate == D(3)
    assert [(each.attainment, each.floor, each.cap, each.score) for each in technician.factors] == [
        ("output", D("0.9"), D("1.2"), False),
        (None, None, None, True),
    ]
    assert pay.commission["painter"].lines["panels"].tiers == ((D(0), D(30)), (D(80), D(35)))
    assert pay.commission["parts_clerk"].lines["store_parts"].of == "department"


@pytest.mark.django_db
def test_a_draft_is_changed_on_top_of_itself(hr: Client) -> None:
    """Fails when the second change forgets the first, or the document that was handed in."""
    hr.post(PAGE, filled(hr, **{"rate.technician.hours_outside": "19"}))
    first = SchemeVersion.objects.get()
    page = f"{PAGE}?from={first.pk}"
    hr.post(page, filled(hr, page, **{"rate.technician.care_applied": "", "version": "2027.2"}))
    second = SchemeVersion.objects.exclude(pk=first.pk).get()
    lines = Edition(str(second.pk), second).scheme.pay.commission["technician"].lines
    assert lines["hours_outside"].rate == D(19)
    assert "care_applied" not in lines


@pytest.mark.django_db
def test_a_plan_is_added_changed_and_taken_out_again(hr: Client, settings: Any) -> None:
    """Fails when a line or a plan that was added once can never go, or a position without lines would be paid 0."""
    settings.SCHEME = "dealership"
    told = {"edition": "own", "new.painter": "panels", "newrate.painter": "30", "newof.painter": ""}
    hr.post(PAGE, {**told, "version": "1"})
    first = SchemeVersion.objects.get()
    told = {"edition": str(first.pk), "rate.painter.panels": "30", "of.painter.panels": "person"}
    hr.post(
        f"{PAGE}?from={first.pk}", {**told, "new.painter": "rework_hours", "newrate.painter": "-20", "version": "2"}
    )
    second = SchemeVersion.objects.latest("pk")
    lines = Edition(str(second.pk), second).scheme.pay.commission["painter"].lines
    assert {key: line.rate for key, line in lines.items()} == {"panels": D(30), "rework_hours": D(-20)}
    told = {"edition": str(second.pk), "rate.painter.panels": "", "rate.painter.rework_hours": ""}
    hr.post(f"{PAGE}?from={second.pk}", {**told, "version": "3"})
    third = SchemeVersion.objects.latest("pk")
    assert (third.version, Edition(str(third.pk), third).scheme.pay.commission) == ("3", {})


@pytest.mark.django_db
def test_a_plan_of_the_base_that_went_comes_back_as_it_is_typed(hr: Client) -> None:
    """Fails when lines of the base that nobody sees on the page would be paid by."""
    hr.post(PAGE, filled(hr, **{name: "" for name in filled(hr) if name.startswith("rate.technician.")}))
    first = SchemeVersion.objects.get()
    assert "technician" not in Edition(str(first.pk), first).scheme.pay.commission
    told = {"edition": str(first.pk), "new.technician": "hours_led", "newrate.technician": "3", "version": "1e5"}
    hr.post(f"{PAGE}?from={first.pk}", {**told, "newof.technician": ""})
    second = SchemeVersion.objects.latest("pk")
    assert second.version == "1e5"
    technician = Edition(str(second.pk), second).scheme.pay.commission["technician"]
    assert {key: (line.rate, line.of) for key, line in technician.lines.items()} == {"hours_led": (D(3), "team")}
    # slices of the base give way to one rate, and are not in its way
    hr.post(PAGE, filled(hr, **{"rate.painter.panels": "30", "version": "2027.5"}))
    third = SchemeVersion.objects.latest("pk")
    assert Edition(str(third.pk), third).scheme.pay.commission["painter"].lines["panels"].rate == D(30)


@pytest.mark.django_db
def test_a_position_gets_a_plan(hr: Client, settings: Any) -> None:
    """Fails when a scheme without plans cannot get its first one."""
    settings.SCHEME = "dealership"
    page = hr.get(PAGE)
    assert "现行制度没有提成方案" in " ".join(Page(page.text).words)
    told = {"edition": "own", "add": "painter", "newof.painter": ""}
    hr.post(PAGE, {**told, "new.painter": "panels", "newrate.painter": "30", "version": "1.2"})
    version = SchemeVersion.objects.get()
    scheme = Edition(str(version.pk), version).scheme
    assert {name: {*plan.lines} for name, plan in scheme.pay.commission.items()} == {"painter": {"panels"}}
    assert scheme.pay.commission["painter"].lines["panels"].measure.source == "job_lines"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "提成点数没有改动"),
        ({"rate.technician.hours_outside": "abc"}, "维修技师 · 对外工时"),
        ({"rate.technician.hours_outside": "19", "version": ""}, "请写新版本号"),
        ({"floor.technician": "x"}, "不是比例"),
        ({"floor.technician": "80", "cap.technician": "120"}, "比例过大"),
        ({"new.technician": "orders_received"}, "须同时选项目、填点数"),
        ({"newrate.technician": "3"}, "须同时选项目、填点数"),
        ({"rate.technician.hours_outside": "19", "note": "长" * 401}, "最多 400 个字"),
        ({"rate.technician.hours_outside": "19", "edition": "7"}, "已经换了版本"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(hr: Client, typed: dict[str, str], told: str) -> None:
    """Fails when a slip loses what was typed, or becomes a draft."""
    answer = hr.post(PAGE, filled(hr, **typed))
    assert answer.status_code == 422
    assert told in answer.text
    assert not SchemeVersion.objects.exists()
    if rate := typed.get("rate.technician.hours_outside"):
        assert f'value="{rate}"' in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["general_manager", ("hr", "东店"), "auditor"])
def test_only_hr_of_the_group_changes_rates(member: Callable[..., User], client: Client, role: Any) -> None:
    """Fails when somebody else sets what everybody is paid."""
    client.force_login(member("E104", role), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {}).status_code == 403


@pytest.mark.django_db
def test_a_version_that_waits_is_not_reverted_unseen(hr: Client) -> None:
    """Fails when a draft upon what holds drops what another version waits to change, and nobody is told."""
    assert "的改动不在这张表里" not in hr.get(PAGE).text
    kept = hr.post(PAGE, filled(hr, **{"rate.technician.hours_outside": "19", "version": "1.9"}), follow=True)
    (draft,) = SchemeVersion.objects.all()
    assert "dealership_commission 1.9" not in kept.text and "1.9 已存为草案" in kept.text
    page = hr.get(PAGE)
    assert "接着改草案" in page.text and f"?from={draft.pk}" in page.text
    begins = str(Month.of(today()).plus(1))
    SchemeVersion.objects.update(state=SchemeVersion.State.PROPOSED, begins=begins)
    page = hr.get(PAGE)
    assert "1.9（正等待批准）的改动不在这张表里" in " ".join(page.text.split())
    assert "的改动不在这张表里" not in hr.get(PAGE, {"from": draft.pk}).text
