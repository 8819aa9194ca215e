"""The way of a sheet of goals as a table (S1 ❺ 5.1.1): drafted, agreed by both, reviewed by the next level, filed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import ONESELF, OfStore, Target
from fairwrench.web.cycles.selectors import is_settled
from fairwrench.web.goals.models import OPEN, Capacity, GoalSheet, GoalSignature
from fairwrench.web.goals.outcomes import outcomes_carry
from fairwrench.web.goals.placing import placed
from fairwrench.web.goals.selectors import acts_as
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = GoalSheet.State
#: letters of what is said to an act
NOTE = 400


def _oneself(_sheet: GoalSheet) -> Target:
    return ONESELF


def _store(sheet: GoalSheet) -> Target:
    return OfStore(sheet.store)


def _unless(*capacities: str) -> Callable[[GoalSheet, User], Problem | None]:
    """Denies whoever acts on the sheet in none of some capacities."""

    def denied(sheet: GoalSheet, user: User) -> Problem | None:
        return None if any(acts_as(user=user, sheet=sheet, capacity=each) for each in capacities) else theirs()

    return denied


def _drops(sheet: GoalSheet, user: User) -> Problem | None:
    """Denies whoever does not draft: a change both may take back, a month's first sheet the manager alone."""
    of_both = (Capacity.EMPLOYEE,) if sheet.edition > 1 else ()
    return _unless(Capacity.LINE_MANAGER, *of_both)(sheet, user)


def theirs() -> Problem:
    """Why an act is not somebody's to do."""
    return Problem("not_yours", "这一步由别人办理", "this step is somebody else's")


def moved_on(sheet: GoalSheet) -> Problem:
    """What is said of a sheet that somebody acted on since, or that says something else by now."""
    label = State(sheet.state).label
    zh, en = (
        f"{sheet}的目标现在是“{label}”，或内容已变动，请重新查看",
        f"the goals of {sheet} are “{label}” by now, or say something else; look again",
    )
    return Problem("moved_on", zh, en)


def _empty(sheet: GoalSheet, _doing: Doing) -> Iterator[Problem]:
    if not sheet.goals.exists():
        yield Problem("no_goal", "还没有写目标", "there is no goal yet")


def settled(month: str, at: Any) -> Iterator[Problem]:
    """Why goals of a month stay as they are."""
    if once(f"settled {month}", lambda: is_settled(at)):
        zh, en = f"{month} 已经核算，目标不再变动", f"{month} is settled; its goals stay as they are"
        yield Problem("settled", zh, en)


def _closed(sheet: GoalSheet, _doing: Doing) -> Iterator[Problem]:
    return settled(sheet.month, sheet.at)


def _lapsed(sheet: GoalSheet, _doing: Doing) -> Iterator[Problem]:
    # filed now, goals that nobody agreed on in time would hold in a month whose figures are out
    if sheet.state in OPEN and any(settled(sheet.month, sheet.at)):
        zh = f"{sheet.month} 已经核算，双方未商定的目标不再生效，不必再办"
        en = f"{sheet.month} is settled: goals that were not agreed by then do not hold, and nothing is left to do"
        yield Problem("lapsed", zh, en)


def _sign(capacity: str, sheet: GoalSheet, doing: Doing) -> None:
    GoalSignature.objects.create(
        sheet=sheet,
        capacity=capacity,
        signer=doing.by.employee,
        by=doing.by,
        document=doing.given["document"],
        listed=doing.given.get("listed"),
    )
    replace(sheet)
    if capacity in (Capacity.EMPLOYEE, Capacity.LINE_MANAGER):
        sheet.state = after_agreeing(sheet)
        if sheet.agreed:
            outcomes_carry(sheet=sheet)


def replace(sheet: GoalSheet) -> None:
    """Write down where the person works now and who leads them: between two signatures somebody may have moved."""
    now = placed(people=[sheet.employee_id], month=sheet.at).get(sheet.employee_id)
    if now is not None:
        now.put(sheet)


def after_agreeing(sheet: GoalSheet) -> str:
    """Whom a sheet waits for by the signatures under it: the other of both, then the next level; HR where nobody is."""
    given = set(sheet.signatures.filter(void_at=None).values_list("capacity", flat=True))
    if Capacity.EMPLOYEE not in given:
        return State.EMPLOYEE
    if Capacity.LINE_MANAGER not in given:
        return State.MANAGER
    return State.NEXT_LEVEL if sheet.next_level and not sheet.next_level.has_left() else State.HR


def _void(sheet: GoalSheet, _doing: Doing) -> None:
    sheet.signatures.filter(void_at=None).update(void_at=timezone.now())
    # signed anew, it holds by nothing that was signed before
    sheet.carried_from = None


def _tell(sheet: GoalSheet, to: Iterable[Employee | None], words: tuple[str, str]) -> list[Message]:
    zh, en = words
    users = User.objects.filter(employee__in=[each for each in to if each])
    url = reverse("goals:sheet", args=[sheet.pk])
    return [Message(users, (f"{sheet.month} {sheet.employee.name}的目标{zh}", f"goals of {sheet} {en}"), url)]


def _tell_agreed(sheet: GoalSheet, doing: Doing) -> list[Message]:
    if sheet.state in (State.EMPLOYEE, State.MANAGER):
        return []
    return _tell(sheet, [sheet.employee, sheet.line_manager], ("双方已确认", "were agreed by both"))


def _tell_back(sheet: GoalSheet, doing: Doing) -> list[Message]:
    return _tell(
        sheet,
        [sheet.employee, sheet.line_manager],
        (f"被退回修改：{doing.note}", f"were returned: {doing.note}"),
    )


def _tell_dropped(sheet: GoalSheet, doing: Doing) -> list[Message]:
    words = (f"草稿已撤回：{doing.note}", f"are withdrawn as a draft: {doing.note}")
    return _tell(sheet, [sheet.employee, sheet.line_manager], words)


def _tell_filed(sheet: GoalSheet, _doing: Doing) -> list[Message]:
    return _tell(sheet, [sheet.employee, sheet.line_manager], ("已归档", "were filed"))


GOALS_SAID = Guard[GoalSheet](("没有目标", "there is no goal"), _empty)
# known before it is pressed, so that no button stands there
IN_TIME = Guard[GoalSheet](("月份已核算", "the month is settled"), _closed, of_person=True)
STILL = Guard[GoalSheet](
    ("月份已核算而双方未商定", "the month is settled and both had not agreed"), _lapsed, of_person=True
)
OTHERS: Words = ("别人的目标", "other people's goals")
WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
#: what one does as the person or as a manager, and what HR does
_own = partial(Act[GoalSheet], permission="goals.sign", about=_oneself, denied_says=OTHERS)
_hr = partial(
    Act[GoalSheet],
    permission="goals.file",
    about=_store,
    denied=_unless(Capacity.HR),
    denied_says=("自己的目标", "one's own goals"),
)
_back = partial(
    _own,
    to=State.DRAFT,
    guards=(IN_TIME, WHY),
    effect=_void,
    tells=_tell_back,
    asks=("哪里要改？", "What has to be changed?"),
    icon="rotate",
)

GOALS: Workflow[GoalSheet] = Workflow(
    name="goal_sheet",
    words=("目标", "A sheet of goals"),
    model=GoalSheet,
    states=State,
    acts=(
        _own(
            name="sign",
            words=("员工确认签字", "agreed as the employee"),
            froms=(State.DRAFT, State.EMPLOYEE),
            to=State.MANAGER,
            denied=_unless(Capacity.EMPLOYEE),
            guards=(GOALS_SAID, IN_TIME),
            effect=partial(_sign, Capacity.EMPLOYEE),
            tells=_tell_agreed,
            button=("我同意这些目标，签字", "I agree to these goals: sign"),
            icon="signature",
        ),
        _own(
            name="sign_manager",
            words=("直接上级确认签字", "agreed as line manager"),
            froms=(State.DRAFT, State.MANAGER),
            to=State.EMPLOYEE,
            denied=_unless(Capacity.LINE_MANAGER),
            guards=(GOALS_SAID, IN_TIME),
            effect=partial(_sign, Capacity.LINE_MANAGER),
            tells=_tell_agreed,
            button=("确认签字", "Agree and sign"),
            icon="signature",
        ),
        _back(
            name="disagree",
            words=("员工退回修改", "was asked to be changed by the employee"),
            froms=(State.EMPLOYEE,),
            denied=_unless(Capacity.EMPLOYEE),
            button=("不同意，退回修改", "I do not agree: have it changed"),
        ),
        _back(
            name="send_back",
            words=("直接上级退回修改", "was asked to be changed by the line manager"),
            froms=(State.MANAGER,),
            denied=_unless(Capacity.LINE_MANAGER),
            button=("退回修改", "Have it changed"),
        ),
        _back(
            name="take_back",
            words=("直接上级收回修改", "was taken back by the line manager"),
            froms=(State.EMPLOYEE, State.NEXT_LEVEL, State.HR),
            denied=_unless(Capacity.LINE_MANAGER),
            button=("收回修改", "Take it back"),
            quiet=True,
        ),
        _own(
            name="sign_next",
            words=("隔级上级审阅签字", "reviewed as next-level manager"),
            froms=(State.NEXT_LEVEL,),
            to=State.HR,
            denied=_unless(Capacity.NEXT_LEVEL),
            effect=partial(_sign, Capacity.NEXT_LEVEL),
            button=("审阅无误，签字", "Reviewed: sign"),
            icon="signature",
        ),
        _back(
            name="return",
            words=("隔级上级退回", "returned by the next level"),
            froms=(State.NEXT_LEVEL,),
            denied=_unless(Capacity.NEXT_LEVEL),
            button=("退回修改", "Return it"),
        ),
        _hr(
            name="file",
            words=("人力资源归档", "filed"),
            froms=(State.HR,),
            to=State.FILED,
            effect=partial(_sign, Capacity.HR),
            tells=_tell_filed,
            button=("齐全无误，归档", "It is right: file it"),
            icon="archive",
        ),
        _hr(
            name="return_hr",
            words=("人力资源退回", "returned by HR"),
            froms=(State.HR,),
            to=State.DRAFT,
            guards=(IN_TIME, WHY),
            effect=_void,
            tells=_tell_back,
            button=("退回修改", "Return it"),
            asks=("哪里要改？", "What has to be changed?"),
            icon="rotate",
            quiet=True,
        ),
        _hr(
            name="pass_over",
            words=("无法签字，直接送归档", "passed over who cannot sign"),
            froms=(State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL),
            to=State.HR,
            guards=(STILL, WHY, GOALS_SAID),
            button=("无法签字，直接送归档", "Pass over who cannot sign"),
            asks=("谁无法签字，为什么？", "Who cannot sign, and why?"),
            icon="arrow-right",
            quiet=True,
        ),
        _own(
            name="withdraw",
            words=("撤回草稿", "withdrew the draft"),
            froms=(State.DRAFT,),
            to=State.WITHDRAWN,
            denied=_drops,
            guards=(WHY,),
            tells=_tell_dropped,
            button=("撤回草稿", "Withdraw the draft"),
            asks=("为什么撤回？", "Why?"),
            icon="x",
            quiet=True,
        ),
        *(
            _own(name=name, words=words, froms=froms, to=to, in_background=True)
            for name, words, froms, to in (
                ("draft", ("起草", "drafted it"), (State.DRAFT,), State.DRAFT),
                ("save", ("修改草稿", "changed the draft"), (State.DRAFT,), State.DRAFT),
                ("carry", ("沿用", "carried it on"), (State.DRAFT,), State.FILED),
                ("change", ("提出变更", "asked for a change"), (State.FILED,), State.FILED),
            )
        ),
    ),
    way=(State.DRAFT, State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL, State.HR, State.FILED),
    not_now=moved_on,
    moved_on=moved_on,
)
#: act → as what its signature stands under the sheet
SIGNS: dict[str, Any] = {
    "sign": Capacity.EMPLOYEE,
    "sign_manager": Capacity.LINE_MANAGER,
    "sign_next": Capacity.NEXT_LEVEL,
    "file": Capacity.HR,
}
#: those that are done for many on one page → the state in which they wait
MANY: dict[str, str] = {
    "sign": State.EMPLOYEE,
    "sign_manager": State.MANAGER,
    "sign_next": State.NEXT_LEVEL,
    "file": State.HR,
}
