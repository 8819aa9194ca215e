"""Workflows as tables: what may be done with a record in which state, by whom, why not now, and what follows.

One way does every step of every table: it locks the row, compares the version that was seen, asks whether the step is
this person's to do, asks the guards, changes the state and writes down what was done. Buttons, the next step and the
documentation are read off the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.doing import done_as
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, require
from fairwrench.web.access.targets import GROUP, Target
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.ui.words import Words, of
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.models import Step

R = TypeVar("R", bound=models.Model)


@dataclass(frozen=True)
class Doing:
    """One step under way: who does it, what they say to it, what was worked out for it before the row was locked."""

    by: User
    note: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def _group(_record: Any) -> Target:
    return GROUP


def _alone(_record: Any) -> None:
    return None


def _theirs(_record: Any, _user: User) -> Problem | None:
    return None


def _nothing(_record: Any, _doing: Doing) -> None:
    return None


def _nobody(_record: Any, _doing: Doing) -> tuple[Message, ...]:
    return ()


def _about_nothing(_record: Any, _doing: Doing) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Guard(Generic[R]):
    """Why a step is not taken now: `says` in words, for the documentation; the problems of a record and of a step."""

    says: Words
    problems: Callable[[R, Doing], Iterable[Problem]]
    #: whether it is known before the act is pressed (four eyes, days to wait), so that it is not offered meanwhile
    of_person: bool = False


@dataclass(frozen=True)
class Act(Generic[R]):
    """One line of a table: from which states an act leads to which, whose it is, what hinders it, what it does besides.

    It takes `permission` about what `about` says of the record; `denied` tells why it is not this person's all the same
    (four eyes, one's own month), `denied_says` in words. `effect` changes the record beside its state in the same
    transaction, and is saved with it. Without `to` the state stays. What is done `in_background` is begun by its own
    service and written down by `Workflow.write`; `act` does not do it. `tells`: who hears of it, and what. On pages
    it is a `button` (its words unless told otherwise) with an icon; `asks` asks for the word that it takes.
    """

    name: str
    words: Words
    froms: tuple[str, ...]
    to: str
    permission: str = ""
    about: Callable[[R], Target] = _group
    denied: Callable[[R, User], Problem | None] = _theirs
    denied_says: Words = ""
    guards: tuple[Guard[R], ...] = ()
    effect: Callable[[R, Doing], None] = _nothing
    in_background: bool = False
    button: Words = ""
    asks: Words = ""
    icon: str = "check"
    #: a way out and no step ahead, so that its button stays in the background
    quiet: bool = False
    tells: Callable[[R, Doing], Iterable[Message]] = _nobody


@dataclass(frozen=True)
class Workflow(Generic[R]):
    """A table of acts on one kind of record with a `state`. The field `counter` of a record that has it is counted up
    by each act. Every step is written down as a `Step`, with what `about` says that it was about.

    `moved_on` and `not_now` are what is said of a record that somebody acted on since, and of one in another state.
    `holds` locks what is locked before the record wherever both are, so that two who act at once never wait for each
    other.
    """

    name: str
    words: Words
    model: type[R]
    states: type[models.TextChoices]
    acts: tuple[Act[R], ...]
    not_now: Callable[[R], Problem]
    moved_on: Callable[[R], Problem]
    about: Callable[[R, Doing], dict[str, Any]] = _about_nothing
    holds: Callable[[R], None] = _alone
    counter: str = "version"
    #: the states on the straight way, for the stepper
    way: tuple[str, ...] = ()

    def named(self, name: str) -> Act[R]:
        """The act of a name; KeyError for none."""
        return self.by_name[name]

    @property
    def by_name(self) -> Mapping[str, Act[R]]:
        """Every act by its name."""
        return {act.name: act for act in self.acts}

    def hindrance(self, *, record: R, name: str, user: User) -> Problem | None:
        """Why an act is not this person's to do, None where it is; whatever a guard says when it is done."""
        return self.named(name).denied(record, user)

    def offered(self, *, record: R, user: User) -> list[Act[R]]:
        """What a user may do with a record as it is, whatever a guard says when it is done."""
        state = str(getattr(record, "state", ""))
        return [act for act in self.acts if state in act.froms and self._allowed(act, record, user)]

    def stepper(self, record: R) -> list[tuple[str, str]]:
        """The states of the straight way in words, each `done`, `now` or `ahead`; empty for a record beside the way."""
        state = str(getattr(record, "state", ""))
        if state not in self.way:
            return []
        at = self.way.index(state)
        places = ("done" if each < at else "now" if each == at else "ahead" for each in range(len(self.way)))
        return [(str(self.states(name).label), place) for name, place in zip(self.way, places, strict=True)]

    def act(self, *, record: R, name: str, by: User, note: str = "", seen: int | None = None, **given: Any) -> R:
        """Do an act on a record; the record as it is after that. `seen` is its count when it was looked at, `given`
        what was worked out for the act's effect.

        PermissionDenied unless it is theirs to do; Refused with all reasons of the first guard that has any. Of two who
        act at once, the first does; what one person presses twice is done once.
        """
        act, doing = self.named(name), Doing(by, bare_text(note), given)
        if act.in_background:
            raise ValueError(f"{name} is done in the background")
        # before the row is locked: who may not act holds nobody up
        self._require(act, record, by)
        with transaction.atomic():
            self.holds(record)
            locked: Any = self.model._default_manager.select_for_update().get(pk=record.pk)
            # before the counts are compared, as the first press has moved it
            if self._pressed_again(locked, act, doing, seen):
                acted: R = locked
                return acted
            if seen is not None and getattr(locked, self.counter) != seen:
                raise Refused([self.moved_on(locked)])
            if locked.state not in act.froms:
                raise Refused([self.not_now(locked)])
            for guard in act.guards:
                if problems := [*guard.problems(locked, doing)]:
                    raise Refused(problems)
            before, about = str(locked.state), self.about(locked, doing)
            # before the effect, which may tell the outbox what the new state means (a correction that counts)
            locked.state = act.to or locked.state
            if hasattr(locked, self.counter):
                setattr(locked, self.counter, getattr(locked, self.counter) + 1)
            act.effect(locked, doing)
            with done_as(by=by, words=act.words):
                locked.save()
            self.write(record=locked, act=name, by=by, note=doing.note, before=before, **about)
            # in the same transaction: what was rolled back is told to nobody
            messages_send(act.tells(locked, doing), besides=by)
        acted = locked
        return acted

    def held(self, record: R, **values: Any) -> R:
        """A record after an act that brought values, where it has them; Refused where it has others: what a second tab
        sent of the same count is the act pressed twice to `act`, which knows no values."""
        if any(getattr(record, name) != value for name, value in values.items()):
            raise Refused([self.moved_on(record)])
        return record

    def write(self, *, record: R, act: str, by: User | None, note: str = "", before: str = "", **about: Any) -> Step:
        """Write a step down that was done; `act` does so by itself."""
        return Step.objects.create(
            workflow=self.name,
            record=record.pk,
            act=act,
            before=before,
            after=str(getattr(record, "state", "")),
            by=by,
            note=note,
            version=getattr(record, self.counter, 0),
            about=about,
        )

    def steps(self, record: R) -> models.QuerySet[Step]:
        """What was done with a record, the first first."""
        return Step.objects.filter(workflow=self.name, record=record.pk)

    def history(self, records: Iterable[R]) -> dict[int, list[Step]]:
        """The steps of some records by their keys, each with its words and who took it; one query."""
        found: dict[int, list[Step]] = {record.pk: [] for record in records}
        for step in Step.objects.filter(workflow=self.name, record__in=list(found)).select_related("by__employee"):
            step.words = of(self.by_name[step.act].words) if step.act in self.by_name else step.act
            found[step.record].append(step)
        return found

    def _pressed_again(self, record: Any, act: Act[R], doing: Doing, seen: int | None) -> bool:
        """Whether the last step is this very one, taken by this person on the record as it was looked at, with the same
        words and values: what a second tab sent of the same count is another, and is not lost in silence."""
        if seen is None or getattr(record, self.counter) != seen + 1:
            return False
        last = self.steps(record).last()
        done = last is not None and (last.act, last.by_id, last.version) == (act.name, doing.by.pk, seen + 1)
        same = last is not None and last.note == doing.note
        return done and same and all(getattr(record, name, value) == value for name, value in doing.given.items())

    def _allowed(self, act: Act[R], record: R, user: User) -> bool:
        held = not act.permission or may(user, act.permission, about=act.about(record))
        if not held or act.denied(record, user) is not None:
            return False
        own = (guard for guard in act.guards if guard.of_person)
        return not any(problem for guard in own for problem in guard.problems(record, Doing(user)))

    def _require(self, act: Act[R], record: R, by: User) -> None:
        if act.permission:
            require(by, act.permission, about=act.about(record))
        if problem := act.denied(record, by):
            raise PermissionDenied(problem.code)


def off_roster() -> Problem:
    """Why somebody without an employee decides nothing: evidence names who decided by employee id."""
    zh = "审批人须在花名册上：请把账号与员工关联"
    en = "who decides must be on the roster: connect the account to an employee"
    return Problem("no_employee", zh, en)


def with_note(problem: Problem) -> Guard[Any]:
    """A guard: the step is not taken without a word of why; `problem` asks for it."""

    def missing(_record: Any, doing: Doing) -> list[Problem]:
        return [] if doing.note else [problem]

    return Guard(("没有写明原因", "no reason is given"), missing)
