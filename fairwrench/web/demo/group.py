"""The demo group: a sample of three stores, twelve published months, and a current one with half of its files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
from django.conf import settings
from django.utils import timezone

from fairwrench.closing.folder.folder import Gathered, gather
from fairwrench.closing.folder.folder import Progress as BuildProgress
from fairwrench.ledger.intake.discovery import FoundFile
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.samples.sample import UNTIL, make_sample
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.analysis import analysis_make
from fairwrench.web.demo.goals import goals_make
from fairwrench.web.demo.interviews import interviews_make
from fairwrench.web.demo.late_goals import WORD as LATE_GOALS
from fairwrench.web.demo.late_goals import late_goals_write
from fairwrench.web.demo.logins import duties_make, logins_make
from fairwrench.web.demo.notes import notes_make
from fairwrench.web.demo.proposal import plans_adopt, proposal_make
from fairwrench.web.demo.suggestions import suggestions_make
from fairwrench.web.demo.surveys import surveys_make
from fairwrench.web.demo.within_month import missing_orders_make, tickets_make
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.evidence.uploads.landings import landings_record
from fairwrench.web.org.days import today
from fairwrench.web.people.roster_services import roster_apply
from fairwrench.web.schemes.selectors import scheme_at, this_month
from fairwrench.web.settlements.months.months import may_turn
from fairwrench.web.settlements.runs.closing import Kind, month_close
from fairwrench.web.settlements.services import cycle_act, cycle_open, cycle_settled
from fairwrench.web.ui.files.folders import ledger_shared
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import Progress

MONTHS = 13
CURRENT = UNTIL.plus(1)
#: group files of the sample that come in while the month runs, by a word of their names
EARLY = ("目标值", "到期保养", "管理内客户车辆", "薪资数据", LATE_GOALS)
#: the file of the stores that the demo's data provider still has to hand in
LATE = "回访"
#: where files lie that somebody may hand in on the evidence desk
TO_HAND_IN = "to-hand-in"


def demo_build(*, folder: Path, bars: BuildProgress, stores: int = 3, months: int = MONTHS) -> None:
    """Make the sample in FOLDER/data, publish all months but the last, and land half of the last one's files.

    What is there already is not done again, so a build that was interrupted goes on where it stopped.
    """
    data = folder / "data"
    # written once every month's files are there, so without it the sample was interrupted
    if not (data / "truth.yaml").exists():
        make_sample(data, stores=stores, months=months, until=CURRENT)
    scheme = scheme_at(month=CURRENT)
    roster, _ = read_roster(data / "roster.xlsx", scheme)
    roster_apply(roster=roster, by=None)
    logins_make(roster=roster)
    duties_make(roster=roster)
    late_goals_write(folder=data, month=CURRENT, scheme=scheme)
    found = gather(data, scheme, sources(), CURRENT)
    plans_adopt(begins=CURRENT)
    # in their order: a month stands on those before it (histories, standing)
    for month in found.months[:-1]:
        if not Cycle.objects.filter(month=str(month), state=Cycle.State.PUBLISHED).exists():
            _publish(month, _files_of(found, month), bars)
    interviews_make(cycle=Cycle.objects.get(month=str(found.months[:-1][-1])))
    now, later = _halves([file for file in found.files if file.period == CURRENT])
    for file in later:
        place = folder / TO_HAND_IN / file.path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, place)
    _land(replace(found, files=tuple(now)), bars)
    goals_make(month=CURRENT)
    missing_orders_make(day=min(today(), CURRENT.last))
    tickets_make(day=min(today(), CURRENT.last))
    notes_make(day=min(today(), CURRENT.last), before=CURRENT.plus(-1))
    suggestions_make()
    surveys_make(month=CURRENT)
    analysis_make(cycle=Cycle.objects.select_related("run").get(month=str(CURRENT.plus(-1))))
    proposal_make(begins=max(this_month(), CURRENT).plus(1))
    _estimate(bars)


def _files_of(found: Gathered, month: Month) -> Gathered:
    """The files of one month; those that were there from the start come with the first."""
    first = month == found.months[0]
    files = tuple(file for file in found.files if file.period == month or (first and file.period is None))
    return replace(found, files=files, rejected=pl.DataFrame(schema=found.rejected.schema), uncredited=[], counts={})


def _halves(files: list[FoundFile]) -> tuple[list[FoundFile], list[FoundFile]]:
    """What has come in by now and what has not: of the stores' systems one store's is missing, of the departments'
    files all that are handed in only after the end of the month."""
    stores = sorted({file.placed_store for file in files if file.placed_store})
    last = stores[-1] if len(stores) > 1 else ""
    now = [file for file in files if _has_come(file, last)]
    return now, [file for file in files if file not in now]


def _has_come(file: FoundFile, waiting: str) -> bool:
    if file.placed_store:
        return file.placed_store != waiting and LATE not in file.path.name
    return any(word in file.path.name for word in EARLY)


def _land(found: Gathered, bars: BuildProgress) -> None:
    provider = User.objects.select_related("employee").get(username="provider")
    with ledger_shared():
        found.land(ledger(), sources(), bars, by=str(provider.employee or provider))
    # after the ledger: pages read batches from the database
    landings_record(ledger=ledger())


def _publish(month: Month, found: Gathered, bars: BuildProgress) -> None:
    """One month as it goes in life: landed, settled, approved by two, published."""
    _land(found, bars)
    people = {name: User.objects.get(username=name) for name in ("hr", "gm")}
    cycle = cycle_open(month=month)
    run = month_close(cycle=cycle, kind=Kind.FINAL, by=people["hr"], progress=_progress(month))
    cycle = cycle_settled(cycle=cycle, run=run, by=people["hr"])
    for act, name in (("approve_hr", "hr"), ("approve", "gm"), ("publish", "hr")):
        # `seen` is the count after the act before, as a page opened in between would show it
        cycle = cycle_act(cycle=cycle, act=act, seen=cycle.version, by=people[name])
    bars.step("settle", str(month))


def _estimate(bars: BuildProgress) -> None:
    cycle = cycle_open(month=CURRENT)
    if may_turn(cycle):  # the demo's month may lie ahead of the day on which it is built
        Cycle.objects.filter(pk=cycle.pk).update(turned_at=timezone.now())
    month_close(cycle=cycle, kind=Kind.LIVE, by=None, progress=_progress(CURRENT))
    bars.step("settle", str(CURRENT))


def _progress(month: Month) -> Progress:
    """Progress that nobody looks at."""
    kind = "estimate_month" if month == CURRENT else "settle_month"
    told = {"state": Job.State.DONE, "arguments": {"month": str(month)}, "finished_at": timezone.now()}
    # a record of the queue, as progress is told to one; it was never in the queue
    job, _ = Job.objects.get_or_create(kind=kind, key=f"demo:{month}", defaults=told)
    return Progress(job)


def is_built() -> bool:
    """Whether the demo stands."""
    return Path(settings.LEDGER).exists() and Cycle.objects.filter(month=str(CURRENT), runs__whole=True).exists()
