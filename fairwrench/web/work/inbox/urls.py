"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.work.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read, name="read"),
    path("<int:notice_id>/", views.open_notice, name="open"),
]
