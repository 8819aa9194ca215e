"""The way of a survey as a table: asked for longer, closed, shared with whom it is about, or cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import OfStore
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.adding_up import land, survey_add_up
from fairwrench.web.surveys.evidence import answers_take_back
from fairwrench.web.surveys.limits import MOST_DAYS
from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.surveys.selectors import keeps
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = Survey.State


def _not_kept(survey: Survey, user: User) -> Problem | None:
    return None if keeps(user=user, survey=survey) else Problem("not_yours", "由发起人办理", "for whoever opened it")


_KEPT: Words = ("别人发起的问卷", "what somebody else opened")


def _moved_on(survey: Survey) -> Problem:
    label = State(survey.state).label
    return Problem("moved_on", f"这份问卷现在是“{label}”，请刷新", f"it is “{label}” by now; reload the page")


def _day(survey: Survey, doing: Doing) -> Iterator[Problem]:
    ends: date = doing.given["ends"]
    if ends <= survey.ends or ends < today():
        yield Problem("not_longer", "新的截止日要晚于原来的", "the new day has to be a later one", path=("ends",))
    elif (ends - today()).days > MOST_DAYS:
        yield Problem("too_long", f"最多 {MOST_DAYS} 天", f"{MOST_DAYS} days at most", path=("ends",))


def _extend(survey: Survey, doing: Doing) -> None:
    survey.ends = doing.given["ends"]


def _close(survey: Survey, doing: Doing) -> None:
    survey_add_up(survey=survey, by=doing.by)


def _annul(survey: Survey, doing: Doing) -> None:
    if answers_take_back(survey=survey):
        survey.job = land(month=survey.month, by=doing.by)


def _of_people(survey: Survey, _doing: Doing) -> Iterator[Problem]:
    if asked_in(survey).about != "person":
        yield Problem("of_a_store", "门店问卷没有可反馈的个人", "a survey of a store is about nobody")


def _not_given(survey: Survey, _doing: Doing) -> Iterator[Problem]:
    if asked_in(survey).asks == ("named",):
        yield Problem("for_the_rater", "征求的意见只供评分人参考", "opinions are for the rater alone")


def _tell_shared(survey: Survey, _doing: Doing) -> list[Message]:
    """Everybody whom it is about, each led to their own."""
    people = Employee.objects.filter(pk__in=survey.respondents.order_by().values("about"))
    name = asked_in(survey).name
    words = f"{name.zh}的结果可以看了", f"{name.en}: your results can be seen"
    users = User.objects.filter(employee__in=people).select_related("employee")
    return [
        Message([user], words, reverse("surveys:result", args=[survey.pk, user.employee.employee_id]))
        for user in users
        if user.employee
    ]


SURVEYS: Workflow[Survey] = Workflow(
    name="survey",
    words=("问卷", "A survey"),
    model=Survey,
    states=State,
    acts=(
        Act(
            name="extend",
            words=("延期", "ask for longer"),
            froms=(State.OPEN,),
            to="",
            denied=_not_kept,
            denied_says=_KEPT,
            guards=(Guard[Survey](("新的截止日不合适", "the new day does not do"), _day),),
            effect=_extend,
        ),
        Act(
            name="close",
            words=("截止，统计结果", "close, and add it up"),
            froms=(State.OPEN,),
            to=State.CLOSED,
            denied=_not_kept,
            denied_says=_KEPT,
            effect=_close,
            icon="check",
        ),
        Act(
            name="share",
            words=("反馈给本人和上级", "share with the people and their managers"),
            froms=(State.CLOSED,),
            to=State.SHARED,
            permission="surveys.manage",
            about=lambda survey: OfStore(survey.store),
            guards=(
                Guard[Survey](("问的是门店", "it is about a store"), _of_people, of_person=True),
                Guard[Survey](("问的是评分前的意见", "it asks opinions before a rating"), _not_given, of_person=True),
            ),
            tells=_tell_shared,
            icon="send",
        ),
        Act(
            name="cancel",
            words=("作废", "cancel"),
            froms=(State.OPEN,),
            to=State.CANCELLED,
            denied=_not_kept,
            denied_says=_KEPT,
            guards=(with_note(Problem("no_reason", "请写明原因", "say why")),),
            asks=("请写明原因（已填的不再统计）", "Say why; what was answered is not added up"),
            icon="x",
            quiet=True,
        ),
        Act(
            name="annul",
            words=("作废结果", "annul what came out"),
            froms=(State.CLOSED, State.SHARED),
            to=State.CANCELLED,
            denied=_not_kept,
            denied_says=_KEPT,
            guards=(with_note(Problem("no_reason", "请写明原因", "say why")),),
            effect=_annul,
            asks=("请写明原因（已计入的撤回，结果不再显示）", "Say why; what counted is taken back, nothing is shown"),
            icon="x",
            quiet=True,
        ),
    ),
    way=(State.OPEN, State.CLOSED, State.SHARED),
    not_now=_moved_on,
    moved_on=_moved_on,
)
