"""What there is to aim at in a store and a month, what was aimed at so far, and where each target comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from fairwrench.closing.folder.target_rows import TARGETS
from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Item, Metric, Scheme
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import HEADS, Scope
from fairwrench.web.access.targets import OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.authority import Way, ways
from fairwrench.web.settlements.contradictions import last_choices
from fairwrench.web.settlements.models import Choice, Result, Run, Target
from fairwrench.web.settlements.ratings.rating import run_to_rate
from fairwrench.web.settlements.selectors import OWN, names_of
from fairwrench.web.settlements.targets.filed_targets import GROUP, Filed, Key, targets_filed
from fairwrench.web.settlements.targets.target_words import subject_words, typed_as, unit_shown, value_shown
from fairwrench.web.ui.words import pick

#: where the whole group is chosen in the place of a store, as its evidence is placed
EVERYWHERE = "*"
PAGE, FILE, SCHEME = "page", "file", "scheme"


@dataclass(frozen=True)
class Aim:
    """A target that counts: of which subject, and whence (`origin`); of a file or the page also from whom and when."""

    value: Decimal
    origin: str
    subject: str = ""
    file: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Said:
    """What was aimed at in a month, on the page and by files."""

    given: Mapping[Key, Target]
    filed: Mapping[Key, Sequence[Filed]]

    @classmethod
    def of(cls, cycle: Cycle, scheme: Scheme) -> Said:
        """Of one month, of everybody."""
        given = Target.objects.filter(month=cycle.month).select_related("by__employee")
        return cls({(each.subject, each.metric): each for each in given}, targets_filed(month=cycle.at, scheme=scheme))

    def stands(self, key: Key) -> Target | None:
        """The page's word, unless it was taken back."""
        given = self.given.get(key)
        return given if given is not None and given.withdrawn_at is None else None

    def own(self, key: Key) -> Aim | None:
        """What counts of the subject's own: the page's word, or a file's that came after it or without it."""
        given, filed = self.stands(key), next(iter(self.filed.get(key, ())), None)
        # of page and file the later word counts, as of two files
        if given is not None and (filed is None or filed.at <= given.set_at):
            return Aim(given.value, PAGE, key[0], by=str(given.by or "—"), at=given.set_at)
        return None if filed is None else Aim(filed.value, FILE, key[0], filed.file, filed.by or "—", filed.at)


@dataclass(frozen=True)
class TargetAsked:
    """A metric that somebody is measured by: `counts` where points or pay cannot be worked out without a target,
    `item` of the card that asks (None: only pay does), and whose targets are taken where there is none of one's own."""

    metric: str
    counts: bool
    item: Item | None = None
    above: tuple[str, ...] = ()

    @property
    def constant(self) -> Decimal | None:
        """The target that the scheme itself gives."""
        return self.item.target if self.item else None

    @property
    def due(self) -> bool:
        """Whether somebody has to give the target, as it counts and the scheme gives none."""
        return self.counts and self.constant is None


@dataclass(frozen=True)
class Cell:
    """One subject's target of one metric: what was given on the page, what counts, and what did the month before."""

    subject: str
    called: str
    asked: TargetAsked
    names: Names
    given: Target | None
    withdrawn: Target | None
    filed: Sequence[Filed]
    aim: Aim | None
    before: Aim | None
    choice: Choice | None
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def metric(self) -> Metric:
        """What is measured."""
        return self.names.scheme.metrics[self.asked.metric]

    @property
    def key(self) -> Key:
        """Subject and metric."""
        return self.subject, self.asked.metric

    @property
    def name(self) -> str:
        """What the metric is called."""
        return self.names.metric(self.asked.metric)

    @property
    def unit(self) -> str:
        """The unit in which it is typed; empty for plain numbers."""
        return unit_shown(self.metric, self.names)

    @property
    def name_of_field(self) -> str:
        """What the cell's input is called."""
        return f"{self.subject}|{self.asked.metric}"

    @property
    def seen(self) -> str:
        """What stands there now, as the form tells it back: who changes a cell says what they saw in it."""
        return typed_as(self.given.value, self.metric) if self.given else ""

    @property
    def shown(self) -> str:
        """The target as typed, else as given here."""
        return self.typed.get(self.name_of_field, self.seen)

    @property
    def empty(self) -> bool:
        """Whether neither the page nor a file gave one."""
        return self.given is None and not self.filed

    @property
    def said(self) -> bool:
        """Whether there is anything to tell that somebody gave, now or the month before."""
        return not self.empty or self.before is not None or self.withdrawn is not None

    @property
    def value(self) -> str:
        """The value that counts, in words; empty for none."""
        return value_shown(self.aim.value, self.asked.metric, self.names) if self.aim else ""

    @property
    def whence(self) -> str:
        """Where the value that counts comes from."""
        if self.aim is None:
            return ""
        if self.aim.origin == SCHEME:
            return pick("制度规定", "the scheme’s")
        if self.aim.subject != self.subject:
            above = subject_words(self.aim.subject, self.names)
            return pick(f"沿用“{above}”的", f"that of {above}")
        at = f"{timezone.localtime(self.aim.at):%m-%d %H:%M}" if self.aim.at else ""
        if self.aim.origin == FILE:
            return pick(f"文件 {self.aim.file}，{self.aim.by} {at} 交", f"file {self.aim.file}, by {self.aim.by} {at}")
        return pick(f"页面填写，{self.aim.by} {at}", f"entered here by {self.aim.by} {at}")

    @property
    def before_shown(self) -> str:
        """What counted of the subject's own in the month before, in words; empty for none."""
        return value_shown(self.before.value, self.asked.metric, self.names) if self.before else ""

    @property
    def withdrawn_shown(self) -> str:
        """What was taken back and not given anew, in words; empty for none."""
        return value_shown(self.withdrawn.value, self.asked.metric, self.names) if self.withdrawn else ""


@dataclass(frozen=True)
class Subject:
    """Somebody or something with targets: what is asked of it; of somebody also their result and position."""

    key: str
    called: str
    asked: tuple[TargetAsked, ...]
    person: Result | None = None
    position: str = ""


@dataclass(frozen=True)
class Row:
    """A subject with the cells that are shown of it."""

    subject: Subject
    cells: list[Cell]


def stores_aimed(*, run: Run, user: User) -> list[str]:
    """The stores whose targets a user may look at; the group last, for those who oversee all of it."""
    stores, some = Scope.of(user).stores(*OVERSEERS), Scope.of(user).stores(*OVERSEERS, *HEADS)
    there = run.results.order_by("store").values_list("store", flat=True).distinct()
    seen = [store for store in there if store and (some is None or store in some)]
    return [*seen, EVERYWHERE] if stores is None else seen


def by_file_alone(*, cycle: Cycle, store: str) -> bool:
    """Whether the targets of a store come by file alone in a month, so that none is entered."""
    return ways(source=TARGETS, month=cycle.month)(store) == Way.FILES


def cells_of(*, cycle: Cycle, store: str, user: User, typed: Mapping[str, str] | None = None) -> list[Cell]:
    """Every target that somebody or something in a store may have in a month, or the group with `*`; PermissionDenied
    unless the store's are the user's to look at. `typed` is what a form holds that could not be kept."""
    return [cell for _, cells in _filled(cycle, store, user, typed or {}) for cell in cells]


def rows_of(*, cycle: Cycle, store: str, user: User, every: bool, typed: Mapping[str, str] | None = None) -> list[Row]:
    """The same by subject. Unless `every`, what waits for nobody is left out: metrics whose target changes nothing, or
    stands in the scheme, and for which nothing was ever given."""
    found = [
        Row(subject, [cell for cell in cells if every or cell.asked.due or cell.said])
        for subject, cells in _filled(cycle, store, user, typed or {})
    ]
    return [row for row in found if row.cells]


def aims_of(*, month: Month, people: Iterable[Result], names: Names) -> Mapping[str, Mapping[str, Aim]]:
    """Employee id → metric → the target that counts for people in a month; `people` are places of work, which need not
    be of a run or saved, so that a month that is not begun can be asked, too."""
    # never saved: only its month is asked
    said = Said.of(Cycle(month=str(month)), names.scheme)
    filling, found = _Filling(names, said, said, {}, {}), dict[str, Mapping[str, Aim]]()
    for each in people:
        subject = _person(each, names)
        aims = ((asked.metric, filling.aim(subject, asked)) for asked in subject.asked)
        found[each.employee_id] = {metric: aim for metric, aim in aims if aim}
    return found


def _filled(cycle: Cycle, store: str, user: User, typed: Mapping[str, str]) -> Iterable[tuple[Subject, list[Cell]]]:
    require(user, "targets.view", about=OfStore(store))
    run = run_to_rate(month=cycle.month)
    if run is None:
        return []
    names = names_of(run=run)
    # never saved: only its month is asked
    now, last = Said.of(cycle, names.scheme), Said.of(Cycle(month=str(cycle.at.plus(-1))), names.scheme)
    choices = last_choices(source=TARGETS, records=[each.pk for each in now.given.values()])
    filling = _Filling(names, now, last, choices, typed)
    return [(subject, filling.cells(subject)) for subject in _subjects(run, store, names, user)]


@dataclass(frozen=True)
class _Filling:
    """What cells are filled from."""

    names: Names
    now: Said
    last: Said
    choices: Mapping[int, Choice]
    typed: Mapping[str, str]

    def cells(self, subject: Subject) -> list[Cell]:
        """The cells of a subject, in the order of its card."""
        return [self._cell(subject, asked) for asked in subject.asked]

    def _cell(self, subject: Subject, asked: TargetAsked) -> Cell:
        key, given = (subject.key, asked.metric), self.now.given.get((subject.key, asked.metric))
        told: dict[str, Any] = {"given": self.now.stands(key), "filed": self.now.filed.get(key, ())}
        return Cell(
            subject=subject.key,
            called=subject.called,
            asked=asked,
            names=self.names,
            **told,
            withdrawn=given if given and given.withdrawn_at else None,
            aim=self.aim(subject, asked),
            before=self.last.own(key),
            choice=self.choices.get(given.pk) if given else None,
            typed=self.typed,
        )

    def aim(self, subject: Subject, asked: TargetAsked) -> Aim | None:
        """What counts, sought where settling seeks it (`score.score`): one's own, the units above, the scheme."""
        found = (self.now.own((each, asked.metric)) for each in (subject.key, *asked.above))
        said = next((aim for aim in found if aim), None)
        return said or (None if asked.constant is None else Aim(asked.constant, SCHEME))


def _subjects(run: Run, store: str, names: Names, user: User) -> list[Subject]:
    """The store, its departments and its people, by position, as far as the user sees them; or the group alone."""
    people = run.results.exclude(state="excluded").defer(*OWN).order_by("position", "employee_id")
    if store == EVERYWHERE:
        # without the ordering, whose columns would make every person a row of its own
        every = list(people.order_by().values_list("scorecard", "position").distinct())
        return _with_any([_unit(GROUP, "group", every, names)])
    overseen, here = Scope.of(user).stores(*OVERSEERS), people.filter(store=store)
    if overseen is not None and store not in overseen:
        here = here.filter(Scope.of(user).headed(store="store", department="department"))
    cards = [(each.scorecard, each.position) for each in here]
    found = [_unit(store, "store", cards, names)]
    for department in sorted({each.department for each in here} - {""}):
        theirs = [(each.scorecard, each.position) for each in here if each.department == department]
        found.append(_unit(f"{store}/{department}", "department", theirs, names))
    found += [_person(each, names) for each in here]
    return _with_any(found)


def _with_any(found: list[Subject]) -> list[Subject]:
    return [each for each in found if each.asked]


def _person(result: Result, names: Names) -> Subject:
    scheme, department = names.scheme, f"{result.store}/{result.department}"
    units = {"department": department, "store": result.store, "group": GROUP}
    asked = dict[str, TargetAsked]()
    for item in _items(scheme, result.scorecard):
        # a rate of the store is a fair aim for its people; an amount of the whole store is no single person's
        ratio = scheme.metrics[item.metric or ""].denominator is not None
        above = [units[item.of]] if item.of in units else []
        # not the group's: settling takes a rate of the department or store, and the group's only for items of it
        above += [department, result.store] if ratio else []
        needs = item.curve is not None and item.curve.needs_target
        asked[item.metric or ""] = TargetAsked(item.metric or "", needs, item, tuple(dict.fromkeys(above)))
    for metric in _paid_by(scheme, [result.position], "person"):
        asked[metric] = replace(asked.get(metric, TargetAsked(metric, True)), counts=True)
    called = f"{result.name} {result.employee_id}"
    return Subject(result.employee_id, called, tuple(asked.values()), result, names.position(result.position))


def _unit(subject: str, level: str, cards: Sequence[tuple[str, str]], names: Names) -> Subject:
    """A store, a department or the group: what is measured of it, and what its people take where they have none.

    A store and the group may have a target of everything, against which their figures are shown; of a department it
    has to count for somebody. It is due where the unit itself is measured.
    """
    scheme, asked = names.scheme, dict[str, TargetAsked]()
    for item in (item for card in dict.fromkeys(card for card, _ in cards) for item in _items(scheme, card)):
        metric = item.metric or ""
        ratio = scheme.metrics[metric].denominator is not None
        taken = item.of == level or (ratio and level != "group")
        needs = item.of == level and item.curve is not None and item.curve.needs_target
        constant = item if level != "department" and (ratio or item.of in ("store", "group")) else None
        # a card that needs the target wins over one that does not
        if (taken or level != "department") and not (metric in asked and asked[metric].counts):
            asked[metric] = TargetAsked(metric, needs, constant)
    for metric in _paid_by(scheme, [position for _, position in cards], level):
        asked[metric] = replace(asked.get(metric, TargetAsked(metric, True)), counts=True)
    return Subject(subject, subject_words(subject, names), tuple(asked.values()))


def _items(scheme: Scheme, scorecard: str) -> list[Item]:
    card = scheme.scorecards.get(scorecard)
    return [item for item in card.items if item.metric in scheme.metrics] if card else []


def _paid_by(scheme: Scheme, positions: Iterable[str], level: str) -> list[str]:
    """The metrics whose attainment pay is worked out from at a level: by commission plans, and by pools for stores."""
    plans = [plan for position, plan in scheme.pay.commission.items() if position in {*positions}]
    factors = [factor for plan in plans for factor in plan.factors if factor.attainment and factor.of == level]
    gates = [pool.draw.gate_metric for pool in scheme.pools.values() if level == "store"]
    return [metric for metric in dict.fromkeys([*(f.attainment for f in factors), *gates]) if metric]
