"""The way of a row that is to be exempted, as a table: asked for, decided by HR of the store and somebody else."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import OfStore, Target
from fairwrench.web.evidence.events.events import event_append
from fairwrench.web.evidence.exemptions.team_rows import in_figures_of
from fairwrench.web.evidence.models import Exemption
from fairwrench.web.evidence.selectors import scheme_at
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.queue.services import job_start
from fairwrench.web.work.workflow.workflow import Act, Doing, Workflow, off_roster, with_note

State = Exemption.State
#: where an approved request lands, and its columns besides who approved it
EXEMPTIONS_SOURCE = "exemptions"
COLUMNS = ("source", "key", "metric", "month", "store", "reason")
#: letters of what is said to a decision
NOTE = 400


def key_of(exemption: Exemption) -> tuple[str, str, str]:
    """What an approved request is known by among the exemptions of the ledger."""
    # as `exemptions.yaml` has its key: the month is no part of it, so a later word about the same row takes its place
    return exemption.source, exemption.key, exemption.metric


def may_decide(*, exemption: Exemption, user: User) -> Problem | None:
    """Why a user may not decide a request, None when one may: it is neither one's own nor about one's own figure."""
    if not may(user, "evidence.approve_exemption", about=_store(exemption)):
        return _not_yours()
    if exemption.asked_by_id == user.pk:
        return _own()
    # the exemption names the approver by employee id, and a name on no roster would leave it empty
    if user.employee is None:
        return off_roster()
    # asked of the shares, too: of a team's row somebody may have got a part since
    own = in_figures_of(user.employee.employee_id, exemption.credited, Month.parse(exemption.month))
    return _about_you() if own else None


def _store(exemption: Exemption) -> Target:
    return OfStore(exemption.store)


def _denied(exemption: Exemption, user: User) -> Problem | None:
    return may_decide(exemption=exemption, user=user)


def _decide(exemption: Exemption, doing: Doing) -> None:
    exemption.decided_by, exemption.decided_at, exemption.note = doing.by, timezone.now(), doing.note[:NOTE]


def _approve(exemption: Exemption, doing: Doing) -> None:
    _decide(exemption, doing)
    row = {name: str(getattr(exemption, name)) for name in COLUMNS}
    row["approved_by"] = doing.by.employee.employee_id if doing.by.employee else ""
    # in the transaction of the decision: neither is there without the other
    event_append(source=EXEMPTIONS_SOURCE, period=exemption.month, key=key_of(exemption), row=row, by=doing.by)
    exemption.job = job_start(
        kind="evidence_exemption", key=f"exemption:{exemption.pk}", by=doing.by, exemption_id=exemption.pk
    )


def _decided(_exemption: Exemption) -> Problem:
    return Problem("decided_before", "别人已经审批过，请刷新", "somebody else has decided it; reload the page")


def _not_yours() -> Problem:
    return Problem("not_yours", "由该门店的人力资源审批", "HR of that store decides it")


def _own() -> Problem:
    return Problem("own_request", "自己的申请须由别人审批", "nobody decides one's own request")


def _about_you() -> Problem:
    return Problem("about_you", "这项指标算在您名下，须由别人审批", "the metric is yours, so somebody else decides")


def _tell(exemption: Exemption, words: tuple[str, str]) -> list[Message]:
    about, metric = (
        exemption.key.replace("|", " · "),
        scheme_at(month=Month.parse(exemption.month)).metrics.get(exemption.metric),
    )
    zh, en = (metric.name.zh, metric.name.en) if metric else (exemption.metric, exemption.metric)
    told = (f"剔除申请 {about}（{zh}）{words[0]}", f"the request to exempt {about} from “{en}” {words[1]}")
    return [Message([exemption.asked_by], told, reverse("evidence:exemption", args=[exemption.pk]))]


def _tell_approved(exemption: Exemption, _doing: Doing) -> list[Message]:
    return _tell(exemption, ("已同意", "was approved"))


def _tell_refused(exemption: Exemption, doing: Doing) -> list[Message]:
    return _tell(exemption, (f"未同意：{doing.note}", f"was refused: {doing.note}"))


FOUR_EYES = ("自己的申请、算在自己名下的指标", "one's own request, a metric of one's own")
EXEMPTIONS: Workflow[Exemption] = Workflow(
    name="exemption",
    words=("剔除申请", "A row exempted"),
    model=Exemption,
    states=State,
    acts=(
        Act(
            name="approve",
            words=("同意", "approve"),
            froms=(State.ASKED,),
            to=State.APPROVED,
            permission="evidence.approve_exemption",
            about=_store,
            denied=_denied,
            denied_says=FOUR_EYES,
            effect=_approve,
            tells=_tell_approved,
        ),
        Act(
            name="refuse",
            words=("不同意", "refuse"),
            froms=(State.ASKED,),
            to=State.REFUSED,
            permission="evidence.approve_exemption",
            about=_store,
            denied=_denied,
            denied_says=FOUR_EYES,
            guards=(with_note(Problem("no_reason", "请写明原因", "say why")),),
            effect=_decide,
            tells=_tell_refused,
        ),
    ),
    way=(State.ASKED, State.APPROVED),
    not_now=_decided,
    moved_on=_decided,
)
