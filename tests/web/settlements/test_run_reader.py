"""Runs that an earlier edition of the program wrote down: what they do not say is unknown, and no page fails of it."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.run_reader import figures_read, held_of, stores_of, sums_before, whole_of
from tests.web.settlements.test_pages import LAST

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PAGES = ["/stores/", f"/stores/?month={LAST}", "/months/", f"/months/{LAST}/", f"/months/{CURRENT}/", "/mine/"]


@pytest.mark.parametrize("kept", [set(), {"whole", "stores"}, {"stores"}], ids=["nothing", "no held", "stores"])
def test_pages_of_a_run_that_says_less(signed_in: Any, kept: set[str]) -> None:
    """Fails when a month of an earlier edition cannot be opened any more."""
    for run in Run.objects.filter(whole=True):
        run.summary = {name: told for name, told in run.summary.items() if name in kept}
        run.save()
    store = Run.objects.filter(whole=True).first().results.first().store
    client = signed_in("hr")
    for path in [*PAGES[:-1], f"/stores/{store}/?month={LAST}", "/stores/?export=xlsx", "/stores/?q=x"]:
        assert client.get(path).status_code == 200, path


def test_what_was_not_written_down_is_not_taken_for_nothing(signed_in: Any) -> None:
    """Fails when the checklist says that nobody waits for evidence though nobody knows."""
    run = Cycle.objects.get(month=LAST).run
    run.summary.pop("held")
    run.save()
    points = signed_in("hr").get(f"/months/{LAST}/").context["points"]
    assert any("没有记下" in point.text for point in points)
    assert not any("没有人因缺数据" in point.text for point in points)


def test_what_is_large_of_a_run_is_read_once(group: Any, db: None, django_assert_num_queries: Any) -> None:
    """Fails when each look at the stores reads half a megabyte again, or a new run shows the figures of another."""
    whole = Run.objects.filter(whole=True)
    run, other = whole.filter(kind=Run.Kind.LIVE)[0], whole.exclude(kind=Run.Kind.LIVE)[0]
    for each in (run, other):
        lean = Run.objects.defer("summary", "indicators").get(pk=each.pk)
        with django_assert_num_queries(1):
            figures_read(run=lean)
        assert (lean.summary, lean.indicators) == (each.summary, each.indicators)
    again = Run.objects.defer("summary", "indicators").get(pk=run.pk)
    with django_assert_num_queries(0):
        figures_read(run=again)
        assert (again.summary, again.indicators) == (run.summary, run.indicators)


def test_months_before_are_read_once_until_one_more_is_published(
    group: Any, db: None, django_assert_num_queries: Any
) -> None:
    """Fails when the trend of a store misses the month published last, or each look reads all months again."""
    published = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("month")
    told = [(cycle.month, stores_of(cycle.run)) for cycle in published]
    assert list(sums_before(months=12)) == told
    with django_assert_num_queries(1):
        assert list(sums_before(months=12)) == told
    month = Cycle.objects.get(month=str(CURRENT))
    run = month.runs.filter(whole=True)[0]
    Cycle.objects.filter(pk=month.pk).update(state=Cycle.State.PUBLISHED, run=run)
    assert list(sums_before(months=12)) == [*told, (month.month, stores_of(run))][-12:]
    assert list(sums_before(months=1)) == [(month.month, stores_of(run))]


def test_sums_that_lack_a_key_are_filled(db: None) -> None:
    """Fails when one number that an earlier edition did not write hides the others."""
    run = Run(summary={"whole": {"people": 3}, "stores": {"乙": {"mean": 9000}, "甲": {}}})
    assert whole_of(run) == {
        **{"people": 3, "states": {}, "grades": {}, "mean": None, "mean_shown": None},
        **{"performance_pay": 0, "total": 0, "score_sum": 0, "scored": 0, "held": None},
    }
    assert [(name, sums["mean"]) for name, sums in stores_of(run).items()] == [("乙", 9000), ("甲", None)]
    assert held_of(run) is None
    assert whole_of(Run()) is None and stores_of(Run()) == {}
