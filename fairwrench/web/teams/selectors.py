"""The teams of a month that concern somebody, what waits to be confirmed of them, and whom one may do it for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.source.team_names import team_name
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import FOLLOWERS, HR
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import open_month, scheme_at, store_names
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment
from fairwrench.web.settlements.selectors import run_of_month
from fairwrench.web.teams.standing import Standing, TeamKey, sets_of

#: months before this one whose shares are carried over and tell who belongs to a team
BEFORE = 3


@dataclass(frozen=True)
class Team:
    """A team of a month. `sets`: its shares in it, by day; `earlier`: the newest of an earlier month; `unshared`: the
    run that is shown knew work of it that no shares split."""

    store: str
    name: str
    sets: Sequence[Standing] = ()
    earlier: Standing | None = None
    unshared: bool = False
    #: the run looked when the month was over, and knew no such work
    idle: bool = False
    confirms: bool = False

    @property
    def before(self) -> Standing | None:
        """The newest shares of an earlier month, while it has none in this one."""
        return None if self.sets else self.earlier

    def held_at(self, begin: date) -> Standing | None:
        """The shares that one goes by on a day: the newest that hold by then, else those of an earlier month."""
        by_then = [each for each in self.sets if each.begin <= begin]
        return by_then[-1] if by_then else self.earlier

    @property
    def members(self) -> frozenset[str]:
        """Employee ids of everybody known to belong to it."""
        known = [*self.sets, *([self.before] if self.before else [])]
        return frozenset(who for each in known for who in each.parts)

    @property
    def pending(self) -> bool:
        """Whether somebody has to confirm its shares, or to confirm others; not where there was nothing to share."""
        return self.unshared or not (self.idle or (self.sets and all(each.whole for each in self.sets)))


@dataclass
class Known:
    """What a run told of teams: those with work that no shares split, and when it looked."""

    unshared: frozenset[TeamKey] = frozenset()
    made_at: datetime | None = None
    stores: Sequence[str] = field(default_factory=list)


def cycle_at(*, month: Month) -> Cycle | None:
    """A month on its way, None where it was not begun."""
    return Cycle.objects.filter(month=str(month)).first()


def takes_shares(*, month: Month, cycle: Cycle | None) -> bool:
    """Whether shares of a month may be confirmed: its figures are neither settled nor published, nor does it lie
    ahead."""
    if cycle is None:
        return open_month() <= month <= Month.of(today())
    return (cycle.state, cycle.figures_state) == (Cycle.State.OPEN, Cycle.State.OPEN)


def teams_of(*, month: Month, cycle: Cycle | None) -> list[Team]:
    """Every team of a month: named by shares of it or of those before, or by work that no shares split."""
    known = _known(cycle)
    sets: dict[TeamKey, list[Standing]] = defaultdict(list)
    earlier: dict[TeamKey, Standing] = {}
    for each in sets_of(months=[month.plus(-back) for back in range(BEFORE, -1, -1)]):
        if each.month == str(month):
            sets[each.store, each.team].append(each)
        else:
            # by month and day: the newest stays
            earlier[each.store, each.team] = each
    looked = known.made_at is not None and timezone.localtime(known.made_at).date() > month.last
    return [
        Team(
            *key,
            sets=tuple(sets.get(key, ())),
            earlier=earlier.get(key),
            unshared=key in known.unshared and not _since(sets.get(key, ()), known.made_at),
            idle=looked and key not in known.unshared,
        )
        for key in sorted({*sets, *earlier, *known.unshared})
    ]


def _since(sets: Iterable[Standing], made_at: datetime | None) -> bool:
    """Whether shares were confirmed after a run looked, which therefore knows nothing of them."""
    return any(each.row and made_at and each.row.at > made_at for each in sets)


def _known(cycle: Cycle | None) -> Known:
    run = run_of_month(cycle=cycle) if cycle else None
    if run is None:
        return Known()
    told = [each for each in run.problems if each["code"] == "team_unshared"]
    if not told:
        return Known(made_at=run.made_at)
    named = [text for each in told for text in each["details"].get("about", "").split(", ")]
    # a store's name may hold blanks, a team's Chinese name does not
    places = sorted(store_names(), key=len, reverse=True)
    found = [(store, text) for text in named if (store := next((s for s in places if text.startswith(f"{s} ")), ""))]
    return Known(frozenset((store, team_name(text.removeprefix(f"{store} "))) for store, text in found), run.made_at)


def teams_seen(*, user: User, month: Month, cycle: Cycle | None) -> list[Team]:
    """The teams of a month in the stores that a user oversees, and those that have members whom the user leads; with
    whether the user may confirm their shares."""
    stores, found = Scope.of(user).stores(*FOLLOWERS), []
    reach = Reach.of(user)
    for team in teams_of(month=month, cycle=cycle):
        confirms = reach.confirms(team.store, team.members)
        if confirms or stores is None or team.store in stores:
            found.append(Team(**{**vars(team), "confirms": confirms}))
    return found


@dataclass(frozen=True)
class Reach:
    """Whose shares a user confirms: as HR in some stores (None: all), and as who leads people, who work in `places`."""

    hr: frozenset[str] | None
    led: frozenset[str]
    places: frozenset[str]

    @classmethod
    def of(cls, user: User) -> Reach:
        """The reach of a user today."""
        scope = Scope.of(user)
        return cls._over(scope, scope.led | scope.led_next)

    @classmethod
    def by_right(cls, user: User) -> Reach:
        """What of it is the user's in nobody else's place."""
        scope = Scope.of(user)
        return cls._over(scope, scope.led_by_right)

    @classmethod
    def _over(cls, scope: Scope, led: frozenset[str]) -> Reach:
        # HR is handed on to nobody (`scope.HANDED_OVER`)
        hr = scope.stores(HR)
        return cls(None if hr is None else frozenset(hr), led, _stores_of(scope, led) if led else frozenset())

    def confirms(self, store: str, members: Collection[str]) -> bool:
        """Whether the shares of a team with some members are theirs to confirm; of one without any, in a store where
        those led work."""
        if self.hr is None or store in self.hr:
            return True
        return store in self.places and (not members or not self.led.isdisjoint(members))

    def stores(self) -> list[str]:
        """The stores in which the user confirms shares of teams, by name."""
        return store_names() if self.hr is None else sorted(self.hr | self.places)


def stores_led(*, user: User) -> frozenset[str]:
    """The stores in which those work whom a user leads, directly or over one."""
    scope = Scope.of(user)
    return _stores_of(scope, scope.led | scope.led_next)


def _stores_of(scope: Scope, people: Collection[str]) -> frozenset[str]:
    held = current(day=scope.day).filter(employee__employee_id__in=people).order_by()
    return frozenset(held.values_list("store__name", flat=True).distinct())


def own_sets(*, user: User, month: Month) -> list[Standing]:
    """The sets of a month in which the user has a share."""
    mine = Scope.of(user).own
    return [each for each in sets_of(months=[month]) if not mine.isdisjoint(each.parts)]


def waiting_of(*, user: User, month: Month, cycle: Cycle | None) -> list[Team]:
    """The teams whose shares wait for the user: work came that no shares split, or the month is over since a working
    day."""
    if not takes_shares(month=month, cycle=cycle):
        return []
    teams = [team for team in teams_seen(user=user, month=month, cycle=cycle) if team.confirms and team.pending]
    if not teams:
        return []
    due = today() >= _first_working_day_after(month)
    return [team for team in teams if team.unshared or due]


def confirmed_by(*, month: Month) -> datetime:
    """By when (local time) the shares of a month are to be confirmed: at the hour of deadlines on that day."""
    due = time.fromisoformat(scheme_at(month=month).cycle.due_time)
    return datetime.combine(_first_working_day_after(month), due)


def _first_working_day_after(month: Month) -> date:
    return WorkCalendar.of(scheme_at(month=month).cycle).next_working(month.last + timedelta(days=1))


def assignments_of(*, members: Collection[str]) -> list[Assignment]:
    """Every assignment of some people, with who they are and where it is."""
    held = Assignment.objects.filter(employee__employee_id__in=members)
    return list(held.select_related("employee", "store"))


def days_there(rows: Iterable[Assignment], *, store: str, first: date, last: date) -> Mapping[str, tuple[date, date]]:
    """Of the people of some assignments, those who work in a store on any day between two: the first and last day of
    it, within them."""
    found: dict[str, tuple[date, date]] = {}
    for row in (row for row in rows if row.store.name == store):
        begins = [day for day in (row.begin, row.hired_on or row.employee.hired_on) if day]
        ends = [day for day in (row.end, row.left_on, row.employee.left_on) if day]
        there = max([first, *begins]), min([last, *ends])
        if there[0] <= there[1]:
            who = row.employee.employee_id
            held = found.get(who, there)
            found[who] = min(held[0], there[0]), max(held[1], there[1])
    return found
