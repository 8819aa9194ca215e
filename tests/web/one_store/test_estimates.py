"""The month so far, worked out anew after a change in one store: what the other store is told stays where it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.run_writer import results_of
from fairwrench.web.settlements.workspace import store_of_run
from tests.web.one_store.two_stores import EAST, OCTOBER, WEST, Group, person
from tests.web.settlements.changed_runs import parts_of_run

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PAGE = f"/months/{OCTOBER}/targets/"
LABOUR = f"{person(EAST, 'technician')}|labour"


@pytest.fixture(autouse=True)
def own_evidence(group: Group, tmp_path: Path) -> Iterator[None]:
    """A ledger of each test's own, as the database is."""
    folders = {name: tmp_path / name.lower() for name in ("LEDGER", "SETTLEMENTS", "UPLOADS")}
    for name, folder in folders.items():
        shutil.copytree(getattr(settings, name), folder)
    with override_settings(**folders):
        yield


@pytest.fixture
def estimate(signed_in: Callable[[str], Client], django_capture_on_commit_callbacks: Any) -> Callable[[str, str], Run]:
    """Enters a target of the technician of the east in the place of another; the estimate that follows."""

    def made(target: str, before: str) -> Run:
        told = {"store": EAST, LABOUR: target, f"{LABOUR}.seen": before}
        with django_capture_on_commit_callbacks(execute=True):
            assert signed_in(f"hr@{EAST}").post(PAGE, told).status_code == 302
        return Run.objects.filter(cycle__month=str(OCTOBER), kind=Run.Kind.LIVE, whole=True).latest("id")

    return made


def facts(rows: list[Result]) -> list[dict[str, Any]]:
    """Results without what tells one run from another, by employee id."""
    names = [field.attname for field in Result._meta.concrete_fields if field.attname not in ("id", "run_id")]
    return sorted(({name: getattr(row, name) for name in names} for row in rows), key=lambda row: row["employee_id"])


def test_only_the_store_that_changed_is_written(
    estimate: Callable[[str, str], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a target in one store writes files and rows of the whole group anew, or leaves one of its own out."""
    first = estimate("2,000", "")
    written: list[str] = []
    make = Result.objects.bulk_create

    def counted(rows: list[Result], **options: Any) -> list[Result]:
        written.extend(row.store for row in rows)
        return make(rows, **options)

    with monkeypatch.context() as while_written:
        while_written.setattr(Result.objects, "bulk_create", counted)
        second = estimate("3,358", "2000")
    assert second.pk != first.pk
    same = {
        store: store_of_run(run=first).file(store).stat().st_ino == store_of_run(run=second).file(store).stat().st_ino
        for store in (EAST, WEST)
    }
    assert same == {EAST: False, WEST: True}
    assert set(written) == {EAST}
    assert facts(list(second.results.all())) == facts(results_of(run=second, parts=parts_of_run(second)))
    assert {row.store for row in second.sums.all()} == {EAST, WEST, "*"}
    assert store_of_run(run=second).altered() == []


def test_who_was_copied_from_a_run_that_lacks_some_is_written_anew(estimate: Callable[[str, str], Run]) -> None:
    """Fails when somebody whose row is missing in the run before is missing ever after."""
    first = estimate("2,000", "")
    first.results.filter(store=WEST).first().delete()
    second = estimate("3,358", "2000")
    assert facts(list(second.results.all())) == facts(results_of(run=second, parts=parts_of_run(second)))


def test_estimates_that_are_forgotten_leave_those_after_them_whole(estimate: Callable[[str, str], Run]) -> None:
    """Fails when the files of a store go with the run that wrote them, while later ones read them."""
    targets = ["", "1000", "2000", "3000", "4000", "5000"]
    runs = [estimate(target, before) for before, target in pairwise(targets)]
    kept = Run.objects.filter(pk__in=[run.pk for run in runs])
    assert kept.count() == 3
    for run in kept:
        assert store_of_run(run=run).altered() == []
    assert Cycle.objects.get(month=str(OCTOBER)).runs.filter(whole=False).count() == 0
