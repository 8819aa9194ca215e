"""Addresses of notes and summaries."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.coaching.notes import views as notes
from fairwrench.web.coaching.summaries import views as summaries

app_name = "coaching"
urlpatterns = [
    path("", notes.notes_list, name="list"),
    path("new/", notes.note_new, name="new"),
    path("meetings/new/", notes.meeting_new, name="meeting_new"),
    path("summaries/", summaries.summaries, name="summaries"),
    path("summaries/<str:month>/", summaries.own, name="own"),
    path("summaries/<str:month>/<str:employee_id>/", summaries.summary, name="summary"),
    path("summaries/<str:month>/<str:employee_id>/answer/", summaries.answer, name="answer"),
    path("<int:note_id>/", notes.note, name="note"),
    path("<int:note_id>/correct/", notes.correct, name="correct"),
    path("<int:note_id>/<slug:act>/", notes.act, name="act"),
]
