"""Addresses of schemes."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.schemes import views

app_name = "schemes"
urlpatterns = [
    path("", views.versions, name="list"),
    path("at/<str:month>/", views.at, name="at"),
    path("<slug:key>/", views.read, name="read"),
]
