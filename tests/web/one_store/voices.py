"""What people of the two stores say of each other and of the place: notes, summaries, suggestions, surveys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Summary
from fairwrench.web.coaching.notes.services import Draft as NoteDraft
from fairwrench.web.coaching.notes.services import note_write
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.declared.places import figure_ref, store_ref
from fairwrench.web.surveys.answering.services import answer_give
from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.opening.services import Draft as SurveyDraft
from fairwrench.web.surveys.opening.services import opinion_ask, survey_open
from fairwrench.web.surveys.workflow import SURVEYS
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.services import code_made, suggestion_write, suggestions_open
from fairwrench.web.voice.workflow import SUGGESTIONS
from fairwrench.web.work.comments.services import comment_add
from tests.web.one_store.names import OCTOBER, SEPTEMBER, SIGNS, STORES, person

#: how the manager marks the technician in a review
REVIEWED = dict.fromkeys(("customers", "cooperation", "communication", "duty", "overall"), "mostly")


def notes_and_summaries(users: Mapping[str, User]) -> None:
    """In each store a talk with the technician, a draft, a meeting, the technician's summary of October, and comments
    on the technician's figure and on the store's month."""
    for store in STORES:
        sign, chief = SIGNS[store][1], users[person(store, "chief")]
        who = Employee.objects.get(employee_id=person(store, "technician"))
        for kind, hidden in (("coaching", False), ("coaching", True)):
            draft = NoteDraft(kind, today(), f"{sign}辅导内容", who, topic=f"{sign}主题", hidden=hidden)
            note_write(draft=draft, by=chief)
        note_write(draft=NoteDraft("meeting", today(), f"{sign}例会", attendees=[who], topic=f"{sign}晨会"), by=chief)
        told = {"done": f"{sign}总结", "plan": f"{sign}计划", "handed_in_at": timezone.now(), "late_days": 2}
        Summary.objects.create(employee=who, month=str(OCTOBER), **told)
        ref = figure_ref(month=str(SEPTEMBER), employee_id=who.employee_id)
        comment_add(place="figure", ref=ref, words=f"{sign}评论", by=chief)
        ref = store_ref(month=str(SEPTEMBER), store=store)
        comment_add(place="store", ref=ref, words=f"{sign}评论", by=users[f"hr@{store}"])


def suggestions(users: Mapping[str, User]) -> None:
    """In each store what its technician wrote to HR and to the general manager, opened, the first answered for the
    whole store."""
    for store in STORES:
        sign, technician = SIGNS[store][1], users[person(store, "technician")]
        for to in ("hr", "general_manager"):
            suggestion_write(store=store, to=to, topic="pay", words=f"{sign}意见 {to}", code=code_made(), by=technician)
    Suggestion.objects.update(opens_on=today())
    suggestions_open()
    for store in STORES:
        sign, hr = SIGNS[store][1], users[f"hr@{store}"]
        found = Suggestion.objects.get(store=store, to="hr")
        SUGGESTIONS.act(record=found, name="answer", by=hr, seen=1, reply=f"{sign}回复")
        public = {"public_question": f"{sign}问题", "public_answer": f"{sign}答复"}
        SUGGESTIONS.act(record=found, name="publish", by=hr, seen=2, **public)


def surveys(users: Mapping[str, User]) -> None:
    """In each store what is said of its technician in a review that was shared and one that is open, and what the
    manager asked of the advisor."""
    for store in STORES:
        hr, chief = users[f"hr@{store}"], users[person(store, "chief")]
        technician, advisor = (
            Employee.objects.get(employee_id=person(store, who)) for who in ("technician", "advisor")
        )
        draft = SurveyDraft("review_360", store, Month.of(today()), today(), [technician])
        shared = survey_open(draft=draft, by=hr)
        survey_open(draft=replace(draft, subjects=[advisor]), by=hr)
        _review(shared, chief, {**REVIEWED, "better": f"{SIGNS[store][1]}评价"})
        for act in ("close", "share"):
            shared = SURVEYS.act(record=shared, name=act, by=hr, note="", seen=shared.version)
        asked = opinion_ask(about=technician, named=[advisor], ends=today(), once="", by=chief)
        words = {"overall": "good", "example": f"{SIGNS[store][1]}征求"}
        _review(asked, users[advisor.employee_id], words)
        SURVEYS.act(record=asked, name="close", by=chief, seen=asked.version)


def _review(survey: Survey, by: User, values: dict[str, str]) -> None:
    answer_give(respondent=survey.respondents.get(employee=by.employee), values=values, by=by)
