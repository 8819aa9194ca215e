"""Addresses of tasks."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.tasks.pages import views

app_name = "tasks"
urlpatterns = [
    path("", views.tasks, name="list"),
    path("new/", views.task_new, name="new"),
    path("<int:task_id>/", views.task, name="task"),
    path("<int:task_id>/progress/", views.progress, name="progress"),
    path("<int:task_id>/hand-on/", views.hand_on, name="hand_on"),
    path("<int:task_id>/<slug:act>/", views.act, name="act"),
]
