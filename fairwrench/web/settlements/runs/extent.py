"""The part of a month that somebody sees: all of it, or what is of the stores that they oversee.

Whatever is shown of a month is taken from here, so that no page, count or export shows more than another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum

from fairwrench.settlement.words.wording import MISSING, RATED
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import OVERSEERS, PAYERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment
from fairwrench.web.settlements.models import Correction, Rating, Result, Run, StoreSums, Target
from fairwrench.web.settlements.runs.concerns import Told, told_of, told_to
from fairwrench.web.settlements.runs.run_reader import Sums, held_of, sums_read, sums_told, whole_of
from fairwrench.web.ui.words import joined, pick
from fairwrench.web.work.models import Step

#: stores that are named before the rest is only counted
NAMED = 6


@dataclass(frozen=True)
class OpenPay:
    """How many people's pay is open though their score is known, and their performance pay in fen."""

    people: int
    fen: int


@dataclass(frozen=True)
class Extent:
    """`stores`: those of which somebody sees everything of a month; None for all of them."""

    user: User
    stores: frozenset[str] | None
    #: asked once a page: the key of a run → its counts
    _counts: dict[int, dict[str, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, user: User) -> Extent:
        """What a user oversees."""
        stores = Scope.of(user).stores(*OVERSEERS)
        return cls(user, None if stores is None else frozenset(stores))

    @classmethod
    def of_pay(cls, user: User) -> Extent:
        """Of what a user sees the pay."""
        stores = Scope.of(user).stores(*PAYERS)
        return cls(user, None if stores is None else frozenset(stores))

    @property
    def pays(self) -> bool:
        """Whether the pay of all of it is the user's to see."""
        return self.within(Extent.of_pay(self.user))

    def within(self, other: Extent) -> bool:
        """Whether no store of it lies outside another one."""
        return other.stores is None or (self.stores is not None and self.stores <= other.stores)

    @property
    def whole(self) -> bool:
        """Whether it is everything."""
        return self.stores is None

    @property
    def words(self) -> str:
        """The stores by name, as long as they are few."""
        names = sorted(self.stores or ())
        more = pick("等 {n} 家", " and others, {n} in all").format(n=len(names)) if len(names) > NAMED else ""
        return joined(names[:NAMED]) + more

    def sums(self, run: Run | None) -> Sums | None:
        """Counts and sums of a run; None where there is no run."""
        if run is None or self.stores is None:
            return whole_of(run) if run else None
        return sums_told([row for row in run.sums_of_stores if row.store in self.stores])

    def sums_of(self, runs: Sequence[Run | None]) -> list[Sums | None]:
        """The same of several runs, in one query."""
        there = [run for run in runs if run is not None]
        if self.stores is None:
            sums_read(runs=there)
            return [self.sums(run) for run in runs]
        rows = StoreSums.objects.filter(run__in=there, store__in=self.stores)
        by_run: dict[int, list[StoreSums]] = {run.pk: [] for run in there}
        for row in rows:
            by_run[row.run_id].append(row)
        return [sums_told(by_run[run.pk]) if run else None for run in runs]

    def held(self, run: Run) -> dict[str, int]:
        """How many items keep somebody from being settled, by cause."""
        return held_of(run, self.stores)

    def problems(self, run: Run | None) -> list[Told]:
        """What a run has to tell, of what can be told whose it is; the rest is the whole group's."""
        return told_to(run.problems, self.stores) if run else []

    def problems_of_job(self, problems: Sequence[Told], run: Run | None) -> list[Told]:
        """The same of what work on a month found."""
        if self.stores is None or not problems:
            return list(problems)
        return told_of(problems, places_of(run) if run else {}, self.stores)

    def steps(self, steps: list[Step]) -> list[Step]:
        """What was done with a month, the last first; the notes are written for who sees all of it."""
        for step in steps if self.stores is not None else ():
            step.note = ""  # never saved
        return steps[::-1]

    def corrections(self, cycle: Cycle) -> QuerySet[Correction]:
        """The corrections that go into a month, of people whose last assignment is seen."""
        found = cycle.corrections.select_related("employee", "by__employee", "decided_by__employee")
        if self.stores is None:
            return found
        # a person who moved takes their corrections along to the store of today, whose HR sees to them
        held = Assignment.objects.filter(latest(day=Scope.of(self.user).day), store__name__in=self.stores)
        return found.filter(employee__in=held.order_by().values("employee"))

    def results(self, run: Run) -> QuerySet[Result]:
        """The results of a run in the stores seen."""
        return run.results.all() if self.stores is None else run.results.filter(store__in=self.stores)

    def open_pay(self, run: Run | None) -> OpenPay | None:
        """Whose pay is open in a settled run though their score is known, and what performance pay they have; None
        where it is nobody's."""
        if run is None or run.kind == Run.Kind.LIVE:
            return None
        told = self.counts(run)
        return OpenPay(told["open_pay"], told["open_fen"]) if told["open_pay"] else None

    def counts(self, run: Run) -> dict[str, int]:
        """Of a run's people: how many are assessed (`people`), for how many `evidence` or `ratings` are missing, and
        whose pay is open though their score is known (`open_pay`, with `open_fen` of performance pay); one query."""
        if run.pk not in self._counts:
            unpaid = Q(state="settled", total_pay=None)
            self._counts[run.pk] = self.results(run).aggregate(
                people=Count("pk", filter=~Q(state="excluded")),
                evidence=Count("pk", filter=_held(MISSING)),
                ratings=Count("pk", filter=_held(RATED)),
                open_pay=Count("pk", filter=unpaid),
                open_fen=Sum("performance_pay", filter=unpaid, default=0),
            )
        return self._counts[run.pk]

    def ratings(self, run: Run) -> QuerySet[Rating]:
        """The ratings of a run's month, of people who are seen in the run."""
        found = Rating.objects.filter(month=run.cycle.month)
        if self.stores is None:
            return found
        people = self.results(run).order_by().values("employee_id")
        return found.filter(employee__employee_id__in=people)

    def targets(self, run: Run) -> QuerySet[Target]:
        """The targets of a run's month, of stores that are seen, their departments and the people seen in the run."""
        found = Target.objects.filter(month=run.cycle.month)
        if self.stores is None:
            return found
        people = self.results(run).order_by().values("employee_id")
        theirs = Q(subject__in=people) | Q(subject__in=self.stores)
        # with the stroke, so that no store whose name only begins alike is let in
        for store in self.stores:
            theirs |= Q(subject__startswith=f"{store}/")
        return found.filter(theirs)

    def concerns(self, stores: Iterable[str]) -> bool:
        """Whether some stores are among those that are seen."""
        return self.stores is None or not self.stores.isdisjoint(stores)


def _held(causes: Iterable[str]) -> Q:
    """Results that wait for one of some causes; each stands with its commas in `Result.held`."""
    found = Q(pk__in=())
    for cause in causes:
        found |= Q(held__contains=f",{cause},")
    return ~Q(state="excluded") & found


def places_of(run: Run) -> Mapping[str, str]:
    """Employee id → store of everybody in a run."""
    return dict(run.results.order_by().values_list("employee_id", "store"))
