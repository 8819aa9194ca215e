"""Surveys opened: by HR for people of a store, by a manager for an opinion on one of their people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.limits import MOST_DAYS, MOST_NAMED, MOST_SUBJECTS
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.opening.invited import Invited, Staff, invited
from fairwrench.web.surveys.questionnaires import OPINION, questionnaires
from fairwrench.web.work.inbox.notices import Message, messages_send

#: rows that the database writes at once
_ROWS = 500


@dataclass(frozen=True)
class Draft:
    """What somebody opens: which questionnaire, in which store, in which month it counts, until when; about whom, and
    whom one named; `once` is the one-time key of its form."""

    questionnaire: str
    store: str
    month: Month
    ends: date
    subjects: Sequence[Employee] = ()
    named: Sequence[Employee] = ()
    once: str = ""


def survey_open(*, draft: Draft, by: User) -> Survey:
    """Put a questionnaire of HR's to the people of a store. The same form again gives the survey that it opened.

    Refused with everything that is wrong.
    """
    require(by, "surveys.manage", about=OfStore(draft.store))
    if draft.questionnaire not in questionnaires() or draft.questionnaire == OPINION:
        zh, en = "没有这份问卷", "there is no such questionnaire"
        raise Refused([Problem("no_questionnaire", zh, en, path=("questionnaire",))])
    return _opened(draft, by)


def opinion_ask(*, about: Employee, named: Sequence[Employee], ends: date, once: str, by: User) -> Survey:
    """Ask colleagues whom one names about somebody one leads, for the rating of this month."""
    require(by, "surveys.ask", about=OfPerson(about.employee_id))
    day = today()
    place = current(day=day).filter(employee=about).select_related("store").order_by("place", "pk").first()
    if place is None:
        zh, en = f"{about.name} 现在不在岗", f"{about.name} is not in service now"
        raise Refused([Problem("not_in_service", zh, en, path=("about",))])
    asked = list(dict.fromkeys(named))
    draft = Draft(OPINION, place.store.name, Month.of(day), ends, [about], asked, once)
    return _opened(draft, by)


def survey_of_form(*, once: str, store: str, by: User) -> Survey | None:
    """The survey that a form with this one-time key opened for its sender, None while there is none."""
    return Survey.objects.filter(by=by, once=once, store=store).first() if once else None


def _opened(draft: Draft, by: User) -> Survey:
    asked = questionnaires()[draft.questionnaire]
    if opened := survey_of_form(once=draft.once, store=draft.store, by=by):
        return opened
    if wrong := [*_of_days(draft), *_of_people(draft, asked, by), *_of_others(draft, asked)]:
        raise Refused(wrong)
    people = invited(questionnaire=asked, store=draft.store, day=today(), subjects=draft.subjects, named=draft.named)
    if wrong := [*_of_numbers(asked, people)]:
        raise Refused(wrong)
    with transaction.atomic():
        # held until it is written: of two presses one opens
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        if opened := survey_of_form(once=draft.once, store=draft.store, by=by):
            return opened
        made = Survey.objects.create(
            questionnaire=draft.questionnaire,
            content=asked.model_dump(mode="json"),
            store=draft.store,
            month=str(draft.month),
            ends=draft.ends,
            once=draft.once,
            by=by,
        )
        Respondent.objects.bulk_create(_respondents(made, people), batch_size=_ROWS)
        messages_send([_asked(made, asked, people)])
    return made


def _respondents(survey: Survey, people: Sequence[Invited]) -> Iterator[Respondent]:
    for each in people:
        yield Respondent(
            survey=survey, about=each.about, employee=each.employee, group=each.group, department=each.department
        )


def _asked(survey: Survey, asked: Questionnaire, people: Sequence[Invited]) -> Message:
    words = (
        f"请填写{asked.name.zh}，{survey.ends:%m-%d} 截止",
        f"{asked.name.en}: please answer by {survey.ends:%m-%d}",
    )
    users = User.objects.filter(employee__in={each.employee.pk for each in people}).select_related("employee")
    return Message(users, words, reverse("surveys:answer", args=[survey.pk]))


def _of_days(draft: Draft) -> Iterator[Problem]:
    day = today()
    if draft.ends < day:
        yield Problem("over", "截止日不能早于今天", "it cannot end before today", path=("ends",))
    elif (draft.ends - day).days > MOST_DAYS:
        yield Problem("too_long", f"最多 {MOST_DAYS} 天", f"{MOST_DAYS} days at most", path=("ends",))
    if not -1 <= draft.month.until(Month.of(day)) <= 1:
        zh, en = "只能计入上月、本月或下月", "it counts in last month, this one or the next"
        yield Problem("not_this_month", zh, en, path=("month",))


def _of_people(draft: Draft, asked: Questionnaire, by: User) -> Iterator[Problem]:
    if asked.about == "store":
        return
    if not draft.subjects:
        yield Problem("nobody", "请选择被评的人", "say whom it is about", path=("subjects",))
    if len(draft.subjects) > MOST_SUBJECTS:
        zh, en = f"一次最多 {MOST_SUBJECTS} 人", f"{MOST_SUBJECTS} people at once"
        yield Problem("too_many", zh, en, path=("subjects",))
    here = Staff(draft.store, today()).people
    if strange := [each.name for each in draft.subjects if each.pk not in here]:
        zh = f"不在{draft.store}：{'、'.join(strange[:5])}"
        yield Problem("not_here", zh, f"not of {draft.store}: {', '.join(strange[:5])}", path=("subjects",))
    if "named" in asked.asks:
        yield from _of_named(draft, by)


def _of_others(draft: Draft, asked: Questionnaire) -> Iterator[Problem]:
    """The same again of one month would count people twice, and the difference of two would tell who answered one."""
    if draft.questionnaire == OPINION:
        return
    same = Survey.objects.filter(questionnaire=draft.questionnaire, store=draft.store, month=str(draft.month))
    same = same.exclude(state=Survey.State.CANCELLED)
    if asked.about == "store" and same.exists():
        zh = f"{draft.store} {draft.month} 已有这份问卷；要重做，请先作废原来的"
        en = f"{draft.store} has this survey for {draft.month} already; cancel or annul that one first"
        yield Problem("opened_before", zh, en, path=("month",))
    twice = Employee.objects.filter(pk__in=Respondent.objects.filter(survey__in=same).order_by().values("about"))
    names = [each.name for each in twice.filter(pk__in=[each.pk for each in draft.subjects])]
    if names:
        zh = f"{draft.month} 已评过：{'、'.join(names[:5])}；要重做，请先作废原来的"
        en = f"reviewed for {draft.month} already: {', '.join(names[:5])}; cancel or annul that one first"
        yield Problem("opened_before", zh, en, path=("subjects",))


def _of_named(draft: Draft, by: User) -> Iterator[Problem]:
    barred = {by.employee_id, *(each.pk for each in draft.subjects)}
    if not draft.named:
        yield Problem("nobody_named", "请选择要征求意见的人", "say whom you ask", path=("named",))
    elif len(draft.named) > MOST_NAMED:
        yield Problem("too_many", f"最多 {MOST_NAMED} 人", f"{MOST_NAMED} people at most", path=("named",))
    elif any(each.pk in barred for each in draft.named):
        zh, en = "不能向自己或被评的人征求意见", "neither oneself nor the person is asked"
        yield Problem("oneself", zh, en, path=("named",))
    elif gone := [each.name for each in draft.named if each.has_left()]:
        yield Problem("has_left", f"已离职：{'、'.join(gone)}", f"has left: {', '.join(gone)}", path=("named",))


def _of_numbers(asked: Questionnaire, people: Sequence[Invited]) -> Iterator[Problem]:
    if not people:
        yield Problem("nobody_asked", "没有可以问的人：请核对花名册的部门和上级", "there is nobody to ask")
    elif asked.about == "store" and len(people) < asked.threshold:
        zh = f"在岗 {len(people)} 人，不足 {asked.threshold} 人，结果无法匿名"
        en = f"{len(people)} people are fewer than {asked.threshold}: their answers would not be anonymous"
        yield Problem("too_few", zh, en)
