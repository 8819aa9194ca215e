"""A month's page: one number has one meaning, the same said of many is one line, and what it lacks is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.freshness.freshness import freshness
from fairwrench.web.settlements.models import EVERY_STORE, Run, StoreSums
from fairwrench.web.settlements.months.worth_knowing import worth_knowing
from fairwrench.web.settlements.trials.services import month_to_try

LAST = CURRENT.plus(-1)


def told(code: str, zh: str, subject: str, severity: str = "warning") -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": zh, "subject": subject, "severity": severity, "path": [], "details": {}}


def test_the_same_said_of_many_is_one_line_with_their_names() -> None:
    """Fails when forty people fill the page with forty lines, or one of them is lost from the list."""
    open_pay = [told("missing_base", f"甲{n}（E{n:05d}）的工资暂不能核算：绩效未定", f"E{n:05d}") for n in range(40)]
    other = told("missing_full_salary", "乙（E90000）的工资暂不能核算：全额工资未知", "E90000")
    checked = [told("deduction_not_checked", f"丙{n}（F{n}）有扣款，但当月工资未定", f"F{n}", "note") for n in range(3)]
    found = worth_knowing([*open_pay, other, *checked], published=False)
    assert found.problems == (other,)
    assert [(each.text, len(each.people)) for each in found.many] == [("40 人的工资暂不能核算：绩效未定", 40)]
    assert found.many[0].people[7] == "甲7（E00007）"
    assert [each.text for each in found.notes_of_many] == ["3 人有扣款，但当月工资未定"]
    assert found.any_notes == 3


def test_two_stay_apart_and_a_store_is_no_person() -> None:
    """Fails when what concerns two people is hidden in a count, or stores are counted as people."""
    two = [told("x", f"甲（E{n}）缺数据", f"E{n}") for n in range(2)]
    stores = [told("distribution_off", f"{name} 的等级分布不符", name) for name in ("东店", "西店", "南店")]
    found = worth_knowing([*two, *stores], published=False)
    assert found.problems[:2] == tuple(two)
    assert [(each.text, each.people) for each in found.many] == [("3 家门店的等级分布不符", ("东店", "西店", "南店"))]
    unset = [told("minimum_wage_unset", f"门店 {name} 没有设定", name, "note") for name in ("东店", "西店", "南店")]
    assert [each.text for each in worth_knowing(unset, published=True).notes_of_many] == ["3 家门店没有设定"]


def test_a_published_month_asks_for_nothing() -> None:
    """Fails when a month that is published still asks for the reason that was due before."""
    asked = told("distribution_off", "东店 的等级分布不符，请交一份说明", "东店")
    assert worth_knowing([asked], published=False).problems == (asked,)
    published = worth_knowing([asked], published=True)
    assert published.problems == () and [each["code"] for each in published.notes] == ["distribution_off"]


@pytest.mark.slow
@pytest.mark.django_db
class TestOfTheGroup:
    """On the small group."""

    def test_performance_pay_says_what_of_it_is_open(self, group: Path, signed_in: Any) -> None:
        """Fails when the month page and the pay page show two sums of performance pay without a word to it."""
        hr, run = signed_in("hr"), Cycle.objects.get(month=str(LAST)).run
        assert run is not None
        open_ones = run.results.filter(state="settled", total_pay=None)
        assert open_ones.count() == 1, "whose full salary is not known"
        (fen,) = open_ones.values_list("performance_pay", flat=True)
        page = " ".join(hr.get(f"/months/{LAST}/").text.split())
        assert fen and f"其中 1 人工资未定 ¥{fen // 100:,}.{fen % 100:02d}" in page
        assert "1 人考核已核算、工资未定" in page and "没有人因缺数据而无法核算" not in page
        listed = hr.get(f"/months/{LAST}/people/", {"pay": "open"})
        assert [row.record.employee_id for row in listed.context["table"].rows] == [open_ones.get().employee_id]
        known = run.results.exclude(total_pay=None).values_list("performance_pay", flat=True)
        sums = StoreSums.objects.get(run=run, store=EVERY_STORE)
        assert sums.performance_pay == sum(each or 0 for each in known) + fen

    def test_ratings_that_lack_are_not_green(self, group: Path) -> None:
        """Fails when the map of evidence shows ratings as there while people of the store are not rated."""
        run = Run.objects.filter(kind="live", whole=True, cycle__month=str(CURRENT)).latest("id")
        (row,) = run.sums.exclude(store=EVERY_STORE)
        lacks = row.held["unrated"]
        hr = User.objects.get(username="hr")
        seen = freshness(user=hr, month=CURRENT, source="ratings")
        assert [line.states for line in seen.lines] == [{row.store: "partial"}]
        ((cell,),) = [each.cells for each in seen.beside([row.store])]
        assert cell is not None and cell.text == f"缺 {lacks} 项"
        StoreSums.objects.filter(run=run).update(held={})
        assert freshness(user=hr, month=CURRENT, source="ratings").lines[0].states == {row.store: "landed"}

    def test_sealing_with_items_missing_is_asked_about(
        self, group: Path, signed_in: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Fails when one press seals a month that lacks evidence, without the counts."""
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: CURRENT.plus(1).first)
        page = signed_in("hr").get(f"/months/{CURRENT}/")
        lacking = sum(Run.objects.filter(kind="live", cycle__month=str(CURRENT)).latest("id").sums_of_all.held.values())
        assert lacking and f"锁定 {CURRENT} 的数据并核算？还有 {lacking} 项考核缺数据或评分" in page.text

    def test_a_published_month_leads_to_where_it_is_corrected(self, group: Path, signed_in: Any) -> None:
        """Fails when the page says to go elsewhere and does not say where."""
        hr = signed_in("hr")
        for path in (f"/months/{LAST}/corrections/", f"/months/{LAST}/corrections/new/"):
            assert f"/months/{CURRENT}/corrections/new/?concerns={LAST}" in hr.get(path).text

    def test_a_version_is_tried_where_somebody_was_settled(self, group: Path) -> None:
        """Fails when the trial leads to a month in which nobody has a result."""
        run = Run.objects.filter(cycle__month=str(CURRENT)).latest("id")
        Cycle.objects.filter(month=str(CURRENT)).update(run=run)
        assert run.sums_of_all is not None and run.sums_of_all.settled == 0
        assert month_to_try() == str(LAST)

    def test_ratings_are_asked_for_after_sealing_too(
        self, group: Path, signed_in: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Fails when sealing takes the ratings that lack off everybody's list."""
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: CURRENT.plus(1).first)
        run = Run.objects.filter(cycle__month=str(CURRENT)).latest("id")
        Cycle.objects.filter(month=str(CURRENT)).update(run=run, state=Cycle.State.SETTLED)
        page = signed_in("manager").get("/inbox/").text
        assert f"{CURRENT} 还有" in page and "已锁定数据，补评后须重新核算" in page
        Cycle.objects.filter(month=str(CURRENT)).update(state=Cycle.State.APPROVED)
        assert f"{CURRENT} 还有" not in signed_in("manager").get("/inbox/").text
