"""Addresses of appraisal forms."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.appraisals.appeals import views as views_appeals
from fairwrench.web.appraisals.archive import views as views_archive
from fairwrench.web.appraisals.calibration import views as views_calibration
from fairwrench.web.appraisals.pages import views
from fairwrench.web.appraisals.papers import views as views_papers

app_name = "appraisals"
urlpatterns = [
    path("", views.forms_list, name="list"),
    path("sheets/", views.sheets, name="sheets"),
    path("archive/", views_archive.archive, name="archive"),
    path("summary/", views_papers.summary, name="summary"),
    path("papers/", views_papers.papers, name="papers"),
    path("papers/<uuid:job_id>/", views_papers.paper, name="paper"),
    path("appeals/", views_appeals.appeals, name="appeals"),
    path("appeals/<int:appeal_id>/", views_appeals.appeal, name="appeal"),
    path("appeals/<int:appeal_id>/<slug:act>/", views_appeals.appeal_done, name="appeal_act"),
    path("calibration/<str:month>/", views_calibration.calibration, name="calibration"),
    path("<int:form_id>/appeal/", views_appeals.appeal_new, name="appeal_new"),
    path("<int:form_id>/", views.form, name="form"),
    path("<int:form_id>/interview/", views.interview, name="interview"),
    path("<int:form_id>/talk/", views.talk, name="talk"),
    path("<int:form_id>/serve/", views.serve, name="serve"),
    path("<int:form_id>/decline/", views.decline, name="decline"),
    path("<int:form_id>/signatures/<int:signature_id>/", views.signed, name="signed"),
    path("<int:form_id>/<slug:act>/", views.act, name="act"),
]
