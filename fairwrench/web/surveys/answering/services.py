"""Answering: kept apart from who did, unless their group signs; closed when its last day is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.urls import reverse

from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.org.days import today
from fairwrench.web.surveys.adding_up import survey_add_up
from fairwrench.web.surveys.limits import LETTERS
from fairwrench.web.surveys.models import Answer, Respondent, Survey
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.surveys.workflow import SURVEYS
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.inbox.notices import Message, messages_send

State = Respondent.State


def answer_give(*, respondent: Respondent, values: Mapping[str, str], by: User) -> None:
    """Answer what one is asked, once and for good: what was answered cannot be found again to be changed.

    Refused where it was answered or declined before, once the survey is no longer open, and with every question that
    lacks an answer.
    """
    with transaction.atomic():
        held, survey = _held(respondent, by)
        answer_keep(respondent=held, survey=survey, values=values)


def answer_keep(*, respondent: Respondent, survey: Survey, values: Mapping[str, str]) -> None:
    """Keep an answer to a respondent that waits for one; part of the caller's transaction, which held both.

    Refused with every question that lacks an answer.
    """
    asked = asked_in(survey)
    if wrong := [*_of_values(asked, values)]:
        raise Refused(wrong)
    Answer.objects.create(
        survey=survey,
        about=respondent.about,
        group=respondent.group,
        department=_department(respondent, asked),
        by=respondent.employee if respondent.group in asked.signed else None,
        values={name: said for name in asked.questions if (said := bare_text(values.get(name, "")))},
    )
    _done(respondent, State.ANSWERED)


def answer_decline(*, respondent: Respondent, by: User) -> None:
    """Say that one has nothing to do with the person, so that nobody waits and nobody guesses."""
    with transaction.atomic():
        held, _ = _held(respondent, by)
        if held.about is None:
            raise Refused([Problem("of_a_store", "门店问卷请填写", "a survey of the store is answered")])
        _done(held, State.DECLINED)


def surveys_close() -> int:
    """Close the surveys whose last day is over, and add them up; how many. At night.

    Each by itself: one that cannot be added up (a month whose scheme cannot be read) is told to who opened it, stays
    open and keeps no other from closing.
    """
    closed = 0
    for survey in Survey.objects.filter(state=Survey.State.OPEN, ends__lt=today()).select_related("by").order_by("pk"):
        try:
            closed += _closed(survey)
        except Refused as refused:
            problem = refused.problems[0]
            words = f"问卷没有截止：{problem.zh}", f"a survey was not closed: {problem.en}"
            messages_send([Message([survey.by], words, reverse("surveys:survey", args=[survey.pk]))])
    return closed


def _closed(survey: Survey) -> bool:
    with transaction.atomic():
        held = Survey.objects.select_for_update().get(pk=survey.pk)
        if held.state != Survey.State.OPEN or held.ends >= today():
            return False
        held.state, held.version = Survey.State.CLOSED, held.version + 1
        survey_add_up(survey=held, by=None)
        held.save()
        SURVEYS.write(record=held, act="close", by=None, before=Survey.State.OPEN)
    return True


def _held(respondent: Respondent, by: User) -> tuple[Respondent, Survey]:
    """What somebody is asked, locked, with its survey; refused unless it is the user's to answer now."""
    require(by, "surveys.answer", about=ONESELF)
    # the survey first and in shared order with closing, which locks it alone
    survey = Survey.objects.select_for_update().get(pk=respondent.survey_id)
    held = Respondent.objects.select_for_update().get(pk=respondent.pk)
    if held.employee_id != by.employee_id:
        raise Refused([Problem("not_yours", "这不是问您的", "it is not you who is asked")])
    if survey.state != Survey.State.OPEN or survey.ends < today():
        raise Refused([Problem("over", "已截止，不能再填", "it is over; nothing is answered any more")])
    if held.state != State.ASKED:
        zh, en = "您已经填过，不能再改", "you have answered already; it cannot be changed"
        raise Refused([Problem("answered", zh, en)])
    return held, survey


def _department(held: Respondent, asked: Questionnaire) -> str:
    """The department that is kept with an answer: of a group without names only where so many of it were asked that it
    names nobody."""
    if held.group in asked.signed:
        return held.department
    same = Respondent.objects.filter(survey=held.survey_id, about=held.about, department=held.department)
    return held.department if held.about is None and same.count() >= asked.threshold else ""


def _done(held: Respondent, state: str) -> None:
    held.state = state
    held.save(update_fields=["state"])


def _of_values(asked: Questionnaire, values: Mapping[str, str]) -> Iterator[Problem]:
    for name, question in asked.questions.items():
        said = bare_text(values.get(name, ""))
        if not said:
            if question.required:
                yield Problem("no_answer", "请回答", "an answer is needed", path=(name,))
        elif question.answered == "on_scale" and said not in asked.scale:
            yield Problem("no_level", "请选择其中一项", "choose one of them", path=(name,))
        elif len(said) > LETTERS:
            yield Problem("too_long", f"最多 {LETTERS} 字", f"{LETTERS} letters at most", path=(name,))
