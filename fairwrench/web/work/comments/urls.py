"""Address to which comments are sent."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.work.comments import views

app_name = "comments"
urlpatterns = [path("<slug:place>/<str:ref>/", views.add, name="add")]
