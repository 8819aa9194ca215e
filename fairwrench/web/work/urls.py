"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.work import views

app_name = "jobs"
urlpatterns = [
    path("", views.jobs, name="list"),
    path("<uuid:job_id>/about/", views.job, name="job"),
    path("<uuid:job_id>/", views.progress, name="progress"),
    path("<uuid:job_id>/retry/", views.retry, name="retry"),
]
