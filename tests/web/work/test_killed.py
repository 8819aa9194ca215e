"""A worker killed while it settles a month: begun again, the month is as if nobody had been killed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from fairwrench.web.demo.group import CURRENT
from tests.web.rows import copied
from tests.web.work.installation import ON_POSTGRESQL, Installation

pytestmark = pytest.mark.slow
#: one store with a published month and an open one
BUILD = """
from django.conf import settings
from django.core.management import call_command
from fairwrench.samples.sample import make_sample
from fairwrench.web.demo.group import CURRENT, demo_build
from tests.closing.quiet import Quiet

call_command("migrate", verbosity=0)
make_sample(settings.HOME / "data", stores=1, months=2, people=30, orders=120, until=CURRENT)
demo_build(folder=settings.HOME, bars=Quiet())
"""
#: HR presses the button
PRESS = """
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.settlements.services import month_settle

month_settle(cycle=Cycle.objects.get(month=str(CURRENT)), by=User.objects.get(username="hr"), note="试算")
"""
WORK = """
from django.core.management import call_command
call_command("run_worker", "--batch")
"""
#: what is there then: nothing of it may depend on how often the worker was killed
LOOK = f"""
import json
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.web.work.models import Job
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.workspace import store_of_run
cycle = Cycle.objects.get(month="{CURRENT}")
results = [
    {{name: value for name, value in row.items() if name not in ("id", "run_id")}}
    for row in (cycle.run.results.order_by("employee_id").values() if cycle.run else ())
]
print(json.dumps({{
    "state": cycle.state, "version": cycle.version, "results": results,
    "sums": list(cycle.run.sums.order_by("store").values("store", "people", "score_sum", "total", "grades", "held"))
        if cycle.run else None,
    "stores": cycle.run and json.loads((store_of_run(run=cycle.run).folder / "manifest.json").read_text()),
    "seal": cycle.run and cycle.run.seal,
    "folder": cycle.run and cycle.run.folder,
    "steps": list(MONTHS.steps(cycle).order_by("id").values_list("act", "by__username")),
    "runs": sorted(Run.objects.values_list("cycle__month", "kind", "known_at", "whole")),
    "folders": sorted(p.name for m in settings.SETTLEMENTS.iterdir() for p in m.iterdir()) == sorted(
        folder.split("/")[1] for folder in Run.objects.values_list("folder", flat=True)),
    "batches": [[batch.source, batch.number, batch.sha256] for batch in Ledger(settings.LEDGER).batches()],
    "jobs": sorted(Job.objects.exclude(key__startswith="demo:").values_list("kind", "state")),
}}, cls=DjangoJSONEncoder))
"""


@pytest.fixture(scope="module")
def pressed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The group in which HR pressed the button and no worker runs yet: on SQLite that of the demo, which lies in a file
    and stands already."""
    home = tmp_path_factory.mktemp("pressed") / "home"
    if ON_POSTGRESQL:
        made, begin = Installation.at(home), BUILD + PRESS
    else:
        made, begin = Installation(copied(request.getfixturevalue("demo_home"), home)), PRESS
    done = made.run(begin)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def undisturbed(pressed: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What there is after a worker did its work in one go."""
    home = Installation.at(tmp_path_factory.mktemp("undisturbed") / "home", like=pressed)
    (told,) = home.told(WORK + LOOK)
    return seen(home, told)


def seen(at: Installation, told: dict[str, Any]) -> dict[str, Any]:
    """What was told, with the digests of the records in the place of where they lie."""
    folder = at.home / "settlements" / told.pop("folder")
    written = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))}
    assert {"totals.csv", "items.csv", "pay.csv"} <= set(written)
    return {**told, "written": written}


def test_an_undisturbed_worker_settles_the_month(undisturbed: dict[str, Any]) -> None:
    """Fails when the tests below would compare two installations in which nothing happened."""
    assert undisturbed["state"] == "settled"
    assert undisturbed["steps"] == [["settle", "hr"]]
    assert undisturbed["jobs"] == [["settle_month", "done"]]
    assert len(undisturbed["results"]) > 20
    assert undisturbed["folders"]


@pytest.mark.parametrize("moment", ["sealing", "drained", "kept", "settled"])
def test_a_month_whose_worker_was_killed_is_settled_as_if_nothing_had_happened(
    pressed: Installation, undisturbed: dict[str, Any], tmp_path: Path, moment: str
) -> None:
    """Fails when a killed worker leaves half a month in force, settles it twice, or leaves anything behind."""
    home = Installation.at(tmp_path / "home", like=pressed)
    home.killed(WORK, moment)
    between, after = home.told(LOOK + WORK + LOOK)
    assert (between["state"], between["steps"], between["results"]) == ("sealing", [], []), "nothing half-done is seen"
    assert between["jobs"] == [["settle_month", "running"]]
    assert seen(home, after) == undisturbed
