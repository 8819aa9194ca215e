"""Addresses of teams."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.teams.pages import views

app_name = "teams"
urlpatterns = [
    path("", views.teams, name="list"),
    path("own/", views.own, name="own"),
    path("<str:month>/set/", views.team_set, name="set"),
    path("<str:month>/withdraw/", views.withdraw, name="withdraw"),
]
