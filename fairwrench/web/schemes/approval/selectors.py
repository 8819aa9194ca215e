"""What somebody may do with a version on its way into force, and what waits for whom (S1 ❺ 8)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import may, require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.access.users.selectors import group_holders
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.effective_dates import obstacles
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import Edition, edition_of, editions_seen, sees_drafts
from fairwrench.web.work.models import Step

State = SchemeVersion.State


@dataclass(frozen=True)
class Task:
    """A version that waits for somebody, and the step since which it does: a proposal, or that it was sent back."""

    version: SchemeVersion
    step: Step

    @property
    def title(self) -> str:
        """The version's name, as the list has it."""
        return Edition(str(self.version.pk), self.version).title

    @property
    def returned(self) -> bool:
        """Whether HR has to mend it, instead of a general manager to decide."""
        return self.step.act == "send_back"


def tasks_of(*, user: User) -> list[Task]:
    """Proposals of others for whoever may approve them, and what was sent back for whoever may mend it."""
    approve, change = may(user, "schemes.approve", about=GROUP), may(user, "schemes.change", about=GROUP)
    states = [*([State.PROPOSED] if approve else []), *([State.DRAFT] if change else [])]
    if not states:
        return []
    # revision 0 is a draft that was never proposed: it waits for nobody
    found = SchemeVersion.objects.filter(state__in=states, revision__gt=0).order_by("id")
    # one query for all that wait
    taken = VERSIONS.history(waiting) if (waiting := list(found)) else {}
    # what is noted of a proposal (published, discussed) does not say for whom it waits
    moved = {pk: [step for step in steps if step.before != step.after] for pk, steps in taken.items()}
    tasks = [Task(version, moved[version.pk][-1]) for version in waiting]
    # a draft that was taken back waits for nobody either, and nobody approves what they proposed (S1 ❺ 8 takes two)
    return [task for task in tasks if task.returned or (task.step.act == "propose" and task.step.by_id != user.pk)]


def with_acts(*, user: User, editions: list[Edition]) -> list[tuple[Edition, set[str]]]:
    """Each edition with what the user may do with it, as the table of versions says.

    `own` stands instead of a decision that is somebody else's because the user made the proposal; what was used, or
    never held, is not withdrawn.
    """
    return [(edition, _acts(edition, user) if edition.version else set()) for edition in editions]


def _acts(edition: Edition, user: User) -> set[str]:
    version = edition.version
    assert version is not None  # the installation's own scheme has no way to go
    acts = {act.name for act in VERSIONS.offered(record=version, user=user)}
    if version.state == State.PROPOSED and edition.proposal and edition.proposal.by_id == user.pk:
        # the page says why somebody who may approve is offered nothing here
        acts |= {"own"} if may(user, "schemes.approve", about=GROUP) else set()
    return acts if edition.standing in ("draft", "returned", "proposed", "later", "now") else acts - {"withdraw"}


def edition_worked_on(*, user: User, version_id: int) -> tuple[Edition, set[str], str]:
    """A version for those who see drafts, what they may do with it, and the key of the edition that holds now.

    Http404 for everybody else, and when there is none.
    """
    editions = editions_seen(user=user)
    # Http404 and not a refusal: who does not see drafts does not learn that one is there
    if not sees_drafts(user=user):
        raise Http404
    edition = edition_of(editions=editions, key=str(version_id))
    ((_, acts),) = with_acts(user=user, editions=[edition])
    return edition, acts, next(each.key for each in editions if each.standing == "now")


def version_to_decide(*, user: User, version_id: int) -> SchemeVersion:
    """A version for somebody who may approve; Http404 when there is none."""
    require(user, "schemes.approve", about=GROUP)
    version = SchemeVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise Http404
    return version


def hindered(*, version: SchemeVersion) -> list[Problem]:
    """What keeps a proposal from being approved as things stand; empty for nothing, and for what is no proposal."""
    if version.state != State.PROPOSED:
        return []
    return obstacles(version=version, begins=Month.parse(version.begins))


def approvers(*, besides: User) -> list[User]:
    """Those who may approve what a user proposes: general managers of the whole group, not the user."""
    return [user for user in group_holders(role=Grant.Role.GENERAL_MANAGER) if user.pk != besides.pk]
