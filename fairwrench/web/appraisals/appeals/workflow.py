"""The way of an appeal as a table (S1 ❺ 六): line manager first, then in writing to who stands above or HR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.urls import reverse

from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.targets import ONESELF, OfPerson, Target
from fairwrench.web.access.users.selectors import group_holders
from fairwrench.web.appraisals.content import contents_of
from fairwrench.web.appraisals.models import Appeal, Signature
from fairwrench.web.appraisals.selectors import forms_as
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.services import full_of
from fairwrench.web.settlements.models import Correction
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State, Capacity = Appeal.State, Signature.Capacity


def _oneself(_appeal: Appeal) -> Target:
    return ONESELF


def _person_of(appeal: Appeal) -> Target:
    return OfPerson(appeal.form.employee.employee_id)


def _own_appeal(appeal: Appeal, user: User) -> Problem | None:
    return _theirs() if user.employee_id == appeal.form.employee_id else None


def acts_as(appeal: Appeal, user: User, *capacities: str) -> bool:
    """Whether a user acts on the form of an appeal in one of some capacities."""
    return any(forms_as(user=user, capacity=each).filter(pk=appeal.form_id).exists() for each in capacities)


def _theirs() -> Problem:
    return Problem("not_yours", "这一步由别人办理", "this step is somebody else's")


def _not_the_person(appeal: Appeal, user: User) -> Problem | None:
    return None if acts_as(appeal, user, Capacity.EMPLOYEE) else _theirs()


def _not_the_manager(appeal: Appeal, user: User) -> Problem | None:
    return None if acts_as(appeal, user, Capacity.LINE_MANAGER) else _theirs()


def _not_above(appeal: Appeal, user: User) -> Problem | None:
    # who upheld it before decides nothing about it a second time
    upheld = APPEALS.steps(appeal).filter(act="uphold", by=user).exists()
    return None if not upheld and acts_as(appeal, user, Capacity.NEXT_LEVEL, Capacity.HR) else _theirs()


def _moved_on(appeal: Appeal) -> Problem:
    label = State(appeal.state).label
    zh, en = f"这条申诉现在是“{label}”，请刷新", f"the appeal is “{label}” by now; reload the page"
    return Problem("moved_on", zh, en)


def _no_points(appeal: Appeal, doing: Doing) -> Iterator[Problem]:
    points = doing.given.get("points")
    if points is None:
        yield Problem("no_points", "请填调整后的分数", "say how many points it is to have", path=("points",))
        return
    least, most = bounds_of(appeal)
    if not least < points <= most:
        low, high = (f"{as_decimal(each, 2).normalize():f}" for each in (least, most))
        zh = f"同意调整的分数须高于现在的 {low}，不超过 {high}；不调高的请选“维持”"
        en = f"what is granted lies above the {low} that stands and is {high} at most; to leave it, uphold the result"
        yield Problem("out_of_range", zh, en, path=("points",))


def bounds_of(appeal: Appeal) -> tuple[int, int]:
    """What stands of the item or score that is appealed against, and the most that it can have, in hundredths."""
    content = next(iter(contents_of([appeal.form])), None)
    if content is None:
        return -1, 0
    scheme = content.names.scheme
    card = scheme.scorecards.get(content.result.scorecard)
    item = next((each for each in card.items if each.key == appeal.item), None) if card else None
    stands = content.result.score
    if appeal.item:
        stands = next((line["points"] for line in content.lines if line["item"] == appeal.item), None)
    return -1 if stands is None else stands, full_of(item, scheme)


def _month_held(appeal: Appeal) -> None:
    # so that of an act and the closing of the month the second sees the first; before the appeal, as settling does
    Cycle.objects.select_for_update().get(pk=appeal.form.cycle_id)


def _closed() -> Problem:
    return Problem("month_closed", "本月已归档，申诉不再变动", "the month is closed; its appeals stay as they are")


def _shown_closed(appeal: Appeal, _doing: Doing) -> Iterator[Problem]:
    if appeal.form.cycle.closed:
        yield Problem(
            "month_closed", "本月已归档，申诉不再变动", "the month is closed, and its appeals stay as they are"
        )


def _agree(appeal: Appeal, doing: Doing) -> None:
    appeal.points = doing.given["points"]


def _correct(appeal: Appeal, doing: Doing) -> None:
    appeal.correction = doing.given["correction"]


def _corrected(appeal: Appeal, _doing: Doing) -> Iterator[Problem]:
    stands = (Correction.State.ASKED, Correction.State.APPROVED)
    if appeal.state == State.CORRECTED and appeal.correction and appeal.correction.state in stands:
        zh = "更正仍在审批或已生效；未同意或撤回之后才能退回"
        en = "its correction waits or counts; it is returned once that was refused or withdrawn"
        yield Problem("still_corrected", zh, en)


def _return(appeal: Appeal, _doing: Doing) -> None:
    appeal.points = appeal.correction = None
    # back to whoever granted it: above, where the person had taken it further
    if APPEALS.steps(appeal).filter(act="raise").exists():
        appeal.state = State.RAISED


def _tell(appeal: Appeal, people: Iterable[User | None], words: tuple[str, str]) -> list[Message]:
    who, month = appeal.form.employee.name, appeal.form.cycle.month
    told = f"{who} {month} 的绩效申诉{words[0]}", f"the appeal of {who}, {month}, {words[1]}"
    return [Message(people, told, reverse("appraisals:appeal", args=[appeal.pk]))]


def _person(appeal: Appeal) -> list[User]:
    return list(User.objects.coming_in().filter(employee=appeal.form.employee_id))


def _tell_decided(appeal: Appeal, doing: Doing) -> list[Message]:
    label_zh, label_en = {
        State.UPHELD: ("未采纳", "was not granted"),
        State.CLOSED: ("未采纳，已办结", "was not granted and is closed"),
        State.AGREED: ("已同意", "was granted"),
    }[State(appeal.state)]
    return _tell(appeal, _person(appeal), (f"{label_zh}：{doing.note}", f"{label_en}: {doing.note}"))


def _tell_returned(appeal: Appeal, doing: Doing) -> list[Message]:
    managers = User.objects.coming_in().filter(employee__in=[appeal.form.line_manager_id, appeal.form.next_level_id])
    words = (f"被退回：{doing.note}", f"was returned: {doing.note}")
    return _tell(appeal, [*_person(appeal), *managers], words)


def tell_correction_decided(correction: Correction) -> list[Message]:
    """The person and HR hear what became of the correction that an appeal was granted."""
    found = Appeal.objects.filter(correction=correction, state=State.CORRECTED)
    words = {
        Correction.State.APPROVED: ("的更正已批准，将计入核算", ": its correction was approved and will be settled"),
        Correction.State.REFUSED: (
            "的更正未获批准，人力资源将重新处理",
            ": its correction was refused; HR sees to it again",
        ),
    }.get(Correction.State(correction.state), ("的更正已撤回", ": its correction was withdrawn"))
    along = found.select_related("form__employee", "form__cycle")
    return [message for appeal in along for message in _tell(appeal, [*_person(appeal), *_hr()], words)]


def _hr() -> list[User]:
    return list(group_holders(role=Grant.Role.HR))


def _tell_corrected(appeal: Appeal, _doing: Doing) -> list[Message]:
    return _tell(appeal, _person(appeal), ("已登记更正", "became a correction"))


WHY = with_note(Problem("no_reason", "请写明理由", "say why"))
POINTS = Guard[Appeal](("没有填分数", "no points are given"), _no_points)
# known before it is pressed, so that the button goes
UNCORRECTED = Guard[Appeal](("更正仍在审批或已生效", "its correction waits or counts"), _corrected, of_person=True)
# known before it is pressed, so that no button stands there
OPEN_MONTH = Guard[Appeal](("本月已归档", "the month is closed"), _shown_closed, of_person=True)
OTHERS: Words = ("除直接上级以外的人", "anybody but the line manager")
ABOVE: Words = (
    "隔级上级、人力资源以外的人，以及此前维持的人",
    "anybody but the next level and HR; who upheld it before",
)
ASKS: Words = ("理由（员工可见）", "Why (the employee reads it)")
_own = partial(Act[Appeal], permission="appraisals.sign", about=_oneself)
_manager = partial(_own, denied=_not_the_manager, denied_says=OTHERS, tells=_tell_decided)
_above = partial(_own, denied=_not_above, denied_says=ABOVE, tells=_tell_decided)
APPEALS: Workflow[Appeal] = Workflow(
    name="appraisal_appeal",
    words=("绩效申诉", "An appeal against a form"),
    model=Appeal,
    states=State,
    acts=(
        _manager(
            name="uphold",
            words=("维持", "upheld it"),
            froms=(State.ASKED,),
            to=State.UPHELD,
            guards=(OPEN_MONTH, WHY),
            button=("维持原结果", "Uphold the result"),
            asks=ASKS,
            icon="x",
        ),
        _manager(
            name="agree",
            words=("同意调整", "granted it"),
            froms=(State.ASKED,),
            to=State.AGREED,
            guards=(OPEN_MONTH, WHY, POINTS),
            effect=_agree,
        ),
        _above(
            name="uphold_finally",
            words=("维持并办结", "upheld and closed it"),
            froms=(State.RAISED,),
            to=State.CLOSED,
            guards=(OPEN_MONTH, WHY),
            button=("维持原结果，办结", "Uphold the result and close"),
            asks=ASKS,
            icon="x",
        ),
        _above(
            name="agree_above",
            words=("同意调整", "granted it"),
            froms=(State.RAISED,),
            to=State.AGREED,
            guards=(OPEN_MONTH, WHY, POINTS),
            effect=_agree,
        ),
        Act(
            name="correct",
            words=("登记更正", "entered the correction"),
            froms=(State.AGREED,),
            to=State.CORRECTED,
            permission="settlements.correct",
            about=_person_of,
            denied=_own_appeal,
            denied_says=("自己的申诉", "one's own appeal"),
            guards=(OPEN_MONTH,),
            effect=_correct,
            tells=_tell_corrected,
            button=("登记更正", "Enter the correction"),
        ),
        Act(
            name="return",
            words=("退回重新处理", "returned it"),
            froms=(State.AGREED, State.CORRECTED),
            to=State.ASKED,
            permission="settlements.correct",
            about=_person_of,
            denied=_own_appeal,
            denied_says=("自己的申诉", "one's own appeal"),
            guards=(OPEN_MONTH, WHY, UNCORRECTED),
            effect=_return,
            tells=_tell_returned,
            button=("退回重新处理", "Return it"),
            asks=("为什么退回？", "Why?"),
            icon="rotate",
            quiet=True,
        ),
        _own(
            name="raise",
            words=("书面上诉", "took it further"),
            froms=(State.UPHELD,),
            to=State.RAISED,
            denied=_not_the_person,
            denied_says=("除本人以外的人", "anybody but the person"),
            guards=(OPEN_MONTH, WHY),
            button=("不接受，书面上诉", "Take it further, in writing"),
            asks=("为什么不接受？", "Why do you not accept it?"),
            icon="message",
        ),
        _own(
            name="withdraw",
            words=("撤回申诉", "withdrew it"),
            froms=(State.ASKED, State.UPHELD, State.RAISED),
            to=State.WITHDRAWN,
            denied=_not_the_person,
            denied_says=("除本人以外的人", "anybody but the person"),
            guards=(OPEN_MONTH,),
            button=("撤回申诉", "Withdraw the appeal"),
            quiet=True,
        ),
    ),
    way=(State.ASKED, State.AGREED, State.CORRECTED),
    not_now=_moved_on,
    moved_on=_moved_on,
    holds=_month_held,
)
