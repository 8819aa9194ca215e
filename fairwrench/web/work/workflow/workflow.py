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
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, require
from fairwrench.web.access.targets import GROUP, Target
from fairwrench.web.ui.words import Words

R = TypeVar("R", bound=models.Model)


@dataclass(frozen=True)
class Doing:
    """One step under way: who does it, what they say to it, what was worked out for it before the row was locked."""

    by: User
    note: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def _group(_record: Any) -> Target:
    return GROUP


def _theirs(_record: Any, _user: User) -> Problem | None:
    return None


def _nothing(_record: Any, _doing: Doing) -> None:
    return None


@dataclass(frozen=True)
class Guard(Generic[R]):
    """Why a step is not taken now: `says` in words, for the documentation; the problems of a record and of a step."""

    says: Words
    problems: Callable[[R, Doing], Iterable[Problem]]


@dataclass(frozen=True)
class Act(Generic[R]):
    """One line of a table: from which states an act leads to which, whose it is, what hinders it, what it does besides.

    It takes `permission` about what `about` says of the record; `denied` tells why it is not this person's all the same
    (four eyes, one's own month), `denied_says` in words. `effect` changes the record beside its state in the same
    transaction, and is saved with it.
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


@dataclass(frozen=True)
class Workflow(Generic[R]):
    """A table of acts on one kind of record with a `state`; a record with a `version` has it counted up by each act.

    `done` writes down who did what; `moved_on` and `not_now` are what is said of a record that somebody acted on since,
    and of one in another state.
    """

    name: str
    words: Words
    model: type[R]
    states: type[models.TextChoices]
    acts: tuple[Act[R], ...]
    not_now: Callable[[R], Problem]
    moved_on: Callable[[R], Problem]
    done: Callable[[R, Act[R], Doing], None] = lambda _record, _act, _doing: None

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

    def act(self, *, record: R, name: str, by: User, note: str = "", seen: int | None = None, **given: Any) -> R:
        """Do an act on a record; the record as it is after that. `seen` is its version when it was looked at, `given`
        what was worked out for the act's effect.

        PermissionDenied unless it is theirs to do; Refused with all reasons of the first guard that has any. Of two who
        act at once, the first does.
        """
        act, doing = self.named(name), Doing(by, note.strip(), given)
        self._require(act, record, by)
        with transaction.atomic():
            locked: Any = self.model._default_manager.select_for_update().get(pk=record.pk)
            if seen is not None and locked.version != seen:
                raise Refused([self.moved_on(locked)])
            if locked.state not in act.froms:
                raise Refused([self.not_now(locked)])
            for guard in act.guards:
                if problems := [*guard.problems(locked, doing)]:
                    raise Refused(problems)
            locked.state = act.to
            if hasattr(locked, "version"):
                locked.version += 1
            act.effect(locked, doing)
            locked.save()
            self.done(locked, act, doing)
        acted: R = locked
        return acted

    def _allowed(self, act: Act[R], record: R, user: User) -> bool:
        held = not act.permission or may(user, act.permission, about=act.about(record))
        return held and act.denied(record, user) is None

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
