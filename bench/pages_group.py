"""A group as large as pages are measured on: one small settled store, written many times over into the models.

The store is the demo's: made from causes, landed, settled by the program. Its people, results and sums, and what its
runs keep in files for pages, are copied under other names into further stores and earlier months, so every row is one
that a settlement wrote. The other records on disk (seal, csv files) are those of the first store.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from fairwrench.closing.run_store import PARTS, RunStore
from fairwrench.samples.sample import make_sample
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT, demo_build
from fairwrench.web.evidence.models import Covered, Landing, Sheet, Upload
from fairwrench.web.org.models import Assignment, Duty, Employee, Unit
from fairwrench.web.settlements.models import EVERY_STORE, Result, Run, StoreSums
from fairwrench.web.settlements.runs.run_parts import parts_write
from fairwrench.web.settlements.workspace import STORES, folder_of

ROWS = 500
#: what of sums grows with the stores
COUNTS = ("people", "settled", "incomplete", "excluded", "score_sum", "scored", "performance_pay", "total")
ORDERS = 600


@dataclass(frozen=True)
class Group:
    """How large: `stores` of about `people` each, `months` with figures, the last of them open."""

    stores: int = 100
    people: int = 60
    months: int = 12


class Quiet:
    """Nobody waits for news of the work."""

    def expect(self, kind: str, total: int) -> None:
        """Nothing is shown."""

    def step(self, kind: str, what: str) -> None:
        """Nothing is shown."""


def build(asked: Group) -> None:
    """Make the group in the installation's database and ledger, which are empty."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    home = Path(settings.HOME)
    make_sample(home / "data", stores=1, months=2, people=asked.people, orders=ORDERS, until=CURRENT)
    demo_build(folder=home, bars=Quiet())
    with transaction.atomic():
        names = _stores(asked.stores)
        _people(names)
        _months(asked, names)
        _evidence(names)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _stores(count: int) -> list[str]:
    """The further stores, each with the departments of the first; their names."""
    first = Unit.objects.get(kind=Unit.Kind.STORE)
    names = [f"{first.name}{number:03}" for number in range(2, count + 1)]
    for name in names:
        store = Unit.objects.create(kind=first.kind, name=name, parent=first.parent)
        for part in first.children.all():
            Unit.objects.create(kind=part.kind, name=part.name, name_en=part.name_en, code=part.code, parent=store)
    return names


def _people(names: list[str]) -> None:
    """Everybody of the first store once more in each further one, with who leads whom."""
    units = {
        (unit.parent.name if unit.parent else "", unit.code): unit for unit in Unit.objects.select_related("parent")
    }
    stores = {unit.name: unit for unit in Unit.objects.filter(kind=Unit.Kind.STORE)}
    people = list(Employee.objects.all())
    held = list(Assignment.objects.select_related("employee", "manager", "department"))
    duties = list(Duty.objects.filter(unit__kind=Unit.Kind.STORE))
    for number, name in enumerate(names, start=2):
        made = {each.pk: _copy(each, employee_id=_id(each.employee_id, number)) for each in people}
        Employee.objects.bulk_create(made.values())
        Assignment.objects.bulk_create(
            _copy(
                row,
                store=stores[name],
                department=units[name, row.department.code] if row.department else None,
                employee=made[row.employee_id],
                manager=made[row.manager_id] if row.manager_id else None,
            )
            for row in held
        )
        User.objects.bulk_create(User(username=each.employee_id, employee=each) for each in made.values())
        Duty.objects.bulk_create(_copy(duty, unit=stores[name], employee=made[duty.employee_id]) for duty in duties)


def _evidence(names: list[str]) -> None:
    """What the first store handed in, handed in by every further one, too; and a file of every tenth on the desk."""
    numbers = dict(Landing.objects.values_list("source").annotate(Max("number")).order_by())
    made: list[tuple[Landing, list[Covered]]] = []
    for landing in Landing.objects.prefetch_related("covered"):
        for name in names:
            numbers[landing.source] += 1
            copy = _copy(landing, number=numbers[landing.source], stores=[name])
            made.append((copy, [_copy(each, landing=copy, store=name) for each in landing.covered.all()]))
    Landing.objects.bulk_create((landing for landing, _ in made), batch_size=ROWS)
    Covered.objects.bulk_create((each for _, covered in made for each in covered), batch_size=ROWS)
    for name in names[::10]:
        upload = Upload.objects.create(sha256=name, name=f"{name}.xlsx", size=1, month=str(CURRENT), state="read")
        Sheet.objects.create(upload=upload, place=0, source="surveys", digest="", stores=[name], speaks_for=[name])


def _id(employee_id: str, number: int) -> str:
    return f"{employee_id}-{number:03}"


def _copy(row: models.Model, **other: Any) -> Any:
    """The row once more, under a key of its own, with some fields otherwise."""
    kept = {field.name: getattr(row, field.name) for field in row._meta.fields if not field.primary_key}
    return type(row)(**{**kept, **other})


def _months(asked: Group, names: list[str]) -> None:
    """The open month and the published one in every store, and the published one as every month before."""
    published = Cycle.objects.get(month=str(CURRENT.plus(-1)))
    live = Run.objects.filter(cycle__month=str(CURRENT), kind=Run.Kind.LIVE, whole=True).latest("id")
    assert published.run is not None
    of_first = {run.pk: list(run.results.all()) for run in (published.run, live)}
    sums = list(published.run.sums.all())
    for run in (published.run, live):
        _widen_files(run, names)
        _save(_everywhere(of_first[run.pk], run, names, first=False))
        _widen(run, list(run.sums.all()), names, first=False)
    for back in range(2, asked.months):
        cycle = Cycle.objects.create(
            month=str(CURRENT.plus(-back)), state=Cycle.State.PUBLISHED, published_at=timezone.now()
        )
        run = _copy(published.run, cycle=cycle, known_at=cycle.month)
        run.save()
        Cycle.objects.filter(pk=cycle.pk).update(run=run)
        _save(_everywhere(of_first[published.run.pk], run, names, first=True))
        _widen(run, sums, names, first=True)


def _everywhere(found: list[Result], run: Run, names: list[str], *, first: bool) -> Iterator[Result]:
    if first:
        yield from (_copy(result, run=run) for result in found)
    for number, name in enumerate(names, start=2):
        for result in found:
            manager = _id(result.manager_id, number) if result.manager_id else ""
            told = {"employee_id": _id(result.employee_id, number), "store": name, "manager_id": manager}
            yield _copy(result, run=run, **told)


def _save(results: Iterable[Result]) -> None:
    Result.objects.bulk_create(results, batch_size=ROWS)


def _widen(run: Run, sums: Sequence[StoreSums], names: list[str], *, first: bool) -> None:
    """The sums of the first store for every store; the whole is as many times as large."""
    (whole,) = (each for each in sums if each.store == EVERY_STORE)
    (one,) = (each for each in sums if each.store != EVERY_STORE)
    made = [_copy(one, run=run, store=name) for name in names]
    StoreSums.objects.bulk_create([*made, *([_copy(one, run=run)] if first else [])], batch_size=ROWS)
    run.sums.filter(store=EVERY_STORE).delete()
    times = len(names) + 1
    counts = {name: getattr(whole, name) * times for name in COUNTS}
    graded = {name: {key: count * times for key, count in getattr(whole, name).items()} for name in ("grades", "held")}
    _copy(whole, run=run, **counts, **graded).save()


def _widen_files(run: Run, names: list[str]) -> None:
    """What is recorded of everybody in the first store, and its figures, once more for every store."""
    there = RunStore(folder_of(run=run) / STORES)
    (store,) = there.stores
    parts = {name: there.of_everybody(name) for name in PARTS}
    figures = there.indicators()
    ours = figures.filter(store=store)
    wide = {name: pl.concat([frame, *_renamed(frame, names)]) for name, frame in parts.items()}
    copied = [ours.with_columns(store=pl.lit(name)) for name in names]
    shutil.rmtree(there.folder)
    parts_write(folder=there.folder, parts=wide, figures=pl.concat([figures, *copied]))


def _renamed(frame: pl.DataFrame, names: list[str]) -> Iterator[pl.DataFrame]:
    """A frame's rows as those of further stores."""
    for number, name in enumerate(names, start=2):
        people = pl.col("employee_id") + f"-{number:03}"
        told = {"store": pl.lit(name)} if "store" in frame.columns else {}
        yield frame.with_columns(employee_id=people, **told)
