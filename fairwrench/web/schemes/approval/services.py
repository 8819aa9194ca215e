"""A version on its way into force (S1 ❺ 8): HR proposes it, a general manager approves it or sends it back.

Each step locks the version's row and counts it up by one. A decision names the revision that its page showed, so that
nobody approves a proposal that was changed meanwhile; a step that is pressed twice is done once.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.org.organisation import positions_ensure
from fairwrench.web.schemes import refusals, selectors
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.effective_dates import obstacles, settled_from
from fairwrench.web.schemes.models import SchemeVersion, VersionStep

State, What = SchemeVersion.State, VersionStep.What


@transaction.atomic
def version_propose(*, version: SchemeVersion, begins: Month, ground: str, by: User) -> SchemeVersion:
    """Ask for a draft to hold from a month on. It is not in force before somebody else approves it; but people may come
    to hold its positions from now on.

    Refused without a ground, when a month that it would change is settled, when an adopted version begins in that
    month, when its document is lost, or when somebody proposed, adopted or withdrew it meanwhile.
    """
    require(by, "schemes.change", about=GROUP)
    locked, ground = _locked(version), ground.strip()
    if locked.state == State.PROPOSED and _proposal(locked, str(begins), ground):
        return locked
    if locked.state != State.DRAFT:
        raise Refused([refusals.no_draft(locked)])
    if not ground:
        raise Refused([refusals.no_ground()])
    _unless_hindered(locked, begins)
    locked.begins = str(begins)
    proposed = _done(locked, What.PROPOSE, State.PROPOSED, by, ground)
    positions_ensure(codes=selectors.opened(str(version_path(version=proposed))).positions)
    return proposed


@transaction.atomic
def version_take_back(*, version: SchemeVersion, by: User) -> SchemeVersion:
    """Make a proposal a draft again before it is decided. Refused once it was approved."""
    require(by, "schemes.change", about=GROUP)
    locked = _locked(version)
    if locked.state == State.DRAFT:
        return locked
    if locked.state != State.PROPOSED:
        raise Refused([refusals.no_draft(locked)])
    return _done(locked, What.TAKE_BACK, State.DRAFT, by)


@transaction.atomic
def version_approve(*, version: SchemeVersion, seen: int, by: User) -> SchemeVersion:
    """Let a proposal hold from its month on, until a later version begins. `seen`: the revision that was looked at.

    Refused to whoever proposed it, when the proposal was changed or decided since, and for every reason for which it
    could not be proposed now.
    """
    require(by, "schemes.approve", about=GROUP)
    locked = _locked(version)
    if _pressed_again(locked, What.APPROVE, seen):
        return locked
    _unless_moved_on(locked, seen)
    if locked.steps.filter(what=What.PROPOSE).latest("id").by == by:
        raise Refused([refusals.own_proposal()])
    begins = Month.parse(locked.begins)
    _unless_hindered(locked, begins)
    try:
        with transaction.atomic():
            return _done(locked, What.APPROVE, State.ADOPTED, by)
    except IntegrityError:
        raise Refused([refusals.taken(begins)]) from None


@transaction.atomic
def version_send_back(*, version: SchemeVersion, seen: int, reason: str, by: User) -> SchemeVersion:
    """Make a proposal a draft again, with the reason. Refused without one, or when it was changed or decided since."""
    require(by, "schemes.approve", about=GROUP)
    locked, reason = _locked(version), reason.strip()
    if _pressed_again(locked, What.SEND_BACK, seen):
        return locked
    _unless_moved_on(locked, seen)
    if not reason:
        raise Refused([refusals.no_reason()])
    return _done(locked, What.SEND_BACK, State.DRAFT, by, reason)


@transaction.atomic
def version_withdraw(*, version: SchemeVersion, by: User) -> SchemeVersion:
    """Put away a draft, or an adopted version by which no month was settled; a proposal is taken back first."""
    require(by, "schemes.change", about=GROUP)
    locked = _locked(version)
    if locked.state == State.WITHDRAWN:
        return locked
    if locked.state == State.PROPOSED:
        raise Refused([refusals.no_draft(locked)])
    if locked.state == State.ADOPTED and (used := settled_from(begins=Month.parse(locked.begins))):
        raise Refused([refusals.used(locked, used)])
    return _done(locked, What.WITHDRAW, State.WITHDRAWN, by)


def _locked(version: SchemeVersion) -> SchemeVersion:
    return SchemeVersion.objects.select_for_update().get(pk=version.pk)


def _proposal(version: SchemeVersion, begins: str, ground: str) -> bool:
    """Whether a version waits with just this month and ground."""
    last = version.steps.latest("id")
    return (version.begins, last.note) == (begins, ground)


def _pressed_again(version: SchemeVersion, what: str, seen: int) -> bool:
    """Whether the last step is the decision asked for, taken on the very revision that was looked at."""
    last = version.steps.last()
    return last is not None and last.what == what and version.revision == seen + 1


def _unless_moved_on(version: SchemeVersion, seen: int) -> None:
    if version.state != State.PROPOSED or version.revision != seen:
        raise Refused([refusals.moved_on(version)])


def _unless_hindered(version: SchemeVersion, begins: Month) -> None:
    if found := obstacles(version=version, begins=begins):
        raise Refused(found)


def _done(version: SchemeVersion, what: str, state: str, by: User, note: str = "") -> SchemeVersion:
    """The step, written down; the month goes where the version neither waits nor holds any more."""
    version.steps.create(what=what, by=by, begins=version.begins, note=note)
    version.state, version.revision = state, version.revision + 1
    if state in (State.DRAFT, State.WITHDRAWN):
        version.begins = ""
    version.save()
    return version
