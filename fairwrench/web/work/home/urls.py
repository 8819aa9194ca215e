"""Addresses of the home."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.work.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("home/", views.home, name="home"),
]
