"""The stores of a month as somebody sees them: whole ones by role, of others the people of a department they head."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from fairwrench.settlement.exact import half_up
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import OVERSEERS, PAYERS
from fairwrench.web.access.scope import HEADS, Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.run_reader import MonthMeans, Sums, means_before, stores_of

#: what of results is added up, by what sums call it: where a month heads for holds settled figures once there are any
ADDED = {"performance_pay": "heads_pay", "total": "total_pay", "score_sum": "heads_score"}
#: the numbers of sums, as `run_reader.sums_told` gives them
NUMBERS = ("people", "scored", *ADDED)


@dataclass(frozen=True)
class StoresSeen:
    """`whole`: the stores of which everybody is seen, None for all; of every other the people of departments headed."""

    user: User
    whole: frozenset[str] | None

    @classmethod
    def of(cls, user: User, *roles: str) -> StoresSeen:
        """What a user sees: whole stores by some roles, else by those that oversee results."""
        stores = Scope.of(user).stores(*(roles or OVERSEERS))
        return cls(user, None if stores is None else frozenset(stores))

    def pays(self, stores: Collection[str]) -> bool:
        """Whether what is paid in some stores is the user's to see."""
        paid = Scope.of(self.user).stores(*PAYERS)
        return paid is None or paid.issuperset(stores)

    def sees_whole(self, stores: Collection[str]) -> bool:
        """Whether everybody of some stores is seen."""
        return self.whole is None or self.whole.issuperset(stores)

    def metrics(self, *, scheme: Scheme, stores: Collection[str]) -> frozenset[str] | None:
        """The metrics of some stores that are seen: all (None), or those of the cards of departments headed."""
        if self.sees_whole(stores):
            return None
        cards = {each.scorecard for each in scheme.positions.values() if each.department in HEADS.values()}
        items = (item for key in cards if key in scheme.scorecards for item in scheme.scorecards[key].items)
        return frozenset(item.metric for item in items if item.metric)

    def sums(self, run: Run) -> dict[str, Sums]:
        """The sums of each store by its name, sorted: of everybody, or of those who are seen."""
        found = {name: each for name, each in stores_of(run).items() if self.whole is None or name in self.whole}
        return dict(sorted({**found, **_added(self._of_department(run.results.all()))}.items()))

    def means_before(self, *, months: int, stores: Collection[str]) -> Sequence[MonthMeans]:
        """The mean scores of some stores in the last published months, the earliest first, likewise."""
        whole = [store for store in stores if self.sees_whole([store])]
        found = means_before(months=months, stores=whole)
        if len(whole) == len(stores):
            return found
        cycles = Cycle.objects.filter(state=Cycle.State.PUBLISHED, run__isnull=False).order_by("-month")[:months]
        runs = dict(cycles.values_list("run", "month"))
        results = self._of_department(Result.objects.filter(run__in=list(runs), store__in=stores)).order_by()
        told: dict[str, dict[str, int | None]] = {month: dict(means) for month, means in found}
        rows = results.values_list("run", "store").annotate(added=Sum("score"), scored=Count("score"))
        for run, store, added, scored in rows:
            told.setdefault(runs[run], {})[store] = half_up(added, scored) if scored else None
        return sorted(told.items())

    def _of_department(self, results: QuerySet[Result]) -> QuerySet[Result]:
        """The results of departments headed in stores that are not seen as a whole."""
        if self.whole is None:
            return results.none()
        headed = Scope.of(self.user).headed(store="store", department="department")
        return results.filter(headed).exclude(store__in=self.whole)


def _added(results: QuerySet[Result]) -> Mapping[str, Sums]:
    """Store → the sums of some results of a run."""
    rows = results.order_by("store").values("store", "state", "heads_grade")
    counted = {"people": Count("pk"), "scored": Count("heads_score")}
    found: dict[str, dict[str, Any]] = {}
    for row in rows.annotate(**counted, **{name: Sum(field) for name, field in ADDED.items()}):
        sums = found.setdefault(row["store"], {"states": {}, "grades": {}, "held": {}} | dict.fromkeys(NUMBERS, 0))
        for name in NUMBERS:
            sums[name] += row[name] or 0
        for kind, value in (("states", row["state"]), ("grades", row["heads_grade"])):
            if value:
                sums[kind][value] = sums[kind].get(value, 0) + row["people"]
    for sums in found.values():
        sums["mean"] = half_up(sums["score_sum"], sums["scored"]) if sums["scored"] else None
    return found
