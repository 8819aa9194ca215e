"""Addresses of the suggestion box; none has a code in it, as addresses are kept by browsers and servers."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.voice import views

app_name = "voice"
urlpatterns = [
    path("", views.box, name="box"),
    path("code/", views.by_code, name="by_code"),
    path("received/", views.received, name="list"),
    path("received/<int:suggestion_id>/", views.suggestion, name="suggestion"),
    path("received/<int:suggestion_id>/<slug:act>/", views.act, name="act"),
]
