"""What was published is as it was published: no work that comes later writes or removes anything of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairwrench.ledger.folder import sha256_of
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.settlements.models import Result, Run, StoreSums
from fairwrench.web.settlements.runs.closing import live_prune, runs_forget
from fairwrench.web.settlements.runs.run_writer import is_frozen, run_record
from fairwrench.web.settlements.services import month_estimate
from fairwrench.web.settlements.workspace import STORES, folder_of, store_of_run
from tests.web.settlements.changed_runs import parts_of_run
from tests.web.settlements.test_pages import LAST

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def published() -> list[Run]:
    return list(Run.objects.exclude(kind=Run.Kind.LIVE).filter(known_at__lte=LAST))


def state() -> tuple[Any, ...]:
    """Files and rows of every run of a published month."""
    files = {path: sha256_of(path) for run in published() for path in folder_of(run=run).rglob("*") if path.is_file()}
    rows = [list(model.objects.filter(run__in=published()).order_by("pk").values()) for model in (Result, StoreSums)]
    return files, rows, list(Run.objects.filter(pk__in=[run.pk for run in published()]).values())


@pytest.mark.usefixtures("group")
def test_working_a_later_month_out_changes_nothing_published(django_capture_on_commit_callbacks: Any) -> None:
    """Fails when an estimate writes into, links over or removes what people were shown for good."""
    before = state()
    assert before[0] and before[1][0]
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert month_estimate(month=str(CURRENT), by=None) is not None
    assert Cycle.objects.get(month=str(CURRENT)).runs.filter(whole=True).count() > 1
    assert state() == before
    assert month_estimate(month=LAST, by=None) is None


@pytest.mark.usefixtures("group")
def test_nobody_removes_or_writes_again_what_was_published() -> None:
    """Fails when a mistake in what is to be forgotten takes a published month with it, its files first."""
    before = state()
    for run in published():
        assert is_frozen(run)
        with pytest.raises(PermissionError):
            runs_forget([run])
        closed: Any = None
        with pytest.raises(PermissionError):
            run_record(run=run, closed=closed, parts=parts_of_run(run))
    for cycle in Cycle.objects.all():
        live_prune(cycle=cycle)
    assert state() == before


@pytest.mark.usefixtures("group")
def test_files_that_pages_read_cannot_be_written() -> None:
    """Fails when a file of a published month can be opened for writing by mistake."""
    for run in published():
        shown: list[Path] = [path for path in (folder_of(run=run) / STORES).iterdir() if path.suffix == ".parquet"]
        assert shown
        assert not any(path.stat().st_mode & 0o222 for path in shown)


@pytest.mark.usefixtures("group")
def test_a_month_whose_file_is_gone_is_told_in_a_sentence(signed_in: Any) -> None:
    """Fails when a lost file of one store is a fault of ours on every page of its people."""
    run = Run.objects.get(cycle__month=LAST, kind=Run.Kind.FINAL)
    result = run.results.exclude(store="").order_by("employee_id")[0]
    path = store_of_run(run=run).file(result.store)
    away = path.rename(path.with_suffix(".away"))
    try:
        answer = signed_in("hr").get(f"/results/{result.employee_id}/{LAST}/")
    finally:
        away.rename(path)
    assert answer.status_code == 503
    assert path.name in answer.text and "请从备份恢复" in answer.text


@pytest.mark.usefixtures("group")
def test_a_settled_month_shows_no_projection() -> None:
    """Fails when where somebody incomplete would have headed stands among the settled figures of a month."""
    final = Result.objects.filter(run__kind=Run.Kind.FINAL)
    assert final.exclude(state="settled").exists()
    assert not final.exclude(state="settled").exclude(heads_score=None, heads_pay=None).exists()
    settled = list(final.filter(state="settled").values_list("score", "heads_score", "performance_pay", "heads_pay"))
    assert settled and all(row[0] == row[1] and row[2] == row[3] for row in settled)
