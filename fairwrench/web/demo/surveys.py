"""The demo's surveys: how satisfied a store's employees are, under way; a review of its manager that came out."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.db import transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.surveys.answering.services import answer_keep
from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.opening.services import Draft, opinion_ask, survey_open
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.surveys.workflow import SURVEYS

#: what was said of the manager in words, by people of one group
WORDS = ("派工公平，忙的时候自己也上手", "交车时间有时答应得太紧", "教徒弟有耐心", "例会可以再短一点")


def surveys_make(*, month: Month) -> None:
    """Surveys of the manager's store; once only."""
    manager = User.objects.select_related("employee").get(username="manager")
    hr = User.objects.filter(grants__role=Grant.Role.HR, grants__unit=None).first()
    place = current(day=today()).filter(employee=manager.employee).select_related("store", "employee").first()
    if hr is None or place is None or Survey.objects.exists():
        return
    counts_in = max(min(month, Month.of(today()).plus(1)), Month.of(today()).plus(-1))
    store, ends = place.store.name, today() + timedelta(days=10)
    review = survey_open(draft=Draft("review_360", store, counts_in, ends, [place.employee]), by=hr)
    _answered(review, keep=0)
    review = SURVEYS.act(record=review, name="close", by=hr, seen=review.version)
    SURVEYS.act(record=review, name="share", by=hr, seen=review.version)
    _answered(survey_open(draft=Draft("employee_satisfaction", store, counts_in, ends), by=hr), keep=8)
    led = current(day=today()).filter(manager=place.employee, store=place.store).select_related("employee")
    people = [each.employee for each in led.order_by("employee__employee_id")[:3]]
    technician = User.objects.select_related("employee").get(username="technician").employee
    if technician is not None and people:
        named = [each for each in people if each != technician][:2]
        opinion_ask(about=technician, named=named, ends=ends, once="", by=manager)


def _answered(survey: Survey, *, keep: int) -> None:
    """Let everybody answer but `keep` of them, and whoever has a login of the demo while it is open."""
    random, asked = Random(survey.questionnaire), asked_in(survey)
    levels = list(asked.scale)
    accounts = {user.employee_id for user in User.objects.exclude(employee=None)}
    lines = list(survey.respondents.select_related("employee", "about").order_by("employee__employee_id"))
    # who has a login finds something to answer
    answering = [line for line in lines if not keep or line.employee_id not in accounts][keep:]
    words = iter(WORDS)
    for line in answering:
        values = {key: levels[min(random.randrange(4), random.randrange(3))] for key in asked.on_scale}
        if line.group == "reports":
            values |= {key: next(words, "") for key in asked.in_words[:1]}
        with transaction.atomic():
            answer_keep(respondent=line, survey=survey, values=values)
