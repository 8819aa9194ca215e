"""A version on its way into force as a table (S1 ❺ 8): HR proposes it, a general manager approves or sends it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.org.days import today
from fairwrench.web.org.organisation import positions_ensure
from fairwrench.web.schemes import refusals, selectors
from fairwrench.web.schemes.binding.requirements import lacking
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.effective_dates import obstacles, settled_from
from fairwrench.web.schemes.models import VERSION, SchemeVersion
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = SchemeVersion.State


def _hindered(version: SchemeVersion, doing: Doing) -> Iterable[Problem]:
    return obstacles(version=version, begins=_begins(version, doing))


def _begins(version: SchemeVersion, doing: Doing) -> Month:
    """The month of a proposal that is made, else of the one that stands."""
    return Month.parse(doing.given.get("begins") or version.begins)


def _own(version: SchemeVersion, doing: Doing) -> Iterator[Problem]:
    # by the last proposal: one that was taken back may be proposed anew by somebody else
    proposed = VERSIONS.steps(version).filter(act="propose").last()
    if proposed is not None and proposed.by_id == doing.by.pk:
        yield refusals.own_proposal()


def _used(version: SchemeVersion, _doing: Doing) -> Iterator[Problem]:
    # a draft has no month, so nothing was settled by it
    if version.state == State.ADOPTED and (used := settled_from(begins=Month.parse(version.begins))):
        yield refusals.used(version, used)


def _unreasoned(version: SchemeVersion, doing: Doing) -> Iterator[Problem]:
    # a draft is nobody's rule yet; somebody approved this one
    if version.state == State.ADOPTED and not doing.note:
        yield refusals.no_reason_to_withdraw()


def _propose(version: SchemeVersion, doing: Doing) -> None:
    """It is not in force before somebody else approves it; but people may come to hold its positions from now on."""
    version.begins = doing.given["begins"]
    # people come to hold a new position from the month on in which the version begins, and HR enters that before
    positions = selectors.opened(str(version_path(version=version))).positions
    positions_ensure(codes=positions, named=positions)


def _unset(version: SchemeVersion, _doing: Doing) -> None:
    """The month goes where the version neither waits nor holds any more, and nobody is shown it: proposed anew, it is
    shown for all its days anew."""
    version.begins = ""
    version.shown_from = version.shown_until = None


def _about(version: SchemeVersion, doing: Doing) -> dict[str, Any]:
    # the workflow asks before the effect, which clears the month: the step keeps for which one it was
    kept = {name: doing.given[name] for name in ("until", "held_on", "partner") if name in doing.given}
    # what is only noted of a proposal is about its own days
    return kept or {"begins": doing.given.get("begins") or version.begins}


def _publish(version: SchemeVersion, doing: Doing) -> None:
    """The first day stays when the last is moved."""
    version.shown_from = version.shown_from or today()
    version.shown_until = date.fromisoformat(doing.given["until"])


def _lacks(version: SchemeVersion, _doing: Doing) -> list[Problem]:
    return [lack.problem for lack in lacking(version) if lack.blocks]


def _not_now(version: SchemeVersion) -> Problem:
    return refusals.moved_on(version) if version.state == State.DRAFT else refusals.no_draft(version)


def _to(version: SchemeVersion, users: Iterable[User | None], words: tuple[str, str]) -> list[Message]:
    zh, en = version.called
    told = (f"制度 {zh} {words[0]}", f"{en} {words[1]}")
    return [Message(users, told, reverse("schemes:version", args=[version.pk]))]


def _proposer(version: SchemeVersion) -> list[User | None]:
    step = VERSIONS.steps(version).filter(act="propose").select_related("by__employee").last()
    return [step.by if step else None]


def _tell_approved(version: SchemeVersion, _doing: Doing) -> list[Message]:
    words = (f"已批准，自 {version.begins} 起适用", f"was approved; it holds from {version.begins} on")
    return _to(version, _proposer(version), words)


def _tell_withdrawn(version: SchemeVersion, doing: Doing) -> list[Message]:
    """Whoever proposed and whoever approved it hear that it is gone."""
    steps = VERSIONS.steps(version).filter(act__in=("propose", "approve")).select_related("by__employee")
    zh, en = (f"：{doing.note}", f": {doing.note}") if doing.note else ("", "")
    return _to(version, [step.by for step in steps], (f"已被撤回{zh}", f"was withdrawn{en}"))


def _tell_taken_back(version: SchemeVersion, _doing: Doing) -> list[Message]:
    return _to(version, _proposer(version), ("的提交已被撤回", "is proposed no more: the proposal was taken back"))


def _tell_sent_back(version: SchemeVersion, doing: Doing) -> list[Message]:
    return _to(version, _proposer(version), (f"被退回：{doing.note}", f"was sent back: {doing.note}"))


OWN = Guard(("提交人本人", "whoever proposed it"), _own, of_person=True)
FREE = Guard[SchemeVersion](
    (
        "所选月份已核算或已有版本，或文件丢失、被改动",
        "the month is settled or taken, or the document is lost or was changed",
    ),
    _hindered,
)
DONE_BEFORE = Guard[SchemeVersion](
    (
        "制度要求的公示、讨论、签收没有办全",
        "publication, discussion or acknowledgement that the scheme requires lacks",
    ),
    _lacks,
)
VERSIONS: Workflow[SchemeVersion] = Workflow(
    name=VERSION,
    words=("制度版本", "A version of the scheme"),
    model=SchemeVersion,
    states=State,
    acts=(
        Act(
            name="propose",
            words=("提交审批", "proposed it"),
            froms=(State.DRAFT,),
            to=State.PROPOSED,
            permission="schemes.change",
            guards=(with_note(refusals.no_ground()), FREE),
            effect=_propose,
        ),
        Act(
            name="take_back",
            words=("撤回提交", "took it back"),
            froms=(State.PROPOSED,),
            to=State.DRAFT,
            permission="schemes.change",
            effect=_unset,
            tells=_tell_taken_back,
        ),
        Act(
            name="publish",
            words=("公示", "published it"),
            froms=(State.PROPOSED,),
            to="",
            permission="schemes.change",
            effect=_publish,
        ),
        Act(
            name="discuss",
            words=("记录讨论", "put a discussion on record"),
            froms=(State.PROPOSED,),
            to="",
            permission="schemes.change",
            guards=(with_note(refusals.no_opinions()),),
        ),
        Act(
            name="approve",
            words=("批准", "approved it"),
            froms=(State.PROPOSED,),
            to=State.ADOPTED,
            permission="schemes.approve",
            # FREE again: what was free when it was proposed may be settled or taken by now
            guards=(OWN, FREE, DONE_BEFORE),
            tells=_tell_approved,
        ),
        Act(
            name="send_back",
            words=("退回", "sent it back"),
            froms=(State.PROPOSED,),
            to=State.DRAFT,
            permission="schemes.approve",
            guards=(OWN, with_note(refusals.no_reason())),
            effect=_unset,
            tells=_tell_sent_back,
        ),
        Act(
            name="withdraw",
            words=("撤回版本", "withdrew it"),
            froms=(State.DRAFT, State.ADOPTED),
            to=State.WITHDRAWN,
            permission="schemes.change",
            guards=(
                Guard(("已有月份按它核算", "a month was settled by it"), _used),
                Guard(("已批准的版本，没有写明原因", "approved, and no reason is given"), _unreasoned),
            ),
            effect=_unset,
            tells=_tell_withdrawn,
        ),
    ),
    way=(State.DRAFT, State.PROPOSED, State.ADOPTED),
    not_now=_not_now,
    moved_on=refusals.moved_on,
    about=_about,
    counter="revision",
)
