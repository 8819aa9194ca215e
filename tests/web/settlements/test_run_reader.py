"""What a run leaves for pages: sums of its stores in the database, everything of a person in its files."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.closing.run_store import PARTS, SETTLED
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.settlements.models import EVERY_STORE, Run
from fairwrench.web.settlements.runs.run_reader import (
    added_figures,
    handed_in_of,
    indicators_of,
    means_before,
    stores_of,
    sums_read,
    whole_of,
)
from fairwrench.web.settlements.workspace import records, store_of_run
from tests.web.settlements.changed_runs import parts_of_run
from tests.web.settlements.test_pages import LAST

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.mark.usefixtures("group")
def test_files_hold_what_is_recorded_of_everybody() -> None:
    """Fails when a page shows another figure than the one that was settled."""
    for run in Run.objects.filter(whole=True):
        settled, parts = records(run=run).settlement, parts_of_run(run)
        for name in SETTLED:
            assert parts[name].equals(getattr(settled, name).sort("employee_id", maintain_order=True)), (run, name)
        assert set(parts) == set(PARTS)
        assert store_of_run(run=run).altered() == []


@pytest.mark.usefixtures("group")
def test_sums_are_those_of_the_results() -> None:
    """Fails when a count, a sum or a mean of a list is another than that of the people in it."""
    for run in Run.objects.filter(whole=True).exclude(kind=Run.Kind.RESTATED):
        score, grade = ("heads_score", "heads_grade") if run.kind == Run.Kind.LIVE else ("score", "grade")
        results = list(run.results.all())
        scores = [getattr(each, score) for each in results if getattr(each, score) is not None]
        for sums in (run.sums_of_all, *run.sums_of_stores):
            assert sums is not None
            assert (sums.people, sums.scored, sums.score_sum) == (len(results), len(scores), sum(scores))
            assert sums.total == sum(each.total_pay or 0 for each in results)
            for state in ("settled", "incomplete", "excluded"):
                assert getattr(sums, state) == sum(each.state == state for each in results)
            graded = [getattr(each, grade) for each in results if getattr(each, grade)]
            assert sums.grades == {letter: graded.count(letter) for letter in sorted(set(graded))}
            waiting = [cause for each in results for _, cause, _ in each.waits]
            assert sums.held == {cause: waiting.count(cause) for cause in sorted(set(waiting))}


def test_sums_of_many_months_are_one_query(group: Any, db: None, django_assert_num_queries: Any) -> None:
    """Fails when the list of months asks for each of them."""
    runs = [cycle.run for cycle in Cycle.objects.select_related("run") if cycle.run]
    with django_assert_num_queries(1):
        sums_read(runs=runs)
        told = [whole_of(run) for run in runs]
    assert all(told)


@pytest.mark.usefixtures("group")
def test_months_before_are_the_last_published_ones() -> None:
    """Fails when the trend of a store misses the month published last, or holds one that is not published."""
    published = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("month")
    (store,) = stores_of(published[0].run)
    told = [(cycle.month, {store: stores_of(cycle.run)[store]["mean"]}) for cycle in published]
    assert list(means_before(months=12, stores=[store])) == told
    month = Cycle.objects.get(month=str(CURRENT))
    run = month.runs.filter(whole=True)[0]
    Cycle.objects.filter(pk=month.pk).update(state=Cycle.State.PUBLISHED, run=run)
    now = (month.month, {store: stores_of(run)[store]["mean"]})
    assert list(means_before(months=12, stores=[store])) == [*told, now]
    assert list(means_before(months=1, stores=[store])) == [now]
    assert list(means_before(months=1, stores=["别家店"])) == [(month.month, {})]


@pytest.mark.usefixtures("group")
def test_figures_of_one_store_are_those_of_all(group: Any) -> None:
    """Fails when the page of a store shows other figures than that of all stores, or none of the group."""
    run = Cycle.objects.get(month=LAST).run
    assert run is not None
    (store,) = stores_of(run)
    every = indicators_of(run=run)
    assert [each.metric for each in every] == [each.metric for each in indicators_of(run=run, stores=[store])]
    assert indicators_of(run=run, stores=[]) and not any(each.stores for each in indicators_of(run=run, stores=[]))
    some = [every[1].metric]
    assert indicators_of(run=run, metrics=some) == [every[1]]
    added, there = added_figures(run=run, stores=[store]), handed_in_of(run=run, stores=[store])
    for each in every:
        figure = each.stores[store]
        assert there[each.metric] == int(figure["handed_in"])
        if figure["handed_in"] and figure["n"] is not None and figure["d"] is not None:
            assert (added[each.metric]["n"], added[each.metric]["d"]) == (figure["n"], figure["d"])
    assert EVERY_STORE not in stores_of(run)
