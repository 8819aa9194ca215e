"""Which surveys somebody keeps, what they are asked, and whose results they see."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.models import Answer, Respondent, Survey
from fairwrench.web.surveys.questionnaires import OPINION

Role, State = Grant.Role, Survey.State
#: who opens surveys of their stores, and who sees what came out
KEEPERS = (Role.HR,)
READERS = (Role.HR, Role.GENERAL_MANAGER)
#: states in which there is something to be seen
RESULTS = (State.CLOSED, State.SHARED)


def _in_stores(user: User, *roles: str) -> Q:
    stores = Scope.of(user).stores(*roles)
    # not an empty condition for all of them: joined by "or" that would say nothing
    return Q(pk__isnull=False) if stores is None else Q(store__in=stores)


def surveys_seen(*, user: User) -> QuerySet[Survey]:
    """What was opened in the stores whose HR or general manager somebody is, and the opinions that they asked for about
    those whom they still lead; an opinion is seen by no general manager, and never by the person it is about."""
    opinion, scope = Q(questionnaire=OPINION), Scope.of(user)
    led = Respondent.objects.filter(about__employee_id__in=list(scope.led | scope.led_next))
    asked = opinion & Q(by=user, pk__in=led.order_by().values("survey"))
    oneself = Q(pk__in=())
    if user.employee_id is not None:
        oneself = opinion & Q(pk__in=Respondent.objects.filter(about=user.employee_id).order_by().values("survey"))
    read = asked | (_in_stores(user, *READERS) & ~opinion) | _in_stores(user, *KEEPERS)
    return Survey.objects.filter(read).exclude(oneself)


def survey_seen(*, user: User, survey_id: int) -> Survey:
    """One of them; Http404 for every other."""
    return get_object_or_404(surveys_seen(user=user), pk=survey_id)


def keeps(*, user: User, survey: Survey) -> bool:
    """Whether somebody closes, extends or cancels a survey: HR of its store, and whoever asked for an opinion."""
    stores = Scope.of(user).stores(*KEEPERS)
    in_reach = stores is None or survey.store in stores
    return in_reach or (survey.questionnaire == OPINION and surveys_seen(user=user).filter(pk=survey.pk).exists())


def waiting(*, user: User) -> QuerySet[Respondent]:
    """What a user is still asked in surveys that are open; never on behalf of somebody else."""
    asked = Respondent.objects.filter(employee=user.employee_id, state=Respondent.State.ASKED)
    return asked.filter(survey__state=State.OPEN, survey__ends__gte=today()).select_related("survey", "about")


def asked_of(*, user: User, survey_id: int) -> tuple[Survey, QuerySet[Respondent]]:
    """A survey that a user was asked in, with all that they are asked there; Http404 for every other."""
    asked = Respondent.objects.filter(survey=survey_id, employee=user.employee_id).select_related("about")
    if user.employee_id is None or not asked.exists():
        raise Http404
    return Survey.objects.get(pk=survey_id), asked.order_by("about__employee_id")


def participation(*, survey: Survey) -> Mapping[str, tuple[int, int]]:
    """Group → how many were asked, and how many answered or said that they have nothing to say."""
    done = Count("pk", filter=~Q(state=Respondent.State.ASKED))
    rows = survey.respondents.order_by().values_list("group").annotate(asked=Count("pk"), done=done)
    return {group: (asked, done) for group, asked, done in rows}


def subjects(*, survey: Survey) -> list[tuple[Employee, int, int]]:
    """Whom a survey is about, by employee id, each with how many were asked and how many answered about them."""
    done = Count("pk", filter=Q(state=Respondent.State.ANSWERED))
    rows = survey.respondents.exclude(about=None).order_by().values_list("about").annotate(asked=Count("pk"), done=done)
    counts = {about: (asked, done) for about, asked, done in rows}
    people = Employee.objects.filter(pk__in=counts).order_by("employee_id")
    return [(each, *counts[each.pk]) for each in people]


def shared_with(*, user: User) -> QuerySet[Survey]:
    """The surveys whose results about oneself may be seen."""
    about = Respondent.objects.filter(about=user.employee_id).order_by().values("survey")
    found = Survey.objects.filter(state=State.SHARED, pk__in=about)
    return found if user.employee_id is not None else Survey.objects.none()


def result_seen(*, user: User, survey_id: int, employee_id: str) -> tuple[Survey, Employee]:
    """A closed survey and somebody it is about, for who may see what was said of them: who keeps or reads it; once it
    is shared, the person and who leads them. Http404 for everybody else, and as long as it is open; nobody sees what
    was said of themselves before it is shared, whatever their role."""
    survey = get_object_or_404(Survey, pk=survey_id, state__in=RESULTS)
    about = get_object_or_404(Employee, employee_id=employee_id)
    if not survey.respondents.filter(about=about).exists():
        raise Http404
    scope = Scope.of(user)
    if survey.state != State.SHARED and employee_id in scope.own:
        raise Http404
    near = survey.state == State.SHARED and employee_id in scope.own | scope.led | scope.led_next
    if not near and not surveys_seen(user=user).filter(pk=survey.pk).exists():
        raise Http404
    return survey, about


def answers_about(*, survey: Survey, about: Employee | None) -> QuerySet[Answer]:
    """What was answered about somebody, or about the store."""
    return survey.answers.filter(about=about).select_related("by")
