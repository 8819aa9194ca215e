"""Addresses of goals."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.goals.origins import views as views_origins
from fairwrench.web.goals.pages import team_views, views

app_name = "goals"
urlpatterns = [
    path("", views.sheets_list, name="list"),
    path("sheets/", views.many, name="many"),
    path("team/", team_views.team, name="team"),
    path("carry/<str:month>/", team_views.carry, name="carry"),
    path("grid/<str:month>/", team_views.grid, name="grid"),
    path("start/<str:month>/<str:employee_id>/", team_views.start, name="start"),
    path("department/", views_origins.department_goals, name="department_goals"),
    path("department/new/", views_origins.department_goal_new, name="department_goal_new"),
    path("department/<int:department_goal_id>/", views_origins.department_goal, name="department_goal"),
    path("jobs/", views_origins.jobs, name="jobs"),
    path("jobs/<str:position>/", views_origins.job, name="job"),
    path("<int:sheet_id>/", views.sheet, name="sheet"),
    path("<int:sheet_id>/edit/", views.edit, name="edit"),
    path("<int:sheet_id>/change/", views.change, name="change"),
    path("<int:sheet_id>/results/", views.results, name="results"),
    path("<int:sheet_id>/signatures/<int:signature_id>/", views.signed, name="signed"),
    path("<int:sheet_id>/<slug:act>/", views.act, name="act"),
]
