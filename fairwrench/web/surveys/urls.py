"""Addresses of surveys."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.surveys.answering import views as answering
from fairwrench.web.surveys.opening import views as opening
from fairwrench.web.surveys.pages import views
from fairwrench.web.surveys.results import views as results

app_name = "surveys"
urlpatterns = [
    path("", views.surveys_list, name="list"),
    path("new/", opening.choose, name="choose"),
    path("new/<slug:questionnaire>/", opening.new, name="new"),
    path("ask/", opening.ask, name="ask"),
    path("<int:survey_id>/", views.survey, name="survey"),
    path("<int:survey_id>/answer/", answering.answer, name="answer"),
    path("<int:survey_id>/results/", results.of_store, name="of_store"),
    path("<int:survey_id>/results/<str:employee_id>/", results.result, name="result"),
    path("<int:survey_id>/<slug:act>/", views.act, name="act"),
]
