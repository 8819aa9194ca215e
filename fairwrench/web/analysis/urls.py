"""Addresses of analyses and of the KPIs that were missed."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.analysis.kpis import views as kpis
from fairwrench.web.analysis.reports import views as reports

app_name = "analysis"
urlpatterns = [
    path("", reports.analyses, name="list"),
    path("draft/", reports.draft, name="draft"),
    path("missed/", kpis.missed, name="missed"),
    path("missed/ask/", kpis.ask, name="ask"),
    path("missed/<int:kpi_id>/", kpis.kpi, name="kpi"),
    path("missed/<int:kpi_id>/answer/", kpis.answer, name="answer"),
    path("missed/<int:kpi_id>/owner/", kpis.owner, name="owner"),
    path("missed/<int:kpi_id>/<slug:act>/", kpis.kpi_act, name="kpi_act"),
    path("<int:analysis_id>/", reports.analysis, name="analysis"),
    path("<int:analysis_id>/read/", reports.confirm, name="confirm"),
    path("<int:analysis_id>/<slug:act>/", reports.act, name="act"),
    path("<int:analysis_id>/<slug:key>/<slug:act>/", reports.section, name="section"),
]
