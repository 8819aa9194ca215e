"""A version on its way into force: the acts of `workflow.VERSIONS`, in the words of the pages.

A decision names the revision that its page showed, so that nobody approves a proposal that was changed meanwhile; what
is asked for and is so already is left as it is.
"""

from __future__ import annotations

from django.db import IntegrityError

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes import refusals
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.models import SchemeVersion

State = SchemeVersion.State


def version_propose(*, version: SchemeVersion, begins: Month, ground: str, by: User) -> SchemeVersion:
    """Ask for a draft to hold from a month on.

    Refused without a ground, when a month that it would change is settled, when an adopted version begins in that
    month, when its document is lost, or when somebody proposed, adopted or withdrew it meanwhile.
    """
    require(by, "schemes.change", about=GROUP)
    now = SchemeVersion.objects.get(pk=version.pk)
    # asked for as it stands, by whoever: the same month and ground again are no new proposal
    if now.state == State.PROPOSED and now.begins == str(begins):
        last = VERSIONS.steps(now).last()
        if last is not None and last.note == ground.strip():
            return now
    return VERSIONS.act(record=version, name="propose", by=by, note=ground, begins=str(begins))


def version_take_back(*, version: SchemeVersion, by: User, seen: int | None = None) -> SchemeVersion:
    """Make a proposal a draft again before it is decided. Refused once it was approved, or changed since `seen`."""
    return _unless_so(version, "take_back", State.DRAFT, by, seen=seen)


def version_approve(*, version: SchemeVersion, seen: int, by: User) -> SchemeVersion:
    """Let a proposal hold from its month on, until a later version begins. `seen`: the revision that was looked at.

    Refused to whoever proposed it, when the proposal was changed or decided since, and for every reason for which it
    could not be proposed now.
    """
    try:
        return VERSIONS.act(record=version, name="approve", seen=seen, by=by)
    # two versions approved for one month at once: both saw it free, and the database keeps one out
    except IntegrityError:
        raise Refused([refusals.taken(Month.parse(SchemeVersion.objects.get(pk=version.pk).begins))]) from None


def version_send_back(*, version: SchemeVersion, seen: int, reason: str, by: User) -> SchemeVersion:
    """Make a proposal a draft again, with the reason. Refused without one, or when it was changed or decided since."""
    return VERSIONS.act(record=version, name="send_back", seen=seen, by=by, note=reason)


def version_withdraw(*, version: SchemeVersion, by: User, seen: int | None = None, reason: str = "") -> SchemeVersion:
    """Put away a draft, or with a reason an adopted version by which no month was settled; a proposal is taken back
    first."""
    return _unless_so(version, "withdraw", State.WITHDRAWN, by, seen=seen, note=reason)


def _unless_so(
    version: SchemeVersion, act: str, to: str, by: User, *, seen: int | None, note: str = ""
) -> SchemeVersion:
    # before it is told that it is so already: that is not for everybody to know
    require(by, VERSIONS.named(act).permission, about=GROUP)
    now = SchemeVersion.objects.get(pk=version.pk)
    return now if now.state == to else VERSIONS.act(record=version, name=act, by=by, seen=seen, note=note)
